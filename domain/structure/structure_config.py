"""The numbers behind the structure engine's rules."""

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Final

from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.structure.average_true_range import AverageTrueRangeRules
from domain.structure.break_of_structure import TrendRules
from domain.structure.displacement import DisplacementRules
from domain.structure.fair_value_gap import FairValueGapRules
from domain.structure.liquidity import LiquidityRules
from domain.structure.order_block import OrderBlockRules
from domain.structure.order_flow import OrderFlowRules
from domain.structure.participation import ParticipationRules
from domain.structure.swing import SwingRules

LARGEST_EXACT: Final = 2**53
"""The largest whole number up to which a float counts every one."""

_LEAST_ATR_BARS: Final = 2


@dataclass(frozen=True)
class StructureConfig:
    """The three timeframes and the constants of every rule.

    The base timeframe is what the engine is fed with; each longer one is a whole multiple of the one
    before. A hole of more than `reset_after_steps` base bars starts everything anew.
    Raises ValueError when a number is not above zero or too large, or the timeframes do not fit.
    """

    base_step_ms: int = 5 * MINUTE_MS
    middle_step_ms: int = 15 * MINUTE_MS
    higher_step_ms: int = HOUR_MS
    reset_after_steps: int = 12
    average_true_range: AverageTrueRangeRules = field(default_factory=AverageTrueRangeRules)
    displacement: DisplacementRules = field(default_factory=DisplacementRules)
    swing: SwingRules = field(default_factory=SwingRules)
    trend: TrendRules = field(default_factory=TrendRules)
    order_block: OrderBlockRules = field(default_factory=OrderBlockRules)
    fair_value_gap: FairValueGapRules = field(default_factory=FairValueGapRules)
    liquidity: LiquidityRules = field(default_factory=LiquidityRules)
    order_flow: OrderFlowRules = field(default_factory=OrderFlowRules)
    participation: ParticipationRules = field(default_factory=ParticipationRules)

    def __post_init__(self) -> None:
        for name, value in numbers_in(self):
            if value <= 0:
                raise ValueError(f"{name} must be above zero, not {value}")
            if isinstance(value, int) and value > LARGEST_EXACT:
                raise ValueError(f"{name} is too large: {value}")
        if self.average_true_range.period_bars < _LEAST_ATR_BARS:
            raise ValueError("average_true_range.period_bars must be at least 2: one flat bar has no range")
        if self.middle_step_ms % self.base_step_ms or self.higher_step_ms % self.middle_step_ms:
            raise ValueError("each timeframe must be a whole multiple of the one below it")

    def __str__(self) -> str:
        """Spell every number exactly, for the schema hashes; `2` and `2.0` are the same rule."""
        return " ".join(f"{name}={float(value).hex()}" for name, value in numbers_in(self))


def numbers_in(rules: object, under: str = "") -> list[tuple[str, float]]:
    """List every number of a config with its full name, such as `swing.reach_bars`."""
    found: list[tuple[str, float]] = []
    for rule in fields(rules):  # type: ignore[arg-type]  # only config dataclasses come here
        name, value = under + rule.name, getattr(rules, rule.name)
        found += numbers_in(value, f"{name}.") if is_dataclass(value) else [(name, value)]
    return found


STANDARD: Final = StructureConfig()
