"""What one generated symbol does by itself, on top of the market."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from adapters.generator.generator_settings import SimulatedSymbol
from adapters.generator.market_wide import MarketMinutes, add_jumps
from adapters.generator.slow_moods import Mood, Moods
from adapters.generator.steady_arithmetic import Floats, exponential

_MOODS: Final = Moods((Mood(10_000.0, 0.15), Mood(90.0, 0.16), Mood(4.0, 0.16)))
_SURPRISE: Final = 0.18
_JUMPS_PER_DAY: Final = 0.25
_JUMP_SIZE: Final = 4.5
_LARGEST_MOVE: Final = 0.2


@dataclass(frozen=True, slots=True)
class OwnMinutes:
    """One symbol's minutes: its expected move (a fraction of price), its return, and its log volatility."""

    volatility: Floats
    returns: Floats
    log_volatility: Floats
    moods_after: tuple[float, ...]


def first_own_moods(chance: np.random.Generator) -> tuple[float, ...]:
    """Draw the symbol's own moods when the tape begins."""
    return _MOODS.at_first(chance)


def own_minutes(
    symbol: SimulatedSymbol,
    market: MarketMinutes,
    season: Floats,
    moods: tuple[float, ...],
    chance: np.random.Generator,
) -> OwnMinutes:
    """Mix the market's returns with the symbol's own, and scale them by mood and hour."""
    minutes = len(season)
    log_volatility, after = _MOODS.over(minutes, moods, chance)
    log_volatility += chance.standard_normal(minutes) * _SURPRISE
    log_volatility += market.log_volatility
    quiet = chance.standard_normal(minutes)
    add_jumps(quiet, _JUMPS_PER_DAY, _JUMP_SIZE, chance)
    share = symbol.market_share
    mixed = share * market.returns + math.sqrt(1.0 - share * share) * quiet
    volatility = exponential(log_volatility) * season * (symbol.volatility_bp * 1e-4)
    returns = np.clip(mixed * volatility, -_LARGEST_MOVE, _LARGEST_MOVE)
    return OwnMinutes(volatility, returns, log_volatility, after)
