"""Closing the worst loser before the account's margin runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.allowed_range import require_above_zero, require_within
from domain.position.open_trade import OpenTrade


@dataclass(frozen=True, slots=True)
class CrossMarginRules:
    """When total margin is too much of equity, and how long to wait between two closings.

    Raises ValueError for numbers that make no sense.
    """

    max_margin_fraction: Decimal = Decimal("0.85")
    pause_ms: int = 120_000

    def __post_init__(self) -> None:
        require_above_zero("max_margin_fraction", self.max_margin_fraction, 1)
        require_within("pause_ms", self.pause_ms, 0)


def worst_loser(
    trades: Sequence[tuple[OpenTrade, Decimal]],
    equity: Decimal,
    last_closed_at_ms: int | None,
    at_ms: int,
    rules: CrossMarginRules,
) -> str | None:
    """Name the symbol to close when total margin is over 85 % of equity, at most once per 120 s.

    `trades` are the open trades with their last prices. The worst loser has the lowest unrealised
    P&L, be it even a profit, because its margin is what must be freed; ties go to the first name.
    """
    if last_closed_at_ms is not None and at_ms - last_closed_at_ms < rules.pause_ms:
        return None
    margin = sum((_margin_of(trade) for trade, _ in trades), Decimal(0))
    if not trades or margin <= equity * rules.max_margin_fraction:
        return None
    ranked = [(trade.position.unrealized_pnl(price), trade.position.symbol) for trade, price in trades]
    return min(ranked)[1]


def _margin_of(trade: OpenTrade) -> Decimal:
    """Give the venue's initial margin of what is still open."""
    return trade.position.open_cost / trade.plan.leverage
