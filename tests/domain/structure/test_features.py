import math

import pytest

from domain.market.candle import Candle
from domain.structure.break_of_structure import Trend, TrendRules
from domain.structure.fair_value_gap import FairValueGap
from domain.structure.features import (
    NOT_READY,
    convergence,
    fair_value_gaps,
    features_of,
    institutional_candle,
    liquidity_context,
    order_blocks,
    participation,
    position_in_range,
    trend_alignment,
)
from domain.structure.frame import Frame
from domain.structure.order_block import OrderBlock
from domain.structure.structure_config import STANDARD
from domain.structure.structure_view import FEATURE_NAMES
from domain.structure.three_frames import ThreeFrames
from tests.domain.structure.charts import STEP_MS, candle, moment, path, wandering

ATR = 2.0


def steady_frame() -> Frame:
    """Give a frame of an ATR of 2 without any structure."""
    frame = Frame(STEP_MS, STANDARD)
    for bar in path(100.0, *[100.0] * 20):
        frame.update(bar)
    assert frame.atr.now == ATR
    return frame


def block(bottom: float, top: float, *, is_breaker: bool = False, touches: int = 0) -> OrderBlock:
    return OrderBlock(bottom, top, 1, 0, is_inside=False, is_breaker=is_breaker, touches=touches)


def trend_after(*events: int) -> Trend:
    trend = Trend(TrendRules())
    for event in events:
        trend.update(event)
    return trend


def frames_along(count: int) -> tuple[ThreeFrames, Candle]:
    frames, bars = ThreeFrames(STANDARD), wandering(count, 1)
    for bar in bars:
        frames.update(bar)
    return frames, bars[-1]


def test_before_everything_is_known_all_twelve_are_unknown() -> None:
    assert features_of(*frames_along(100)) is NOT_READY
    assert len(NOT_READY) == len(FEATURE_NAMES)
    assert all(math.isnan(value) for value in NOT_READY)


def test_the_features_stand_in_the_order_of_their_names() -> None:
    frames, bar = frames_along(400)
    base, middle, higher = frames.base, frames.middle, frames.higher
    told = dict(zip(FEATURE_NAMES, features_of(frames, bar), strict=True))
    assert told == {
        "market_structure": higher.trend.strength(),
        "order_blocks_count": order_blocks(middle, bar.close),
        "institutional_candle": institutional_candle(
            bar, base.atr.before, frames.participation.of_this_bar()
        ),
        "liquidity_grab": base.sweep.strength(),
        "order_flow": frames.flow.imbalance(),
        "fvg_count": fair_value_gaps(base, bar.close),
        "trend_alignment_enhanced": trend_alignment(base.trend, middle.trend, higher.trend),
        "swing_high_distance": position_in_range(frames, bar.close),
        "structure_integrity": middle.trend.integrity(),
        "institutional_participation": participation(frames),
        "timeframe_convergence": convergence(base.trend, middle.trend, higher.trend),
        "liquidity_context": liquidity_context(middle, bar.close),
    }
    assert len(set(told.values())) > 6


@pytest.mark.parametrize(
    ("up", "down", "expected"),
    [
        ([], [], 0.0),
        ([block(99.0, 101.0)], [], 1.0 / 2.0),
        ([], [block(-101.0, -99.0)], -1.0 / 2.0),
        ([block(94.0, 98.0)], [], 0.5 / 1.5),
        ([block(99.0, 101.0, touches=1)], [], 0.5 / 1.5),
        ([block(99.0, 101.0, is_breaker=True)], [], -0.5 / 1.5),
        ([block(99.0, 101.0)], [block(-101.0, -99.0)], 0.0),
        ([block(99.0, 101.0)], [block(-101.0, -99.0, is_breaker=True)], 1.5 / 2.5),
    ],
    ids=[
        "none",
        "bullish",
        "bearish",
        "one ATR away",
        "touched once",
        "a breaker is half against",
        "both",
        "a bearish breaker is half for",
    ],
)
def test_blocks_speak_for_their_side_and_breakers_half_for_the_other(
    up: list[OrderBlock], down: list[OrderBlock], expected: float
) -> None:
    middle = steady_frame()
    middle.up.blocks.kept, middle.down.blocks.kept = up, down
    assert order_blocks(middle, 100.0) == expected


@pytest.mark.parametrize(
    ("bar", "volume_ratio", "expected"),
    [
        (candle(0, 100.0, 103.0, 100.0, 103.0), 1.0, 1.0 * 0.5 * 0.5),
        (candle(0, 103.0, 103.0, 100.0, 100.0), 1.0, -1.0 * 0.5 * 0.5),
        (candle(0, 100.0, 106.0, 100.0, 103.0), 3.0, 0.5 * 0.5 * 0.75),
        (candle(0, 100.0, 109.0, 91.0, 100.0), 1.0, 0.0),
        (candle(0, 100.0, 100.0, 100.0, 100.0), 1.0, 0.0),
        (candle(0, 100.0, 103.0, 100.0, 103.0), 0.0, 0.0),
    ],
    ids=["full up", "full down", "half body on triple volume", "no body", "no height", "no volume"],
)
def test_an_institutional_candle_is_full_long_and_heavily_traded(
    bar: Candle, volume_ratio: float, expected: float
) -> None:
    assert institutional_candle(bar, ATR, volume_ratio) == expected


def test_a_bar_after_an_endless_pause_is_as_long_as_can_be() -> None:
    assert institutional_candle(candle(0, 100.0, 103.0, 100.0, 103.0), 5e-324, 1.0) == 0.5


def test_open_gaps_speak_for_their_side() -> None:
    base = steady_frame()
    assert fair_value_gaps(base, 100.0) == 0.0
    base.up.gaps.open = [FairValueGap(96.0, 98.0, 98.0, 1, 0)]
    assert fair_value_gaps(base, 100.0) == 0.5 / 1.5
    base.down.gaps.open = [FairValueGap(-104.0, -102.0, -102.0, 1, 0)]
    assert fair_value_gaps(base, 100.0) == 0.0
    base.up.gaps.open = []
    assert fair_value_gaps(base, 100.0) == -0.5 / 1.5


@pytest.mark.parametrize(
    ("base", "middle", "higher", "expected"),
    [
        (1, 1, 1, 1.0),
        (-1, -1, -1, -1.0),
        (1, 0, 0, 1 / 6),
        (0, 1, 0, 2 / 6),
        (0, 0, 1, 3 / 6),
        (1, 1, -1, 0.0),
    ],
)
def test_the_longer_a_trends_frame_the_heavier_it_weighs(
    base: int, middle: int, higher: int, expected: float
) -> None:
    assert trend_alignment(trend_after(base), trend_after(middle), trend_after(higher)) == expected


def test_trends_converge_when_their_strengths_are_alike() -> None:
    fresh, old, none, against = trend_after(1), trend_after(1, *[0] * 12), trend_after(), trend_after(-1)
    assert convergence(fresh, fresh, fresh) == 1.0
    assert convergence(none, none, none) == 1.0
    assert convergence(fresh, old, old) == 1.0 - 0.25 / 2.0
    assert convergence(fresh, none, against) == 0.0


def test_without_a_range_there_is_no_place_in_it() -> None:
    assert position_in_range(ThreeFrames(STANDARD), 100.0) == 0.0


def test_the_place_in_the_range_is_that_of_the_close() -> None:
    frames, bar = frames_along(400)
    dealing_range = frames.dealing_range()
    assert dealing_range is not None
    assert position_in_range(frames, dealing_range.top) == 1.0
    assert position_in_range(frames, bar.close) == dealing_range.position_of(bar.close)


def test_participation_is_three_quarters_volume_and_one_quarter_the_hour() -> None:
    frames = ThreeFrames(STANDARD)
    for number in range(7 * 12 + 65):
        volume = 3.0 if number >= 7 * 12 + 60 else 1.0
        frames.update(
            candle(number, 100.0, 100.0, 100.0, 100.0)._replace(volume=volume, taker_buy_volume=0.0)
        )
    assert frames.killzone == 1.0
    assert participation(frames) == 0.75 * 0.75 + 0.25


def test_pools_pull_towards_the_side_with_more_of_them() -> None:
    middle = steady_frame()
    assert liquidity_context(middle, 100.0) == 0.0
    middle.up.pools.add(102.0, moment(1))
    assert liquidity_context(middle, 100.0) == 1.0
    middle.down.pools.add(-98.0, moment(1))
    assert liquidity_context(middle, 100.0) == 0.0
    middle.down.pools.add(-98.0, moment(2))
    assert liquidity_context(middle, 100.0) == (0.5 - 1.0) / 1.5
