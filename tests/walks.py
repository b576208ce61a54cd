"""Walks forward with models made by hand: they believe the first feature, and know nothing of context."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from application.model_hash import named
from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from application.walk_forward import WalkForward, WalkForwardRules, WalkStep
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.market.timeframe import DAY_MS
from tests.model_samples import a_model
from tests.training_samples import resolved_samples

EVERY_TEN_DAYS = WalkForwardRules(every_ms=10 * DAY_MS)
WITH_EDGE = resolved_samples(1_500, edge=1.0, seed=1)
NOISE = resolved_samples(1_500, edge=0.0, seed=1)


@dataclass(frozen=True)
class OneColumn:
    """A forest that gives a column on, times something."""

    column: int
    times: float = 1.0
    features: int = 1

    def margin(self, features: tuple[float, ...]) -> float:
        return self.times * features[self.column]


BY_FIRST_FEATURE = {
    b"wins": OneColumn(0),
    b"expects": OneColumn(0),
    b"rival": OneColumn(0, 0.0),
}
REVERSED = {**BY_FIRST_FEATURE, b"wins": OneColumn(0, -1.0)}


@dataclass
class HandTrainer:
    """Gives a model for every order but the first ones, each under a name of its own."""

    refuses: int = 0
    orders: list[TrainingOrder] = field(default_factory=list)

    async def train(self, order: TrainingOrder) -> TrainedModel | NotTrained:
        self.orders.append(order)
        number = len(self.orders)
        if number <= self.refuses:
            return NotTrained(WhyNotTrained.TOO_FEW_SAMPLES, "too few by hand")
        model = a_model(trained_at_ms=order.trained_at_ms)
        return named(replace(model.record, seed=number), model.heads)


def walked(
    samples: Sequence[LabelledSample],
    rules: WalkForwardRules = EVERY_TEN_DAYS,
    trainer: HandTrainer | None = None,
    forests: dict[bytes, OneColumn] | None = None,
) -> list[WalkStep]:
    """Walk to the end."""
    forest_of = (forests or BY_FIRST_FEATURE).__getitem__
    walk = WalkForward(samples, trainer or HandTrainer(), forest_of, rules)

    async def steps() -> list[WalkStep]:
        return [step async for step in walk.steps()]

    return asyncio.run(steps())
