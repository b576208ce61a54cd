"""The port that makes models out of resolved samples."""

from enum import StrEnum
from typing import NamedTuple, Protocol

from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.learning.training_rules import TrainingRules


class TrainingOrder(NamedTuple):
    """What to learn from and how; the same order gives the same model id, in whatever order the samples are.

    `parent` is the champion of the moment. Neither it nor `trained_at_ms` changes the model.
    """

    samples: tuple[LabelledSample, ...]
    rules: TrainingRules
    seed: int
    trained_at_ms: int
    parent: str | None = None


class WhyNotTrained(StrEnum):
    """Why there is no new model."""

    TOO_FEW_SAMPLES = "too_few_samples"
    ONLY_WINS_OR_LOSSES = "only_wins_or_losses"
    MIXED_SCHEMAS = "mixed_schemas"
    OUTCOME_TO_COME = "outcome_to_come"
    TOOK_TOO_LONG = "took_too_long"
    BROKE_OFF = "broke_off"


class NotTrained(NamedTuple):
    """There is no new model; the reason, and plain words."""

    reason: WhyNotTrained
    detail: str


class ModelTrainer(Protocol):
    """Grows challengers."""

    async def train(self, order: TrainingOrder) -> TrainedModel | NotTrained:
        """Give a model, or say why there is none; whoever stops waiting stops the training."""
        ...
