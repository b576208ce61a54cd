"""How much changed hands in each minute, and how much of it was bought by takers."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from adapters.generator.generator_settings import SimulatedSymbol
from adapters.generator.large_traders import Footprints
from adapters.generator.slow_moods import Mood, Moods
from adapters.generator.steady_arithmetic import Floats, Ints, exponential

_VOLUME_MOODS: Final = Moods((Mood(8_000.0, 0.30), Mood(60.0, 0.25)))
_PRESSURE_MOODS: Final = Moods((Mood(60.0, 0.07), Mood(4.0, 0.10)))
_VOLUME_WITH_VOLATILITY: Final = 1.25
_VOLUME_WITH_MOVE: Final = 0.22
_VOLUME_SURPRISE: Final = 0.40
_PRESSURE_WITH_RETURN: Final = 0.38
_PRESSURE_SURPRISE: Final = 0.42
_LARGEST_MOVE: Final = 4.0


@dataclass(frozen=True, slots=True)
class TurnoverMoods:
    """Where the slow parts of volume and buying pressure stand."""

    volume: tuple[float, ...]
    pressure: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Busyness:
    """What drives volume in each minute: log volatility, hour of the week, return per volatility.

    Large traders add to volume and to one side of it.
    """

    log_volatility: Floats
    season: Floats
    moves: Floats
    large_traders: Footprints


@dataclass(frozen=True, slots=True)
class Turnover:
    """Volumes in whole lots."""

    volumes: Ints
    taker_buys: Ints
    moods_after: TurnoverMoods


def first_turnover_moods(chance: np.random.Generator) -> TurnoverMoods:
    """Draw the moods when the tape begins."""
    return TurnoverMoods(_VOLUME_MOODS.at_first(chance), _PRESSURE_MOODS.at_first(chance))


def turnover(
    symbol: SimulatedSymbol, busyness: Busyness, moods: TurnoverMoods, chance: np.random.Generator
) -> Turnover:
    """Give volumes that rise with volatility, hour and move, and takers that lean with the move.

    Nothing here looks ahead of its own minute.
    """
    minutes = len(busyness.moves)
    bounded = np.clip(busyness.moves, -_LARGEST_MOVE, _LARGEST_MOVE)
    log_volume, volume_after = _VOLUME_MOODS.over(minutes, moods.volume, chance)
    log_volume += _VOLUME_WITH_VOLATILITY * busyness.log_volatility
    log_volume += _VOLUME_WITH_MOVE * (np.abs(bounded) - 1.0)
    log_volume += chance.standard_normal(minutes) * _VOLUME_SURPRISE + busyness.large_traders.log_volume
    typical = symbol.quote_per_minute / symbol.first_price * 10.0**symbol.volume_decimals
    volumes = np.maximum(np.rint(exponential(log_volume) * busyness.season * typical), 1.0)
    pressure, pressure_after = _PRESSURE_MOODS.over(minutes, moods.pressure, chance)
    pressure += _PRESSURE_WITH_RETURN * bounded + chance.standard_normal(minutes) * _PRESSURE_SURPRISE
    pressure += busyness.large_traders.pressure
    buy_share = 0.5 + 0.5 * pressure / (1.0 + np.abs(pressure))
    taker_buys = np.rint(volumes * buy_share)
    moods_after = TurnoverMoods(volume_after, pressure_after)
    return Turnover(volumes.astype(np.int64), taker_buys.astype(np.int64), moods_after)
