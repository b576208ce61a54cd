"""Everything there is to say for and against what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.champion_watch import drift_figures
from application.feature_effects import FeatureEffect, feature_effects
from application.learning_curve import CurvePoint, learning_curve
from application.learning_cycle import LearningRules
from application.learning_status import LearningStatus
from application.model_opinion import OpinionatedModel
from application.ports.contributions import ForestExplainer
from application.ports.forest import ForestMaker
from application.ports.model_registry import ModelRegistry
from application.ports.model_trainer import ModelTrainer
from application.ports.sample_book import SampleBook
from application.unseen_setups import Unseen, unseen_by
from domain.learning.block_bootstrap import Chance
from domain.learning.drift import DriftFigures, DriftRules
from domain.learning.model_record import ModelRecord
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel


@dataclass(frozen=True, slots=True)
class ModelEvidence:
    """One model, the champion or else the newest: what came after it had learned, and what it looks at.

    `drift` is None where nothing came.
    """

    record: ModelRecord
    unseen: Unseen
    effects: tuple[FeatureEffect, ...]
    drift: DriftFigures | None
    drift_rules: DriftRules


@dataclass(frozen=True, slots=True)
class LearningEvidence:
    """Where learning stands, the model that matters, and whether more samples help."""

    status: LearningStatus
    model: ModelEvidence | None
    curve: tuple[CurvePoint, ...]


class EvidenceSearch:
    """Gathers it from what is kept, and changes nothing; trains models that nobody keeps."""

    def __init__(
        self,
        book: SampleBook,
        registry: ModelRegistry,
        trainer: ModelTrainer,
        forest_of: ForestMaker,
        explainer: ForestExplainer,
        rules: LearningRules,
    ) -> None:
        self._book = book
        self._registry = registry
        self._trainer = trainer
        self._forest_of = forest_of
        self._explainer = explainer
        self._rules = rules

    async def gather(self, status: LearningStatus, chance: Chance) -> LearningEvidence:
        """Look at everything. Raises StoreFailed, or ValueError for a damaged model."""
        samples = await self._book.resolved(self._rules.most_samples)
        newest = _of_newest_schema(samples)
        curve = await learning_curve(newest, self._trainer, self._rules.training, self._rules.seed)
        subject = status.newest if status.champion is None else status.champion.record
        if subject is None:
            return LearningEvidence(status, None, curve)
        model = await self._registry.model(subject.model_id)
        return LearningEvidence(status, self._of_model(model, status, samples, chance), curve)

    def _of_model(
        self,
        model: TrainedModel,
        status: LearningStatus,
        samples: Sequence[LabelledSample],
        chance: Chance,
    ) -> ModelEvidence:
        rules = self._rules
        asked = OpinionatedModel(model, self._forest_of, rules.training.calibration.bound_z)
        return ModelEvidence(
            record=model.record,
            unseen=unseen_by(asked, samples, _first_seated_ms(status), chance, rules.trial.gate.bootstrap),
            effects=feature_effects(model, samples, self._forest_of, self._explainer),
            drift=drift_figures(asked, samples, rules.watch),
            drift_rules=rules.watch.drift,
        )


def _first_seated_ms(status: LearningStatus) -> int | None:
    """Tell when the champion first took the seat: what came before may be why it did."""
    if status.champion is None:
        return None
    proof = status.champion.seating.proof
    return status.champion.seating.from_ms if proof is None else proof.at_ms


def _of_newest_schema(samples: Sequence[LabelledSample]) -> list[LabelledSample]:
    schema = samples[-1].sample.schema_hash if samples else ""
    return [one for one in samples if one.sample.schema_hash == schema]
