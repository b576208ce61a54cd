"""What the venue took, in money and in planned losses."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.position.closed_trade import ClosedTrade

_ZERO = Decimal(0)


class CostsPaid(NamedTuple):
    """Fees and funding as positive costs, and the mean result before and after them in R."""

    fees: Decimal
    funding: Decimal
    gross_r: float
    net_r: float

    @property
    def costs_r(self) -> float:
        """What costs took of a trade, on average, in R."""
        return self.gross_r - self.net_r


def costs_paid(trades: Sequence[ClosedTrade]) -> CostsPaid:
    """Sum up what was paid; a trade whose net result is nothing at all counts as if it had been free."""
    count = max(1, len(trades))
    return CostsPaid(
        fees=sum((trade.fees for trade in trades), _ZERO),
        funding=sum((-trade.funding for trade in trades), _ZERO),
        gross_r=float(sum((_gross_r(trade) for trade in trades), _ZERO) / count),
        net_r=float(sum((trade.r_multiple for trade in trades), _ZERO) / count),
    )


def _gross_r(trade: ClosedTrade) -> Decimal:
    return trade.gross_pnl * trade.r_multiple / trade.net_pnl if trade.net_pnl else _ZERO
