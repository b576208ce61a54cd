"""Exit 2: held long enough."""

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade


def time_stop(trade: OpenTrade, at_ms: int, rules: ExitRules) -> CloseAll | None:
    """Leave after 2 h of event time, in profit or loss; needs no price, and nothing suppresses it."""
    held_ms = at_ms - trade.position.opened_at_ms
    if held_ms < rules.longest_hold_ms:
        return None
    return CloseAll(ExitReason.TIME_STOP, f"held for {held_ms // MINUTE_MS} minutes")
