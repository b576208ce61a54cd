"""The port that tells how much a setup is believed in."""

from typing import Protocol

from domain.learning.belief import Belief
from domain.market.direction import Direction
from domain.structure.structure_view import Features


class Beliefs(Protocol):
    """A model, or its stand-in."""

    def of(self, features: Features, direction: Direction) -> Belief:
        """Tell the belief in a trade of this direction on these twelve features, as the engine gave them."""
        ...
