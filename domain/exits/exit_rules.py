"""Every threshold of the seven exits."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.allowed_range import require_above_zero, require_within
from domain.market.timeframe import HOUR_MS, MINUTE_MS


class ThresholdUnit(StrEnum):
    """What a profit or loss threshold counts in: planned losses, or percent of the initial margin."""

    R = "r"
    PERCENT_OF_MARGIN = "percent_of_margin"


@dataclass(frozen=True, slots=True)
class ExitRules:
    """When to leave. Raises ValueError for numbers that make no sense.

    Profits and losses are those of the open part, net (see open_profit), and so are R and margin.
    A threshold counts in the unit named beside it. `trailing_buffer_atr` and `pool_reach_atr` are in
    ATR of the base frame. A refused exit is tried again after `exit_retry_ms`, then after twice as
    long, up to 16 times as long.
    """

    forced_loss_of_margin: Decimal = Decimal("1.00")
    forced_loss_in_r: Decimal = Decimal("1.25")
    longest_hold_ms: int = 2 * HOUR_MS
    confidence_drop: float = 0.20
    confidence_drop_over_ms: int = 5 * MINUTE_MS
    thesis_confidence: float = 0.70
    counter_trend_confidence: float = 0.80
    partial_profit_at: Decimal = Decimal("1.0")
    partial_profit_unit: ThresholdUnit = ThresholdUnit.R
    trailing_from: Decimal = Decimal("1.5")
    trailing_unit: ThresholdUnit = ThresholdUnit.R
    trailing_buffer_atr: float = 0.5
    smart_hold_from: Decimal = Decimal("0.50")
    smart_hold_to: Decimal = Decimal("0.99")
    smart_hold_unit: ThresholdUnit = ThresholdUnit.R
    smart_hold_confidence: float = 0.80
    pool_reach_atr: float = 0.5
    longest_bare_ms: int = 3_000
    most_stop_refusals: int = 3
    exit_retry_ms: int = 1_000

    def __post_init__(self) -> None:
        require_above_zero("forced_loss_of_margin", self.forced_loss_of_margin, 1)
        require_within("forced_loss_in_r", self.forced_loss_in_r, 1)
        require_above_zero("longest_hold_ms", self.longest_hold_ms)
        require_above_zero("confidence_drop", self.confidence_drop, 1)
        require_above_zero("confidence_drop_over_ms", self.confidence_drop_over_ms)
        require_within("thesis_confidence", self.thesis_confidence, 0, 1)
        require_within("counter_trend_confidence", self.counter_trend_confidence, 0, 1)
        require_above_zero("partial_profit_at", self.partial_profit_at)
        require_above_zero("trailing_from", self.trailing_from)
        require_within("trailing_buffer_atr", self.trailing_buffer_atr, 0)
        require_above_zero("smart_hold_from", self.smart_hold_from)
        require_within("smart_hold_to", self.smart_hold_to, self.smart_hold_from)
        require_within("smart_hold_confidence", self.smart_hold_confidence, 0, 1)
        require_within("pool_reach_atr", self.pool_reach_atr, 0)
        require_above_zero("longest_bare_ms", self.longest_bare_ms)
        require_within("most_stop_refusals", self.most_stop_refusals, 1)
        require_within("exit_retry_ms", self.exit_retry_ms, 1_000)
