"""A number that moves with structure, so that exits on confidence can be drilled."""

from typing import Self

from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.trade_direction import ODD_INDEXES
from domain.learning.trained_model import TrainedModel


class StructureScore:
    """A stand-in for tests and drills only; it is no belief and has no proven skill.

    The nine signed features, summed in the trade's direction to x, become 0.5 + 0.5 x / (1 + |x|):
    0.5 when structure is silent, towards 1 when all of it favours the trade.
    """

    def of(self, question: Question) -> Belief:
        """Tell the score of a trade of this direction."""
        total = 0.0
        for i in ODD_INDEXES:
            total += question.features[i]
        favour = total * question.setup.direction.sign
        return Belief(0.5 + 0.5 * favour / (1.0 + abs(favour)), source="structure_score")

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:  # noqa: ARG002 - the port hands them over
        """Go on scoring structure."""
        return self
