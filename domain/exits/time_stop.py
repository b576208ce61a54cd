"""Exit 2: held long enough."""

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade


def is_overdue(trade: OpenTrade, at_ms: int, rules: ExitRules) -> bool:
    """Tell whether a trade has been held for 2 h of event time; needs no price."""
    return at_ms - trade.position.opened_at_ms >= rules.longest_hold_ms


def time_stop(trade: OpenTrade, at_ms: int, rules: ExitRules) -> CloseAll | None:
    """Leave after 2 h, in profit or loss; nothing suppresses it."""
    if not is_overdue(trade, at_ms, rules):
        return None
    held_minutes = (at_ms - trade.position.opened_at_ms) // MINUTE_MS
    return CloseAll(ExitReason.TIME_STOP, f"held for {held_minutes} minutes")
