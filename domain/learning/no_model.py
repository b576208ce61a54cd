"""What is believed before anything was learned."""

from typing import Final

from domain.learning.belief import Belief
from domain.market.direction import Direction
from domain.structure.structure_view import Features

_NOTHING: Final = Belief(confidence=None, source="no_model")


class NoModel:
    """Believes nothing: without a champion there is no confidence, never a made-up number."""

    def of(self, features: Features, direction: Direction) -> Belief:  # noqa: ARG002 - the port hands them to every model
        """Tell that there is no belief."""
        return _NOTHING
