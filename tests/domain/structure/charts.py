"""Charts for the structure tests: drawn by hand, or wandering by a seed."""

import math
import random

from domain.market.candle import Candle
from domain.structure.sided_bar import Moment, SidedBar

STEP_MS = 300_000
MONDAY_MS = 1_704_067_200_000
"""2024-01-01T00:00:00Z, a whole hour and a whole day."""


def candle(number: int, opened: float, high: float, low: float, close: float) -> Candle:
    """Give the hand-drawn bar with this number on a 5m tape."""
    return Candle(MONDAY_MS + number * STEP_MS, opened, high, low, close, 8.0, 4.0)


def path(start: float, *closes: float) -> list[Candle]:
    """Draw bars that open at the last close and have wicks of 1 on both ends."""
    bars = []
    opened = start
    for number, close in enumerate(closes):
        high, low = max(opened, close) + 1.0, min(opened, close) - 1.0
        bars.append(candle(number, opened, high, low, close))
        opened = close
    return bars


def sided(*bars: tuple[float, float, float, float]) -> list[SidedBar]:
    """Give (open, high, low, close) rows as bars of the up side."""
    return [SidedBar(*bar) for bar in bars]


def moment(bar: int, *, atr: float = 2.0, is_third_in_row: bool = True) -> Moment:
    """Give a moment with a plain ATR, the same before and after the bar."""
    return Moment(bar, MONDAY_MS + bar * STEP_MS, atr, atr, is_third_in_row)


def wandering(count: int, seed: int, *, tick: float = 0.125) -> list[Candle]:
    """Give bars of a random walk around 1024 with quiet and wild hours, flat and empty bars.

    All prices are multiples of the tick and all volumes of 1/8, so their sums are exact; equal highs
    and closes on a level are frequent.
    """
    chance = random.Random(seed)
    bars = []
    price, pace = round(1024 / tick), 8.0
    for number in range(count):
        if chance.random() < 0.02:
            pace = chance.choice((1.0, 4.0, 8.0, 24.0))
        bar = _bar_in_ticks(chance, price, pace)
        price = bar[3] if bar[2] > 128 / tick else bar[3] + round(64 / tick)
        bars.append(_on_tape(number, bar, tick, chance))
    return bars


def smooth(count: int, seed: int) -> list[Candle]:
    """Give bars of a random walk on no grid at all, so that nothing is exactly equal to anything."""
    chance = random.Random(seed)
    bars = []
    opened = 1000.0
    for number in range(count):
        close = opened + chance.gauss(0.0, 2.0)
        high = max(opened, close) + abs(chance.gauss(0.0, 1.0))
        low = min(opened, close) - abs(chance.gauss(0.0, 1.0))
        volume = chance.uniform(1.0, 100.0)
        taker_buy = volume * chance.random()
        bars.append(Candle(MONDAY_MS + number * STEP_MS, opened, high, low, close, volume, taker_buy))
        opened = close + chance.gauss(0.0, 0.1)
    return bars


def flat(count: int, *, start_ms: int = MONDAY_MS, price: float = 1024.0) -> list[Candle]:
    """Give bars on which nothing happens at all."""
    times = range(start_ms, start_ms + count * STEP_MS, STEP_MS)
    return [Candle(at_ms, price, price, price, price, 0.0, 0.0) for at_ms in times]


def scaled(bars: list[Candle], factor: float) -> list[Candle]:
    """Multiply every price."""
    return [
        Candle(at_ms, opened * factor, high * factor, low * factor, close * factor, volume, taker_buy)
        for at_ms, opened, high, low, close, volume, taker_buy in bars
    ]


def shifted(bars: list[Candle], by: float) -> list[Candle]:
    """Add to every price."""
    return [
        Candle(at_ms, opened + by, high + by, low + by, close + by, volume, taker_buy)
        for at_ms, opened, high, low, close, volume, taker_buy in bars
    ]


def mirrored(bars: list[Candle]) -> list[Candle]:
    """Turn a chart upside down: negated prices, buyers for sellers."""
    return [
        Candle(at_ms, -opened, -low, -high, -close, volume, volume - taker_buy)
        for at_ms, opened, high, low, close, volume, taker_buy in bars
    ]


def without_takers(bars: list[Candle]) -> list[Candle]:
    """Forget who was the aggressor."""
    return [bar._replace(taker_buy_volume=math.nan) for bar in bars]


def resampled(bars: list[Candle], into_ms: int) -> list[Candle]:
    """Give longer candles the naive way: group by bucket, then first, highest, lowest, last, sums."""
    buckets: dict[int, list[Candle]] = {}
    for bar in bars:
        buckets.setdefault(bar.open_time_ms // into_ms * into_ms, []).append(bar)
    return [_one_of(opened_ms, bucket) for opened_ms, bucket in buckets.items()]


def _one_of(opened_ms: int, bucket: list[Candle]) -> Candle:
    return Candle(
        opened_ms,
        bucket[0].open,
        max(bar.high for bar in bucket),
        min(bar.low for bar in bucket),
        bucket[-1].close,
        sum(bar.volume for bar in bucket),
        sum(bar.taker_buy_volume for bar in bucket),
    )


def _bar_in_ticks(chance: random.Random, price: int, pace: float) -> tuple[int, int, int, int]:
    if chance.random() < 0.03:
        return price, price, price, price
    opened = price + (round(chance.gauss(0.0, pace)) if chance.random() < 0.05 else 0)
    close = opened + round(chance.gauss(0.0, pace))
    high = max(opened, close) + int(abs(chance.gauss(0.0, pace / 2.0)))
    low = min(opened, close) - int(abs(chance.gauss(0.0, pace / 2.0)))
    return opened, high, low, close


def _on_tape(number: int, bar: tuple[int, int, int, int], tick: float, chance: random.Random) -> Candle:
    volume = 0 if chance.random() < 0.03 else chance.randint(1, 4000)
    taker_buy = chance.randint(0, volume)
    opened, high, low, close = bar
    at_ms = MONDAY_MS + number * STEP_MS
    return Candle(at_ms, opened * tick, high * tick, low * tick, close * tick, volume / 8.0, taker_buy / 8.0)
