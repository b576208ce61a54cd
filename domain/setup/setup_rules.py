"""The numbers that decide what counts as a setup."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.allowed_range import require_above_zero, require_within


class EntryStyle(StrEnum):
    """How a setup is entered: waiting at the zone's edge, or at once where price stands."""

    POST_ONLY_LIMIT = "post_only_limit"
    MARKET = "market"


@dataclass(frozen=True, slots=True)
class SetupRules:
    """What a setup needs, how far its stop may lie, and how long its entry waits.

    Ages are counted in base bars, reach and buffer in ATR of the base frame. In relaxed mode
    (RELAXED_SIGNAL_MODE, for collecting samples) one confirmation is enough, a sweep, a change of
    character or a displacement, and the entry need not lie in discount or premium.
    Raises ValueError for numbers that make no sense.
    """

    is_relaxed: bool = False
    entry: EntryStyle = EntryStyle.POST_ONLY_LIMIT
    entry_lifetime_bars: int = 12
    trigger_max_age_bars: int = 24
    displacement_max_age_bars: int = 24
    zone_reach_atr: float = 3.0
    stop_buffer_atr: float = 0.25
    min_stop_atr: float = 2.0
    min_stop_fraction: Decimal = Decimal("0.003")
    max_stop_fraction: Decimal = Decimal("0.03")
    min_reward_to_risk: Decimal = Decimal("0.8")
    max_reward_to_risk: Decimal = Decimal(5)

    def __post_init__(self) -> None:
        require_within("entry_lifetime_bars", self.entry_lifetime_bars, 1)
        require_within("trigger_max_age_bars", self.trigger_max_age_bars, 0)
        require_within("displacement_max_age_bars", self.displacement_max_age_bars, 0)
        require_within("zone_reach_atr", self.zone_reach_atr, 0, 1000)
        require_within("stop_buffer_atr", self.stop_buffer_atr, 0, 1000)
        require_within("min_stop_atr", self.min_stop_atr, 0, 1000)
        require_above_zero("max_stop_fraction", self.max_stop_fraction, 0.5)
        require_above_zero("min_stop_fraction", self.min_stop_fraction, self.max_stop_fraction)
        require_above_zero("max_reward_to_risk", self.max_reward_to_risk, 1000)
        require_above_zero("min_reward_to_risk", self.min_reward_to_risk, self.max_reward_to_risk)
