"""Turns returns into candles on the price grid: opens, wicks and closes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from adapters.generator.generator_settings import SimulatedSymbol
from adapters.generator.steady_arithmetic import Floats, Ints

_FARTHEST: Final = 10.0
_RESTLESSNESS: Final = 0.85
"""How far price strays inside a minute, against a random walk of the same volatility."""


@dataclass(frozen=True, slots=True)
class CandleTicks:
    """Candles in whole ticks."""

    opens: Ints
    highs: Ints
    lows: Ints
    closes: Ints


def turned_back(symbol: SimulatedSymbol, last_close: int, returns: Floats) -> tuple[Floats, int]:
    """Mirror the returns from wherever price would leave a tenth or ten times its first price.

    Gives the returns and the index of the first that was mirrored, or their number.
    """
    turned, first = returns, len(returns)
    lowest, highest = first_ticks(symbol) / _FARTHEST, first_ticks(symbol) * _FARTHEST
    start = min(max(float(last_close), lowest), highest)
    while True:
        scale = start * np.cumprod(1.0 + turned)
        outside = (scale < lowest) | (scale > highest)
        at = int(np.argmax(outside))
        if not outside[at]:
            return turned, first
        turned = np.concatenate([turned[:at], -turned[at:]])
        first = min(first, at)


def candle_ticks(
    last_close: int, returns: Floats, volatility: Floats, chance: np.random.Generator
) -> CandleTicks:
    """Walk from the last close in whole ticks, and draw each minute's wicks as of a path between its ends."""
    scale = last_close * np.cumprod(1.0 + returns)
    scale = np.concatenate([np.array([float(last_close)]), scale[:-1]])
    closes: Ints = last_close + np.cumsum(np.rint(returns * scale).astype(np.int64))
    opens = _opens(last_close, closes, chance)
    highs, lows = _extremes(opens, closes, volatility * scale * _RESTLESSNESS, chance)
    return CandleTicks(opens, highs, lows, closes)


def first_ticks(symbol: SimulatedSymbol) -> int:
    """Give the price before the first candle in ticks."""
    return round(symbol.first_price * 10.0**symbol.price_decimals)


def _opens(last_close: int, closes: Ints, chance: np.random.Generator) -> Ints:
    """Start each candle at the close before it, half the time across a spread of one tick."""
    before = np.concatenate([np.array([last_close], dtype=np.int64), closes[:-1]])
    draw = chance.integers(0, 4, size=len(closes), dtype=np.int64)
    jump: Ints = np.array([1, -1, 0, 0], dtype=np.int64)[draw]
    return before + jump


def _extremes(opens: Ints, closes: Ints, spread: Floats, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw highest and lowest of a path from open to close.

    Of a random walk that moves c and has standard deviation s, the maximum is (c + sqrt(c^2 + 2 s^2 e)) / 2
    with e exponential (the reflection principle).
    """
    move = (closes - opens).astype(np.float64)
    reach_up = move * move + 2.0 * spread * spread * chance.standard_exponential(len(opens))
    reach_down = move * move + 2.0 * spread * spread * chance.standard_exponential(len(opens))
    above = np.rint((move + np.sqrt(reach_up)) / 2.0).astype(np.int64)
    below = np.rint((np.sqrt(reach_down) - move) / 2.0).astype(np.int64)
    highs = np.maximum(opens + above, np.maximum(opens, closes))
    lows = np.minimum(opens - below, np.minimum(opens, closes))
    return highs, np.maximum(lows, 1)
