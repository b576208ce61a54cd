"""What one model says of one trade, by all its heads."""

from typing import NamedTuple

from application.ports.forest import ForestMaker
from domain.learning.confidence import confidence_of
from domain.learning.model_columns import context_row, head_names, head_row
from domain.learning.model_record import ModelRecord
from domain.learning.sample import Context
from domain.learning.trained_model import TrainedModel
from domain.structure.structure_view import Features


class ModelOpinion(NamedTuple):
    """The calibrated probability to win net of costs and its lower bound, the realised payoff, and more.

    `confidence` is the even-money equivalent of lower bound and payoff, `expected_r` what the other
    head foretells in planned losses.
    """

    probability: float
    lower_bound: float
    payoff: float
    confidence: float
    expected_r: float

    def in_words(self) -> str:
        """Tell the figures in one line."""
        return (
            f"win probability {self.probability:.3f}, at least {self.lower_bound:.3f};"
            f" realised payoff {self.payoff:.2f}; confidence {self.confidence:.3f};"
            f" expects {self.expected_r:+.2f} R"
        )


class OpinionatedModel:
    """A trained model, ready to be asked. Raises ValueError for heads that are no forests, or misfit.

    `bound_z` is the one-sided normal quantile of the lower bound.
    """

    def __init__(self, model: TrainedModel, forest_of: ForestMaker, bound_z: float) -> None:
        self.record: ModelRecord = model.record
        self._sees_context = model.record.features == head_names(sees_context=True)
        self._wins = forest_of(model.heads.probability)
        self._expects = forest_of(model.heads.expected_r)
        self._rival = forest_of(model.heads.context_only)
        self._bound_z = bound_z
        if self._wins.features > len(model.record.features):
            raise ValueError(f"{model.record.model_id} reads {self._wins.features} columns, not its features")

    def of(self, features: Features, context: Context) -> ModelOpinion:
        """Tell what it thinks of a trade, of which the features are given in the trade's direction."""
        row = head_row(features, context, sees_context=self._sees_context)
        margin, payoff = self._wins.margin(row), self.record.payoffs.of(context.kind)
        lower_bound = self.record.calibration.lower_bound(margin, self._bound_z)
        return ModelOpinion(
            probability=self.record.calibration.probability(margin),
            lower_bound=lower_bound,
            payoff=payoff,
            confidence=confidence_of(lower_bound, payoff),
            expected_r=self._expects.margin(row),
        )

    def by_context_alone(self, context: Context) -> float:
        """Tell the probability to win by the rival that was trained beside it and saw no structure."""
        return self.record.context_only_calibration.probability(self._rival.margin(context_row(context)))
