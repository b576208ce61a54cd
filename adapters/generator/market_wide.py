"""What all generated symbols share: the market's mood, its returns, its trends and its ranges."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from adapters.generator.slow_moods import Mood, Moods
from adapters.generator.steady_arithmetic import Floats, Ints, fading_sum

_MOODS: Final = Moods(
    (Mood(15_000.0, 0.42), Mood(1_200.0, 0.32), Mood(120.0, 0.24), Mood(12.0, 0.24), Mood(4.0, 0.34))
)
_SURPRISE: Final = 0.18
_NEWS_PER_DAY: Final = 1.5
_NEWS_EXCITEMENT: Final = 0.65
_NEWS_MEMORY: Final = 12.0
_JUMPS_PER_DAY: Final = 0.3
_JUMP_SIZE: Final = 4.5
_SHORTEST_REGIME: Final = 180
_LONGEST_REGIME: Final = 1_440
_DRIFT_BY_REGIME: Final = (0.025, -0.025, 0.0, 0.0, 0.0)
_RANGES: Final = (3, 4)
_MEMORY_OF_A_RANGE: Final = 45.0
_MINUTES_OF_DAY: Final = 1440.0


@dataclass(frozen=True, slots=True)
class MarketMinutes:
    """The market in a stretch of minutes: returns in units of quiet volatility, and log volatility."""

    returns: Floats
    log_volatility: Floats
    moods_after: tuple[float, ...]


def first_market_moods(chance: np.random.Generator) -> tuple[float, ...]:
    """Draw the market's moods when the tape begins."""
    return _MOODS.at_first(chance)


def market_minutes(
    minutes: int, moods: tuple[float, ...], chance: np.random.Generator, *, noise_only: bool
) -> MarketMinutes:
    """Give the next minutes of the market; with `noise_only` every return is fair whatever came before."""
    log_volatility, after = _MOODS.over(minutes, moods, chance)
    log_volatility += chance.standard_normal(minutes) * _SURPRISE
    log_volatility += _excitement(minutes, chance)
    returns = chance.standard_normal(minutes)
    add_jumps(returns, _JUMPS_PER_DAY, _JUMP_SIZE, chance)
    if not noise_only:
        _bend_into_regimes(returns, chance)
    return MarketMinutes(returns, log_volatility, after)


def _excitement(minutes: int, chance: np.random.Generator) -> Floats:
    """Raise volatility at rare news, large or small, and let it settle again."""
    shocks = np.zeros(minutes)
    at = _rare_minutes(minutes, _NEWS_PER_DAY, chance)
    shocks[at] = chance.standard_exponential(len(at)) * _NEWS_EXCITEMENT
    return fading_sum(shocks, _NEWS_MEMORY, 0.0)


def add_jumps(returns: Floats, per_day: float, size: float, chance: np.random.Generator) -> None:
    """Add rare returns of the size of many quiet ones, at minutes and with signs nobody can know."""
    at = _rare_minutes(len(returns), per_day, chance)
    returns[at] += chance.standard_normal(len(at)) * size


def _rare_minutes(minutes: int, per_day: float, chance: np.random.Generator) -> Ints:
    most = max(1, round(2.0 * per_day * minutes / _MINUTES_OF_DAY))
    return chance.integers(0, minutes, size=int(chance.integers(0, most + 1)))


def _bend_into_regimes(returns: Floats, chance: np.random.Generator) -> None:
    start = 0
    while start < len(returns):
        end = start + int(chance.integers(_SHORTEST_REGIME, _LONGEST_REGIME))
        _bend(returns[start:end], int(chance.integers(0, len(_DRIFT_BY_REGIME))))
        start = end


def _bend(returns: Floats, regime: int) -> None:
    returns += _DRIFT_BY_REGIME[regime]
    if regime in _RANGES:
        strayed = fading_sum(returns, _MEMORY_OF_A_RANGE, 0.0)
        returns[1:] -= strayed[:-1] / _MEMORY_OF_A_RANGE
