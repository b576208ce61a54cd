"""What a trade gives on average, and how far luck may have moved that."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.learning.block_bootstrap import BootstrapRules, Chance, Observed, block_mean
from domain.learning.confidence_bound import Interval, wilson_interval
from domain.position.closed_trade import ClosedTrade

ONE_SIDED: Final = 0.05
"""What either bound is missed with, so that an interval holds 90 %."""

_Z: Final = 1.6449


class MeanResult(NamedTuple):
    """A mean per trade and its 90 % interval, whose bounds are infinite where too little is known.

    `p_value` is the chance of such a mean or a higher one where the true one is not above zero.
    """

    mean: float
    low: float
    high: float
    p_value: float
    days: int

    @property
    def is_bounded(self) -> bool:
        """Whether the trades tell anything of the mean behind them."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def mean_result(results: Sequence[Observed], chance: Chance) -> MeanResult:
    """Measure results by a bootstrap of blocks of a day, since trades of one day hang together.

    Raises ValueError without results.
    """
    rules = BootstrapRules()
    above = block_mean(results, ONE_SIDED, chance, rules)
    below = block_mean([Observed(at_ms, -value) for at_ms, value in results], ONE_SIDED, chance, rules)
    return MeanResult(above.mean, above.lower_bound, -below.lower_bound, above.p_value, above.blocks)


def results_in_r(trades: Sequence[ClosedTrade]) -> list[Observed]:
    """Give the net result of each trade in planned losses, at its entry."""
    return [Observed(trade.opened_at_ms, float(trade.r_multiple)) for trade in trades]


def win_rate_interval(trades: int, wins: int) -> Interval:
    """Give the 90 % interval of a win rate, as if no trade knew of another (Wilson 1927)."""
    return wilson_interval(wins / trades if trades else 0.0, trades, _Z)
