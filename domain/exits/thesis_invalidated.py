"""Exit 4: what the entry leaned on is gone."""

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.setup.change_of_character import turned_against
from domain.setup.trade_side import is_closed_through
from domain.structure.structure_view import StructureView


def thesis_invalidated(
    trade: OpenTrade, view: StructureView, confidence: float | None, rules: ExitRules
) -> CloseAll | None:
    """Leave when a base bar closed through the entry's zone, or the middle frame changed character.

    The change must be against the trade and since its entry. Confidence of 0.70 or more keeps the
    trade; without a model structure alone decides.
    """
    if confidence is not None and confidence >= rules.thesis_confidence:
        return None
    direction, position = trade.position.direction, trade.position
    if is_closed_through(trade.plan.setup.zone, view, direction):
        return CloseAll(ExitReason.THESIS_INVALIDATED, "the entry's zone was closed through")
    if turned_against(view, direction, position.opened_at_ms):
        return CloseAll(ExitReason.THESIS_INVALIDATED, "the middle frame changed character against the trade")
    return None
