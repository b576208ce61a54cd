"""The limits no entry may exceed."""

from dataclasses import dataclass, field
from decimal import Decimal

from domain.allowed_range import require_above_zero, require_within
from domain.market.timeframe import MINUTE_MS
from domain.risk.cool_down import CoolDownRules


@dataclass(frozen=True, slots=True)
class GateLimits:
    """What may be held and lost; fractions of equity, of the equity at 00:00 UTC, and of the peak.

    Open positions and entries in flight both count. Raises ValueError for numbers that make no sense.
    """

    max_positions: int = 5
    max_position_notional: Decimal = Decimal("0.50")
    max_exposure_per_direction: Decimal = Decimal("1.50")
    max_total_margin: Decimal = Decimal("0.50")
    max_daily_loss: Decimal = Decimal("0.05")
    max_drawdown: Decimal = Decimal("0.25")
    max_data_age_ms: int = 3 * MINUTE_MS
    cool_down: CoolDownRules = field(default_factory=CoolDownRules)

    def __post_init__(self) -> None:
        require_within("max_positions", self.max_positions, 1)
        require_above_zero("max_position_notional", self.max_position_notional, 10)
        require_above_zero("max_exposure_per_direction", self.max_exposure_per_direction, 100)
        require_above_zero("max_total_margin", self.max_total_margin, 1)
        require_above_zero("max_daily_loss", self.max_daily_loss, 1)
        require_above_zero("max_drawdown", self.max_drawdown, 1)
        require_within("max_data_age_ms", self.max_data_age_ms, 0)
