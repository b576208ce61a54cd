"""The port that tells how much a setup is believed in."""

from typing import Protocol, Self

from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.trained_model import TrainedModel


class Beliefs(Protocol):
    """A model, or its stand-in; never changed, only followed by others when the champion changes."""

    def of(self, question: Question) -> Belief:
        """Tell the belief in a trade."""
        ...

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:
        """Give what is believed once this model is champion, or none is. Raises TradingHalt for damage."""
        ...
