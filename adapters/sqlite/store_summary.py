"""What a session's records add up to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.position.closed_trade import ClosedTrade, ExitReason


class StoreSummary(NamedTuple):
    """A session in figures, money exact; `decisions` counts them by (kind, reason)."""

    trades: int
    wins: int
    net_pnl: Decimal
    fees: Decimal
    funding: Decimal
    exits: Mapping[ExitReason, int]
    decisions: Mapping[tuple[str, str], int]


def summed_up(trades: Sequence[ClosedTrade], decisions: Mapping[tuple[str, str], int]) -> StoreSummary:
    """Add up trades; a win is a trade with a net P&L above zero."""
    return StoreSummary(
        trades=len(trades),
        wins=sum(trade.net_pnl > 0 for trade in trades),
        net_pnl=sum((trade.net_pnl for trade in trades), Decimal(0)),
        fees=sum((trade.fees for trade in trades), Decimal(0)),
        funding=sum((trade.funding for trade in trades), Decimal(0)),
        exits=Counter(trade.exit_reason for trade in trades),
        decisions=decisions,
    )
