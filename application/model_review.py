"""A challenger's test: its record is made, measured, and looked at when it is long enough."""

from collections.abc import Callable

from application.model_opinion import OpinionatedModel
from application.ports.forest import ForestMaker
from application.ports.model_reviewer import LookedAt, ReviewAnswer, ReviewOrder
from application.shadow_record import learned_until_ms, shadow_record
from domain.learning.block_bootstrap import Chance
from domain.learning.champion_gate import record_length, review
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import Look, next_step


def reviewed(order: ReviewOrder, forest_of: ForestMaker, chance_of: Callable[[int], Chance]) -> ReviewAnswer:
    """Put a challenger to its test; `chance_of` makes chance of a seed.

    Raises ValueError for a damaged model.
    """

    def asked(model: TrainedModel) -> OpinionatedModel:
        return OpinionatedModel(model, forest_of, order.calibration.bound_z)

    champion = None if order.champion is None else asked(order.champion)
    record = shadow_record(order.samples, asked(order.challenger), champion)
    length = record_length(record, order.rules.gate)
    step = next_step(order.looks, length, order.rules, is_awaited=order.is_awaited)
    if not isinstance(step, Look):
        return step
    until_ms = learned_until_ms(order.challenger.record, None if champion is None else champion.record)
    chance = chance_of(order.seed + order.attempt)
    return LookedAt(step, review(record, until_ms, order.attempt, chance, order.rules.gate))


class InlineReviewer:
    """Reviews where it is called and holds everything up meanwhile."""

    def __init__(self, forest_of: ForestMaker, chance_of: Callable[[int], Chance]) -> None:
        self._forest_of = forest_of
        self._chance_of = chance_of

    async def review(self, order: ReviewOrder) -> ReviewAnswer:
        """Look at a challenger's record, or say what it lacks."""
        return reviewed(order, self._forest_of, self._chance_of)
