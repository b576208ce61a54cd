"""One confidence for every setup, chosen by whoever runs a drill."""

from domain.allowed_range import require_within
from domain.learning.belief import Belief
from domain.market.direction import Direction
from domain.structure.structure_view import Features


class FixedConfidence:
    """Believes in every setup alike; for tests and drills. Raises ValueError outside 0 and 1."""

    def __init__(self, confidence: float) -> None:
        require_within("confidence", confidence, 0, 1)
        self._belief = Belief(confidence, source="fixed")

    def of(self, features: Features, direction: Direction) -> Belief:  # noqa: ARG002 - the port hands them to every model
        """Tell the one confidence."""
        return self._belief
