"""A number that moves with structure, so that exits on confidence can be drilled."""

from domain.learning.belief import Belief
from domain.learning.trade_direction import ODD_INDEXES
from domain.market.direction import Direction
from domain.structure.structure_view import Features


class StructureScore:
    """A stand-in for tests and drills only; it is no belief and has no proven skill.

    The nine signed features, summed in the trade's direction to x, become 0.5 + 0.5 x / (1 + |x|):
    0.5 when structure is silent, towards 1 when all of it favours the trade.
    """

    def of(self, features: Features, direction: Direction) -> Belief:
        """Tell the score of a trade of this direction."""
        total = 0.0
        for i in ODD_INDEXES:
            total += features[i]
        favour = total * direction.sign
        return Belief(0.5 + 0.5 * favour / (1.0 + abs(favour)), source="structure_score")
