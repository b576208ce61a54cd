"""The daily and weekly rhythm of volume and volatility, in UTC.

Hourly shapes follow what BTCUSDT showed on average in 2022-2024: quiet in the Asian morning, busiest at the
American open, a third less on weekends.
"""

from typing import Final

import numpy as np

from adapters.generator.steady_arithmetic import Floats, Ints
from domain.market.timeframe import MINUTE_MS

_VOLUME_BY_HOUR: Final = (
    0.96, 0.90, 0.83, 0.76, 0.70, 0.70, 0.76, 0.90, 0.94, 0.89, 0.88, 0.90,
    1.14, 1.34, 1.60, 1.55, 1.39, 1.19, 1.16, 1.14, 1.05, 0.79, 0.78, 0.80,
)  # fmt: skip
_VOLATILITY_BY_HOUR: Final = (
    1.04, 0.97, 0.88, 0.79, 0.73, 0.74, 0.77, 0.81, 0.87, 0.83, 0.84, 0.85,
    1.06, 1.22, 1.39, 1.34, 1.28, 1.19, 1.15, 1.15, 1.11, 1.05, 1.00, 0.92,
)  # fmt: skip
_WEEKEND_VOLUME: Final = 0.68
_WEEKEND_VOLATILITY: Final = 0.76
_MINUTES_OF_DAY: Final = 1440
_MINUTES_OF_WEEK: Final = 7 * _MINUTES_OF_DAY
_THURSDAY: Final = 3
"""The weekday of 1970-01-01, counted from Monday."""


class Season:
    """Multipliers around 1 for each minute of the week."""

    def __init__(self) -> None:
        self._volume = _week(_VOLUME_BY_HOUR, _WEEKEND_VOLUME)
        self._volatility = _week(_VOLATILITY_BY_HOUR, _WEEKEND_VOLATILITY)

    def volume(self, open_times_ms: Ints) -> Floats:
        """Give the expected volume of each minute against the average."""
        return self._volume[_minute_of_week(open_times_ms)]

    def volatility(self, open_times_ms: Ints) -> Floats:
        """Give the expected volatility of each minute against the average."""
        return self._volatility[_minute_of_week(open_times_ms)]


def _week(by_hour: tuple[float, ...], weekend: float) -> Floats:
    minutes = np.arange(_MINUTES_OF_DAY)
    hour, share = minutes // 60, (minutes % 60) / 60.0
    shape = np.array((*by_hour, by_hour[0]))
    day = shape[hour] + (shape[hour + 1] - shape[hour]) * share
    return np.concatenate([np.tile(day, 5), np.tile(day * weekend, 2)])


def _minute_of_week(open_times_ms: Ints) -> Ints:
    return (open_times_ms // MINUTE_MS + _THURSDAY * _MINUTES_OF_DAY) % _MINUTES_OF_WEEK
