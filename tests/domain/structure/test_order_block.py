import math

import pytest

from domain.structure.order_block import Leg, OrderBlockRules, OrderBlocks, distance_to_zone
from domain.structure.sided_bar import SidedBar
from tests.domain.structure.carried_over import carry_over
from tests.domain.structure.charts import moment, sided

RULES = OrderBlockRules()
BREAK = SidedBar(105.0, 112.0, 104.0, 111.0)


def leg_over(*bars: tuple[float, float, float, float]) -> Leg:
    leg = Leg(RULES)
    leg.rebuild(sided(*bars))
    return leg


def blocks_at(bottom: float, top: float, *, created_bar: int = 0) -> OrderBlocks:
    """Give one bullish block of exactly this zone."""
    blocks = OrderBlocks(RULES)
    leg = leg_over((top, top, bottom, bottom))
    blocks.create(leg, BREAK, moment(created_bar, atr=100.0))
    return blocks


def zones(blocks: OrderBlocks) -> list[tuple[float, float]]:
    return [(block.bottom, block.top) for block in blocks.kept]


SWING = (108.0, 111.0, 107.0, 110.0)
FALLING = (104.0, 105.0, 101.0, 102.0)
RISING = (102.0, 106.0, 100.0, 105.0)
DOJI = (102.0, 103.0, 99.0, 102.0)


@pytest.mark.parametrize(
    ("bars", "low", "block"),
    [
        ((SWING, FALLING, RISING), 100.0, FALLING),
        ((SWING, RISING, FALLING), 100.0, RISING),
        ((SWING, FALLING, RISING, DOJI), 99.0, FALLING),
        ((SWING, RISING, RISING), 100.0, RISING),
        ((SWING, (103.0, 104.0, 100.0, 101.0), RISING), 100.0, (103.0, 104.0, 100.0, 101.0)),
        (
            (SWING, (101.0, 104.0, 100.0, 103.0), (103.0, 103.5, 100.0, 101.0)),
            100.0,
            (103.0, 103.5, 100.0, 101.0),
        ),
    ],
    ids=[
        "the last down-close candle before the low",
        "a down-close candle after the low is too late",
        "a candle without body is no down-close",
        "without a down-close candle it is the low's own bar",
        "of equal lows the latest, sought from there back",
        "the low's own bar when it closes down",
    ],
)
def test_the_block_is_the_last_opposite_candle_of_the_leg(
    bars: tuple[tuple[float, float, float, float], ...],
    low: float,
    block: tuple[float, float, float, float],
) -> None:
    leg = leg_over(*bars)
    assert (leg.low, leg.block) == (low, SidedBar(*block))


def test_a_down_close_candle_six_bars_before_the_low_is_too_far_away() -> None:
    rising = [(102.0 + n, 104.0 + n, 101.5 + n, 103.0 + n) for n in range(5)]
    low = (106.0, 107.0, 100.0, 107.0)
    near, far = leg_over(FALLING, *rising[1:]), leg_over(FALLING, *rising)
    near.extend(SidedBar(*low), sided(FALLING, *rising[1:]))
    far.extend(SidedBar(*low), sided(FALLING, *rising))
    assert near.block == SidedBar(*FALLING)
    assert far.block == SidedBar(*low)


def test_a_higher_low_leaves_the_leg_alone() -> None:
    leg = leg_over(SWING, FALLING)
    leg.extend(SidedBar(101.0, 102.0, 101.5, 101.0), sided(SWING, FALLING))
    assert (leg.low, leg.block) == (101.0, SidedBar(*FALLING))


def test_the_zone_reaches_from_the_legs_low_to_the_candles_high() -> None:
    blocks = OrderBlocks(RULES)
    blocks.create(leg_over(SWING, FALLING, RISING), BREAK, moment(7, atr=2.5))
    assert zones(blocks) == [(100.0, 105.0)]
    (block,) = blocks.kept
    assert (block.created_bar, block.created_ms, block.touches) == (7, moment(7).open_time_ms, 0)


def test_a_zone_taller_than_two_atr_shrinks_to_the_candles_body() -> None:
    blocks = OrderBlocks(RULES)
    blocks.create(leg_over(SWING, FALLING, RISING), BREAK, moment(7, atr=2.4))
    assert zones(blocks) == [(102.0, 104.0)]


def test_without_an_atr_the_whole_zone_is_kept() -> None:
    blocks = OrderBlocks(RULES)
    blocks.create(leg_over(SWING, FALLING, RISING), BREAK, moment(7, atr=math.nan))
    assert zones(blocks) == [(100.0, 105.0)]


def test_an_empty_zone_is_dropped() -> None:
    blocks = OrderBlocks(RULES)
    blocks.create(leg_over((102.0, 130.0, 99.0, 102.0)), BREAK, moment(7, atr=1.0))
    assert blocks.kept == []


def test_a_block_is_touched_then_broken_then_touched_from_below_then_gone() -> None:
    """Zone [99, 103]. Row by row: high, low, close, then whether it is a breaker and its touches."""
    blocks = blocks_at(99.0, 103.0)
    for number, (high, low, close, is_breaker, touches) in enumerate(
        (
            (112.0, 104.0, 110.0, False, 0),
            (110.0, 103.0, 106.0, False, 1),
            (106.0, 101.0, 102.0, False, 1),
            (108.0, 104.0, 107.0, False, 1),
            (107.0, 99.0, 99.0, False, 2),
            (104.0, 98.0, 98.0, True, 0),
            (99.5, 97.0, 98.0, True, 0),
            (98.5, 95.0, 96.0, True, 0),
            (99.0, 95.0, 97.0, True, 1),
            (103.0, 97.0, 103.0, True, 1),
        ),
        start=1,
    ):
        blocks.update(SidedBar(close, high, low, close), moment(number))
        (block,) = blocks.kept
        assert (number, block.is_breaker, block.touches) == (number, is_breaker, touches)
    blocks.update(SidedBar(104.0, 104.0, 102.0, 104.0), moment(11))
    assert blocks.kept == []


def test_a_break_that_still_stands_in_the_zone_is_no_entry_from_outside() -> None:
    blocks = OrderBlocks(RULES)
    blocks.create(leg_over(FALLING), SidedBar(104.0, 112.0, 104.0, 111.0), moment(0))
    blocks.update(SidedBar(105.0, 106.0, 104.5, 105.0), moment(1))
    blocks.update(SidedBar(106.0, 107.0, 105.5, 106.0), moment(2))
    blocks.update(SidedBar(106.0, 107.0, 105.0, 106.0), moment(3))
    assert [block.touches for block in blocks.kept] == [1]


def test_a_block_is_not_active_on_the_bar_that_creates_it() -> None:
    blocks = blocks_at(99.0, 103.0, created_bar=5)
    blocks.update(SidedBar(103.0, 104.0, 90.0, 91.0), moment(5))
    assert not blocks.kept[0].is_breaker
    assert blocks.weights(101.0, 2.0, last_bar=5) == (0.0, 0.0)
    assert blocks.nearest(101.0, 5, is_breaker=False) is None
    assert blocks.weights(101.0, 2.0, last_bar=6) == (1.0, 0.0)


def test_a_block_lives_for_five_hundred_bars() -> None:
    blocks = blocks_at(99.0, 103.0, created_bar=10)
    far_away = SidedBar(110.0, 111.0, 109.0, 110.0)
    blocks.update(far_away, moment(510))
    assert len(blocks.kept) == 1
    blocks.update(far_away, moment(511))
    assert blocks.kept == []


def test_a_seventeenth_block_pushes_out_the_oldest() -> None:
    blocks = OrderBlocks(RULES)
    for number in range(17):
        blocks.create(leg_over(FALLING), BREAK, moment(number, atr=100.0))
    assert [block.created_bar for block in blocks.kept] == list(range(1, 17))


@pytest.mark.parametrize(
    ("close", "away"), [(98.0, 1.0), (99.0, 0.0), (101.0, 0.0), (103.0, 0.0), (105.0, 2.0)]
)
def test_a_zone_is_as_far_as_its_nearer_edge_and_not_at_all_from_inside(close: float, away: float) -> None:
    assert distance_to_zone(close, 99.0, 103.0) == away


def test_a_weight_falls_with_distance_and_touches_and_halves_for_a_breaker() -> None:
    blocks = blocks_at(99.0, 103.0)
    assert blocks.weights(103.0, 2.0, last_bar=1) == (1.0, 0.0)
    assert blocks.weights(107.0, 2.0, last_bar=1) == (1 / 3, 0.0)
    blocks.update(SidedBar(104.0, 106.0, 102.0, 105.0), moment(1))
    assert blocks.weights(107.0, 2.0, last_bar=1) == (1 / 6, 0.0)
    blocks.update(SidedBar(100.0, 101.0, 97.0, 98.0), moment(2))
    assert blocks.weights(97.0, 2.0, last_bar=2) == (0.0, 0.25)


def test_the_nearest_block_is_the_youngest_of_equally_near_ones() -> None:
    blocks = OrderBlocks(RULES)
    assert blocks.nearest(101.0, 9, is_breaker=False) is None
    for number, low in enumerate((90.0, 99.0, 99.5, 80.0)):
        blocks.create(leg_over((low + 4.0, low + 4.0, low, low)), BREAK, moment(number, atr=100.0))
    nearest = blocks.nearest(101.0, 9, is_breaker=False)
    assert nearest is not None
    assert nearest.created_bar == 2
    assert blocks.nearest(101.0, 9, is_breaker=True) is None


def test_carried_over_blocks_and_legs_are_the_same() -> None:
    blocks, heir = blocks_at(99.0, 103.0), OrderBlocks(RULES)
    blocks.update(SidedBar(104.0, 106.0, 102.0, 105.0), moment(1))
    carry_over(blocks, heir)
    assert heir.kept == blocks.kept
    leg, leg_heir = leg_over(SWING, FALLING), Leg(RULES)
    carry_over(leg, leg_heir)
    assert (leg_heir.low, leg_heir.block) == (leg.low, leg.block)
