"""Chance that can be repeated."""

import random


class SeededChance:
    """Deals the same cards for the same seed."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed).random  # noqa: S311 - nothing secret is drawn

    def below(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1, each equally likely."""
        return int(self._draw() * n)
