"""A trade that is over, with its reason."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.market.direction import Direction


class ExitReason(StrEnum):
    """What ended a trade; exits name themselves."""

    FORCED_LIQUIDATION = "forced_liquidation"
    TIME_STOP = "time_stop"
    CONFIDENCE_DROP = "confidence_drop"
    THESIS_INVALIDATED = "thesis_invalidated"
    COUNTER_TREND = "counter_trend"
    PARTIAL_PROFIT = "partial_profit"
    STOP = "stop"
    BREAK_EVEN_STOP = "break_even_stop"
    TRAILING_STOP = "trailing_stop"
    TARGET = "target"
    CROSS_MARGIN_GUARD = "cross_margin_guard"
    UNPROTECTED = "unprotected"
    VENUE_LIQUIDATION = "venue_liquidation"
    SESSION_END = "session_end"


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """One whole trade, entry to flat; `net_pnl` = realised P&L - fees + funding, to the last digit.

    Prices are quantity-weighted averages, rounded to eight decimals for show. `exit_reason` is
    what closed the last piece; `exit_reasons` names every piece in order. `r_multiple` is net P&L
    over the planned loss.
    """

    trade_id: str
    symbol: str
    direction: Direction
    setup_kind: str
    opened_at_ms: int
    closed_at_ms: int
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    exit_reason: ExitReason
    exit_reasons: tuple[ExitReason, ...]
    gross_pnl: Decimal
    fees: Decimal
    funding: Decimal
    net_pnl: Decimal
    r_multiple: Decimal
    margin: Decimal
    leverage: int
    kelly_multiplier: float
    confidence: float | None
    is_exploration: bool
    reasons: tuple[str, ...]
