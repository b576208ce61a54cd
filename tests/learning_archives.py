"""Learning files made by hand, in memory: samples, models and what happened to them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from adapters.memory.model_registry import MemoryModelRegistry
from adapters.memory.sample_book import MemorySampleBook
from adapters.xgboost.model_trainer import trained_model
from application.ports.model_trainer import NotTrained
from application.ports.sample_book import Lessons
from domain.learning.block_bootstrap import BlockMean
from domain.learning.champion_gate import GateDecision, GateTest, GateVerdict
from domain.learning.champion_gate import GatePart as Part
from domain.learning.model_history import Happening, What
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from tests.trade_samples import CLOSE_MS
from tests.training_samples import an_order, resolved_samples

TRAINED_MS = CLOSE_MS + 1_000


@dataclass(frozen=True)
class OneColumn:
    """A forest that gives a column on, times something."""

    column: int
    times: float = 1.0
    features: int = 1

    def margin(self, features: tuple[float, ...]) -> float:
        return self.times * features[self.column]


BY_FEATURE = {b"wins": OneColumn(0), b"expects": OneColumn(1), b"rival": OneColumn(0, 10.0)}


@dataclass(frozen=True)
class Archive:
    """A sample book and a registry, filled as a test wants them."""

    book: MemorySampleBook = field(default_factory=MemorySampleBook)
    registry: MemoryModelRegistry = field(default_factory=MemoryModelRegistry)

    def with_samples(self, samples: Sequence[LabelledSample], closed_trades: int = 0) -> "Archive":
        lessons = Lessons(
            tuple(one.sample for one in samples),
            tuple(one.outcome for one in samples),
            tuple(f"T{place}" for place in range(closed_trades)),
        )
        asyncio.run(self.book.keep(lessons))
        return self

    def with_happenings(self, *happenings: Happening, models: Sequence[TrainedModel] = ()) -> "Archive":
        asyncio.run(self.registry.keep(happenings, models))
        return self


def trained(model: TrainedModel, at_ms: int = TRAINED_MS, training: int = 1) -> Happening:
    """Tell that a model was trained."""
    return Happening(at_ms, What.TRAINED, model.record.model_id, training)


def promoted(model: TrainedModel, at_ms: int) -> Happening:
    """Tell that a model took the seat."""
    return Happening(at_ms, What.PROMOTED, model.record.model_id, reasons=("it was better",))


def looked_at(model: TrainedModel, at_ms: int, verdict: GateVerdict) -> Happening:
    """Tell of a look at a challenger."""
    return Happening(
        at_ms, What.LOOKED_AT, model.record.model_id, look=1, verdict=verdict, reasons=verdict.reasons
    )


def a_verdict(decision: GateDecision, attempt: int = 1) -> GateVerdict:
    """Give a verdict whose every part passed, or none."""
    figures = BlockMean(0.02, 0.01, 0.001, 0.01, 25, 2_000)
    is_passed = decision is GateDecision.PROMOTE
    parts = tuple(Part(test, figures, is_passed) for test in GateTest)
    words = tuple(part.in_words(0.03) for part in parts)
    return GateVerdict(decision, attempt, 0.03, 150, 120.0, 40, parts, words)


@cache
def grown_model(edge: float = 1.0, count: int = 500) -> TrainedModel:
    """Give a model that XGBoost grew on samples with an edge."""
    model = trained_model(an_order(resolved_samples(count, edge)))
    assert not isinstance(model, NotTrained), model
    return model
