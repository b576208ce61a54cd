"""A learning cycle on stores in memory, with the real trainer and the real test."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.memory.model_registry import MemoryModelRegistry
from adapters.memory.sample_book import MemorySampleBook
from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.model_trainer import XGBoostTrainer
from application.learning_cycle import LearningCycle, LearningRules
from application.model_review import InlineReviewer
from application.ports.model_registry import ModelRegistry
from application.ports.sample_book import Lessons, SampleBook
from domain.learning.outcome import LabelledSample
from domain.learning.retrain_rule import RetrainRules

RULES = LearningRules()
SELDOM = replace(RULES, retrain=RetrainRules(every_trades=1_000_000))


def a_cycle(
    rules: LearningRules = RULES, book: SampleBook | None = None, registry: ModelRegistry | None = None
) -> LearningCycle:
    """Give a cycle that is still to be opened."""
    return LearningCycle(
        book or MemorySampleBook(),
        registry or MemoryModelRegistry(),
        XGBoostTrainer(),
        InlineReviewer(NativeForest, SeededChance),
        NativeForest,
        rules,
    )


def lessons_of(samples: Sequence[LabelledSample], trades: Sequence[str] = ()) -> Lessons:
    """Give samples with their ends as lessons."""
    return Lessons(tuple(one.sample for one in samples), tuple(one.outcome for one in samples), tuple(trades))
