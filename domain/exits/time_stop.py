"""Exit 2: held long enough."""

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade


def time_stop(trade: OpenTrade, at_ms: int, rules: ExitRules) -> CloseAll | None:
    """Leave after 2 h of event time, in profit or loss; needs no price, and nothing suppresses it."""
    if at_ms < overdue_from_ms(trade, rules):
        return None
    held_ms = at_ms - trade.position.opened_at_ms
    return CloseAll(ExitReason.TIME_STOP, f"held for {held_ms // MINUTE_MS} minutes")


def overdue_from_ms(trade: OpenTrade, rules: ExitRules) -> int:
    """Give the moment from which on the trade has been held long enough."""
    return trade.position.opened_at_ms + rules.longest_hold_ms
