"""Plants stop runs: price takes out a recent extreme, and may turn, displace, come back and drift on.

Every turn of the story is a fair coin between a move and its mirror image when the edge has no strength, so
that the story alone pays nobody. Strength loads both coins and adds a drift: after the return price runs on
where large traders are behind the turn, and comes back a little where nobody is. The two look alike in price;
only volume and takers, while it happens, tell them apart.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from adapters.generator.steady_arithmetic import Floats, Ints
from domain.market.direction import Direction
from domain.market.timeframe import MINUTE_MS

_LOOK_BACK: Final = 150
_UNTOUCHED: Final = 30
_ATR_MEMORY: Final = 70
_ATR_PER_MEAN_MOVE: Final = 4.4
"""The range of five minutes of a random walk against its mean one-minute move."""
_NEAR_LEVEL_ATR: Final = 1.3
_FARTHER: Final = 2.5
_HOURS_SEEN: Final = 96
_HOURS_OF_A_SWING: Final = 10
_APPROACH: Final = 10
_LEGS: Final = (_APPROACH, 5, 5, 5, 20)
"""Minutes of the approach, the turn, the displacement, its follow-up and the return."""
_DRIFT: Final = 60
STORY: Final = sum(_LEGS) + _DRIFT
"""Minutes from the approach of the level to the end of the drift."""
_GRID: Final = 5
_MEAN_PAUSE: Final = 90.0
_OFTENER: Final = 14.0
_FAIR: Final = 0.5
_LOADED: Final = 0.45
_BACKED: Final = 0.7
_FULL_DRIFT_ATR: Final = 7.0
_FULL_RETREAT_ATR: Final = 2.0


@dataclass(frozen=True, slots=True)
class PlantedStopRun:
    """One planted story: when the level was pierced, and whether price then turned and came back.

    `direction` is that of the trade: long below a swing low. `entered_at_ms` is the close of the return,
    `ends_at_ms` that of the drift. `is_backed` tells whether large traders were behind it.
    """

    pierced_at_ms: int
    entered_at_ms: int
    ends_at_ms: int
    direction: Direction
    turned: bool
    returned: bool
    is_backed: bool


@dataclass(frozen=True, slots=True)
class _Draws:
    """Everything left to chance in one story, drawn before it is known whether it fits."""

    first_choice: float
    depth_atr: float
    displacement_atr: float
    retraced_share: float
    turned: bool
    returned: bool
    is_backed: bool


def plant_stop_runs(
    returns: Floats, open_times_ms: Ints, strength: float, chance: np.random.Generator
) -> tuple[PlantedStopRun, ...]:
    """Bend the returns in place wherever a story finds a level near enough, and tell which were planted."""
    planted = []
    path = np.cumsum(returns)
    pause = _MEAN_PAUSE / (1.0 + _OFTENER * strength * strength)
    reach = _NEAR_LEVEL_ATR + _FARTHER * strength * strength
    at = _next_start(_LOOK_BACK, pause, open_times_ms, chance)
    while at + STORY <= len(returns):
        draws = _draw(strength, chance)
        sign = _side_with_a_level(path, at, draws.first_choice, reach)
        if sign:
            _tell(path, at, sign, draws, strength)
            planted.append(_record(open_times_ms, at, sign, draws))
        at = _next_start(at + (STORY if sign else 0), pause, open_times_ms, chance)
    returns[1:] = np.diff(path)
    return tuple(planted)


def _next_start(after: int, pause: float, open_times_ms: Ints, chance: np.random.Generator) -> int:
    start = after + 1 + int(chance.standard_exponential() * pause)
    return start + int(-(open_times_ms[0] // MINUTE_MS + start) % _GRID)


def _draw(strength: float, chance: np.random.Generator) -> _Draws:
    draw = chance.random(7)
    favoured = _FAIR + _LOADED * strength
    return _Draws(
        first_choice=1.0 if draw[0] < _FAIR else -1.0,
        depth_atr=0.35 + 0.6 * float(draw[1]),
        displacement_atr=2.0 + 0.8 * float(draw[2]),
        retraced_share=0.85 + 0.25 * float(draw[3]),
        turned=bool(draw[4] < favoured),
        returned=bool(draw[5] < favoured),
        is_backed=bool(draw[6] < _BACKED),
    )


def _side_with_a_level(path: Floats, at: int, first_choice: float, reach: float) -> float:
    """Give +1 for a near low to run in a rising market, -1 for a near high in a falling one, or 0."""
    trend = _trend(path[:at])
    for sign in (trend,) if trend else (first_choice, -first_choice):
        level = _level(path, at, sign)
        untouched = float((sign * path[at - _UNTOUCHED : at]).min())
        if level < untouched and sign * path[at - 1] - level < reach * _atr(path, at):
            return sign
    return 0.0


def _trend(past: Floats) -> float:
    """Give +1 when hourly closes last broke an earlier extreme upward, -1 downward, 0 for neither."""
    closes = past[::-1][: _HOURS_SEEN * 60 : 60][::-1].tolist()
    for end in range(len(closes) - 1, _HOURS_OF_A_SWING - 1, -1):
        before = closes[end - _HOURS_OF_A_SWING : end]
        if closes[end] > max(before):
            return 1.0
        if closes[end] < min(before):
            return -1.0
    return 0.0


def _level(path: Floats, at: int, sign: float) -> float:
    return float((sign * path[at - _LOOK_BACK : at - _UNTOUCHED]).min())


def _atr(path: Floats, at: int) -> float:
    return _ATR_PER_MEAN_MOVE * float(np.abs(np.diff(path[at - _ATR_MEMORY : at])).mean())


def _tell(path: Floats, at: int, sign: float, draws: _Draws, strength: float) -> None:
    """Lead the path through the story's stations, keeping its noise between them."""
    atr, pierced = _atr(path, at), _level(path, at, sign) - draws.depth_atr * _atr(path, at)
    way = atr if draws.turned else -atr
    turned = pierced + way * (draws.depth_atr + 0.3)
    displaced = turned + way * draws.displacement_atr
    followed = displaced + way * 0.5
    back = draws.retraced_share * draws.displacement_atr * way
    settled = followed - back if draws.returned else followed + back
    story = path[at : at + STORY].copy()
    ends_at = float(story[-1])
    end = 0
    for minutes, station in zip(_LEGS, (pierced, turned, displaced, followed, settled), strict=True):
        end = _lead(story, end, minutes, sign * station)
    if draws.turned and draws.returned:
        drift_atr = _FULL_DRIFT_ATR if draws.is_backed else -_FULL_RETREAT_ATR
        _lead(story, end, _DRIFT, float(story[-1]) + sign * strength * drift_atr * atr)
    path[at : at + STORY] = story
    path[at + STORY :] += float(story[-1]) - ends_at


def _lead(story: Floats, start: int, minutes: int, station: float) -> int:
    """Tilt a stretch of the path so that it ends at the station, and move all that follows along."""
    end = start + minutes
    missing = station - float(story[end - 1])
    story[start:end] += missing * (np.arange(1, minutes + 1) / minutes)
    story[end:] += missing
    return end


def _record(open_times_ms: Ints, at: int, sign: float, draws: _Draws) -> PlantedStopRun:
    pierced, entered = at + _APPROACH - 1, at + STORY - _DRIFT - 1
    return PlantedStopRun(
        pierced_at_ms=int(open_times_ms[pierced]),
        entered_at_ms=int(open_times_ms[entered]) + MINUTE_MS,
        ends_at_ms=int(open_times_ms[entered]) + (1 + _DRIFT) * MINUTE_MS,
        direction=Direction.LONG if sign > 0 else Direction.SHORT,
        turned=draws.turned,
        returned=draws.returned,
        is_backed=draws.is_backed,
    )
