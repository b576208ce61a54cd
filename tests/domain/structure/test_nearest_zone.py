import pytest

from domain.structure.fair_value_gap import FairValueGap
from domain.structure.frame import Frame
from domain.structure.nearest_zone import (
    nearest_bearish_block,
    nearest_bearish_gap,
    nearest_bullish_block,
    nearest_bullish_gap,
    nearest_pools_above,
    nearest_pools_below,
)
from domain.structure.order_block import OrderBlock
from domain.structure.structure_config import STANDARD
from domain.structure.structure_view import Pool, Zone, ZoneKind
from tests.domain.structure.charts import STEP_MS, moment, path

BLOCK, BREAKER, GAP = ZoneKind.ORDER_BLOCK, ZoneKind.BREAKER, ZoneKind.FAIR_VALUE_GAP


def block(bottom: float, top: float, created_bar: int, *, is_breaker: bool = False) -> OrderBlock:
    return OrderBlock(bottom, top, created_bar, created_bar * 1000, is_inside=False, is_breaker=is_breaker)


def frame_with(up: tuple[OrderBlock, ...] = (), down: tuple[OrderBlock, ...] = (), *, bars: int = 9) -> Frame:
    """Give a frame with these blocks; the down side's are upside down, as that side keeps them."""
    frame = Frame(STEP_MS, STANDARD)
    for bar in path(100.0, *[100.0] * bars):
        frame.update(bar)
    frame.up.blocks.kept = list(up)
    frame.down.blocks.kept = list(down)
    return frame


def test_without_any_zone_there_is_none() -> None:
    frame = frame_with()
    assert nearest_bullish_block(frame, 100.0) is None
    assert nearest_bearish_block(frame, 100.0) is None
    assert nearest_bullish_gap(frame, 100.0) is None
    assert nearest_bearish_gap(frame, 100.0) is None


def test_blocks_of_each_side_come_at_their_true_prices() -> None:
    frame = frame_with(up=(block(90.0, 92.0, 1),), down=(block(-112.0, -110.0, 2),))
    assert nearest_bullish_block(frame, 100.0) == Zone(BLOCK, 90.0, 92.0, 1000)
    assert nearest_bearish_block(frame, 100.0) == Zone(BLOCK, 110.0, 112.0, 2000)


def test_a_breaker_supports_the_other_side() -> None:
    frame = frame_with(
        up=(block(104.0, 106.0, 1, is_breaker=True),), down=(block(-96.0, -94.0, 2, is_breaker=True),)
    )
    assert nearest_bullish_block(frame, 100.0) == Zone(BREAKER, 94.0, 96.0, 2000)
    assert nearest_bearish_block(frame, 100.0) == Zone(BREAKER, 104.0, 106.0, 1000)


@pytest.mark.parametrize(
    ("zone", "breaker", "expected"),
    [
        ((95.0, 97.0, 3), (90.0, 92.0, 4), Zone(BLOCK, 95.0, 97.0, 3000)),
        ((90.0, 92.0, 3), (95.0, 97.0, 4), Zone(BREAKER, 95.0, 97.0, 4000)),
        ((99.0, 101.0, 3), (98.0, 102.0, 4), Zone(BREAKER, 98.0, 102.0, 4000)),
        ((99.0, 101.0, 4), (98.0, 102.0, 3), Zone(BLOCK, 99.0, 101.0, 4000)),
        ((99.0, 101.0, 4), (98.0, 102.0, 4), Zone(BLOCK, 99.0, 101.0, 4000)),
    ],
    ids=["block nearer", "breaker nearer", "breaker younger", "block younger", "of one age"],
)
def test_of_a_block_and_a_breaker_the_nearer_counts_then_the_younger(
    zone: tuple[float, float, int], breaker: tuple[float, float, int], expected: Zone
) -> None:
    bottom, top, created_bar = breaker
    turned = block(-top, -bottom, created_bar, is_breaker=True)
    assert nearest_bullish_block(frame_with((block(*zone),), (turned,)), 100.0) == expected


def test_a_block_of_the_last_bar_is_not_active_yet() -> None:
    assert nearest_bullish_block(frame_with(up=(block(90.0, 92.0, 8),), bars=9), 100.0) is None
    assert nearest_bullish_block(frame_with(up=(block(90.0, 92.0, 8),), bars=10), 100.0) is not None


def test_only_what_is_still_open_of_a_gap_is_shown() -> None:
    frame = frame_with()
    frame.up.gaps.open = [FairValueGap(90.0, 96.0, 94.0, 1, 1000)]
    frame.down.gaps.open = [FairValueGap(-110.0, -104.0, -105.0, 2, 2000)]
    assert nearest_bullish_gap(frame, 100.0) == Zone(GAP, 90.0, 94.0, 1000)
    assert nearest_bearish_gap(frame, 100.0) == Zone(GAP, 105.0, 110.0, 2000)


def test_pools_come_nearest_first_at_their_true_levels() -> None:
    frame = frame_with()
    for number, away in enumerate((40.0, 30.0, 20.0, 20.0, 10.0)):
        frame.up.pools.add(100.0 + away, moment(number))
        frame.down.pools.add(-100.0 + away, moment(number))
    assert nearest_pools_above(frame.up.pools, 100.0) == (Pool(110.0, 1), Pool(120.0, 2), Pool(130.0, 1))
    assert nearest_pools_below(frame.down.pools, 100.0) == (Pool(90.0, 1), Pool(80.0, 2), Pool(70.0, 1))
