"""The twelve numbers that the learner sees, in the order of FEATURE_NAMES."""

import math
from typing import Final

from domain.market.candle import Candle
from domain.structure.break_of_structure import Trend
from domain.structure.frame import Frame
from domain.structure.squash import saturation, squash
from domain.structure.structure_view import FEATURE_NAMES, Features
from domain.structure.three_frames import ThreeFrames

NOT_READY: Final[Features] = (math.nan,) * len(FEATURE_NAMES)

_HALF_BODY_ATR: Final = 1.5


def features_of(frames: ThreeFrames, bar: Candle) -> Features:
    """Give the twelve features at the close of this base bar, or twelve NaN while not ready.

    All are free of price level and volume unit. When prices are mirrored the features change sign,
    but for the three that tell no direction: integrity, participation and convergence.
    """
    if not frames.is_ready:
        return NOT_READY
    base, middle, higher = frames.base, frames.middle, frames.higher
    return (
        higher.trend.strength(),
        order_blocks(middle, bar.close),
        institutional_candle(bar, base.atr.before, frames.participation.of_this_bar()),
        base.sweep.strength(),
        frames.flow.imbalance(),
        fair_value_gaps(base, bar.close),
        trend_alignment(base.trend, middle.trend, higher.trend),
        position_in_range(frames, bar.close),
        middle.trend.integrity(),
        participation(frames),
        convergence(base.trend, middle.trend, higher.trend),
        liquidity_context(middle, bar.close),
    )


def order_blocks(middle: Frame, close: float) -> float:
    """Weigh bullish blocks against bearish ones; a breaker supports the opposite side."""
    up = middle.up.blocks.weights(close, middle.atr.now, middle.last_bar)
    down = middle.down.blocks.weights(-close, middle.atr.now, middle.last_bar)
    return squash((up.blocks + down.breakers) - (down.blocks + up.breakers))


def institutional_candle(bar: Candle, atr_before: float, volume_ratio: float) -> float:
    """Give how much the bar looks like a large player's: full body, long in ATR, on high volume.

    sign(body) (body / range)(u / (u + 1.5))(v / (v + 1)), u = body / ATR, v = volume / usual volume.
    """
    body = bar.close - bar.open
    if body == 0.0:
        return 0.0
    size = body if body > 0.0 else -body
    fullness = body / (bar.high - bar.low)
    return fullness * saturation(size / atr_before, _HALF_BODY_ATR) * saturation(volume_ratio, 1.0)


def fair_value_gaps(base: Frame, close: float) -> float:
    """Weigh open bullish gaps against open bearish ones."""
    bullish = base.up.gaps.weight(close, base.atr.now)
    bearish = base.down.gaps.weight(-close, base.atr.now)
    return squash(bullish - bearish)


def trend_alignment(base: Trend, middle: Trend, higher: Trend) -> float:
    """Give the three trends together, the longer the heavier: (3 H + 2 M + B) / 6."""
    return (3 * higher.direction + 2 * middle.direction + base.direction) / 6


def position_in_range(frames: ThreeFrames, close: float) -> float:
    """Give where the close lies in the dealing range, -1 at its bottom to +1 at its top."""
    dealing_range = frames.dealing_range()
    return 0.0 if dealing_range is None else dealing_range.position_of(close)


def participation(frames: ThreeFrames) -> float:
    """Give how busy the market is: volume against before, and the hour in New York."""
    busyness = saturation(frames.participation.of_recent_bars(), 1.0)
    return 0.75 * busyness + 0.25 * frames.killzone


def convergence(base: Trend, middle: Trend, higher: Trend) -> float:
    """Give 1 when the three trends are of one mind and 0 when the strongest oppose each other."""
    strengths = (higher.strength(), middle.strength(), base.strength())
    return 1.0 - (max(strengths) - min(strengths)) / 2.0


def liquidity_context(middle: Frame, close: float) -> float:
    """Weigh the pools above against those below: (U - D) / (U + D), 0 without any."""
    above = middle.up.pools.weight(close, middle.atr.now)
    below = middle.down.pools.weight(-close, middle.atr.now)
    both = above + below
    return (above - below) / both if both > 0.0 else 0.0
