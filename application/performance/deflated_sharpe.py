"""Whether a Sharpe ratio is more than the best of many tries would show by luck."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final, NamedTuple

_EULER_MASCHERONI: Final = 0.5772156649015329
_LEAST_RETURNS: Final = 3
_NORMAL: Final = NormalDist()
_DAYS_A_YEAR: Final = 365


class SharpeRatio(NamedTuple):
    """Mean over standard deviation of returns, and what else their distribution looks like.

    `kurtosis` is 3 for a normal distribution.
    """

    ratio: float
    skewness: float
    kurtosis: float
    returns: int

    @property
    def a_year(self) -> float:
        """The ratio of daily returns, as it is usually told: for a year of 365 days."""
        return self.ratio * math.sqrt(_DAYS_A_YEAR)


def sharpe_ratio(returns: Sequence[float]) -> SharpeRatio | None:
    """Measure returns; None for fewer than three, or such as do not vary."""
    count = len(returns)
    if count < _LEAST_RETURNS:
        return None
    mean = math.fsum(returns) / count
    second, third, fourth = (_moment(returns, mean, power) for power in (2, 3, 4))
    if not second > 0.0 or max(returns) == min(returns):
        return None
    return SharpeRatio(
        ratio=mean / math.sqrt(second * count / (count - 1)),
        skewness=third / second**1.5,
        kurtosis=fourth / second**2,
        returns=count,
    )


def best_by_luck(returns: int, trials: int) -> float:
    """Give the ratio to be expected of the best of so many tries, none of which has any skill.

    sqrt(V) ((1 - g) Z(1 - 1/N) + g Z(1 - 1/(N e))), g the Euler-Mascheroni constant, Z the normal quantile
    (Bailey and Lopez de Prado 2014). V, the variance among the tries, is taken as what luck alone
    gives: 1 / (T - 1) for T returns. Raises ValueError for less than one try.
    """
    if trials < 1:
        raise ValueError(f"{trials} trials")
    if trials == 1:
        return 0.0
    ordinary, extreme = (-_NORMAL.inv_cdf(share) for share in (1.0 / trials, 1.0 / (trials * math.e)))
    expected = (1.0 - _EULER_MASCHERONI) * ordinary + _EULER_MASCHERONI * extreme
    return expected / math.sqrt(returns - 1)


def deflated_sharpe(sharpe: SharpeRatio, trials: int) -> float:
    """Give the probability that there is skill behind a ratio found as the best of so many tries.

    Phi((SR - SR0) sqrt(T - 1) / sqrt(1 - skew SR + (kurtosis - 1) / 4 SR^2)), SR0 the best by luck
    (Bailey and Lopez de Prado 2014). Raises ValueError for less than one try.
    """
    ratio = sharpe.ratio
    spread = 1.0 - sharpe.skewness * ratio + (sharpe.kurtosis - 1.0) / 4.0 * ratio * ratio
    above = ratio - best_by_luck(sharpe.returns, trials)
    return _NORMAL.cdf(above * math.sqrt((sharpe.returns - 1) / spread))


def _moment(returns: Sequence[float], mean: float, power: int) -> float:
    return math.fsum((one - mean) ** power for one in returns) / len(returns)
