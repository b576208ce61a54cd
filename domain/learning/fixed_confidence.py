"""One confidence for every setup, chosen by whoever runs a drill."""

from typing import Self

from domain.allowed_range import require_within
from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.trained_model import TrainedModel


class FixedConfidence:
    """Believes in every setup alike; for tests and drills. Raises ValueError outside 0 and 1."""

    def __init__(self, confidence: float) -> None:
        require_within("confidence", confidence, 0, 1)
        self._belief = Belief(confidence, source="fixed")

    def of(self, question: Question) -> Belief:  # noqa: ARG002 - the port hands it to every model
        """Tell the one confidence."""
        return self._belief

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:  # noqa: ARG002 - as above
        """Go on believing the same."""
        return self
