"""Challengers are put to their test where that is asked for, with chance dealt by a seed."""

import random

from application.model_review import reviewed
from application.ports.forest import ForestMaker
from application.ports.model_reviewer import ReviewAnswer, ReviewOrder


class SeededChance:
    """Deals the same cards for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a verdict must be repeatable

    def below(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1, each equally likely."""
        return self._random.randrange(n)


class InlineReviewer:
    """Reviews where it is called and holds everything up meanwhile: for backtests, not beside a market."""

    def __init__(self, forest_of: ForestMaker) -> None:
        self._forest_of = forest_of

    async def review(self, order: ReviewOrder) -> ReviewAnswer:
        """Look at a challenger's record, or say what it lacks."""
        return reviewed(order, self._forest_of, SeededChance(order.seed + order.attempt))
