"""What is believed before anything was learned."""

from typing import Final, Self

from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.trained_model import TrainedModel

_NOTHING: Final = Belief(confidence=None, source="no_model")


class NoModel:
    """Believes nothing: without a champion there is no confidence, never a made-up number."""

    def of(self, question: Question) -> Belief:  # noqa: ARG002 - the port hands it to every model
        """Tell that there is no belief."""
        return _NOTHING

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:  # noqa: ARG002 - as above
        """Go on believing nothing."""
        return self
