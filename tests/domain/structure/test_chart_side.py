from domain.structure.chart_side import EVERYTHING, ChartSide, Kept
from domain.structure.sided_bar import upright
from domain.structure.structure_config import STANDARD
from tests.domain.structure.carried_over import bytes_of, carry_over
from tests.domain.structure.charts import moment, path, wandering

RISE_AND_FALL = (101.0, 102.0, 104.0, 106.0, 108.0, 110.0, 110.0, 108.0, 106.0, 104.0, 102.0, 100.0)
"""Closes from 100 on. Bar 5 is the first with its high at 111, and bar 10 confirms it."""
RECOVERY = (103.0, 107.0, 110.0, 113.0)
"""Bar 15 closes above 111."""


def side_along(
    *closes: float, atr: float = 4.0, keeps: Kept = EVERYTHING
) -> tuple[ChartSide, list[bool], list[float]]:
    """Give a side that has seen these closes, with its breaks and sweeps bar by bar."""
    side, breaks, sweeps = ChartSide(STANDARD, keeps), [], []
    for number, candle in enumerate(path(100.0, *closes)):
        bar, now = upright(candle), moment(number, atr=atr, is_third_in_row=number >= 2)
        breaks.append(side.has_broken(bar, now))
        sweeps.append(side.live_through(bar, now))
        side.confirm(bar, now)
    return side, breaks, sweeps


def test_a_swing_high_needs_five_bars_before_it() -> None:
    side, _, _ = side_along(*RISE_AND_FALL[1:])
    assert not side.level.is_live


def test_a_swing_high_becomes_level_extreme_and_pool_when_it_is_confirmed() -> None:
    side, _, _ = side_along(*RISE_AND_FALL[:10])
    assert not side.level.is_live
    side, _, _ = side_along(*RISE_AND_FALL[:11])
    assert (side.level.price, side.level.is_live) == (111.0, True)
    assert side.extreme.price == 111.0
    assert [(pool.level, pool.count) for pool in side.pools.resting] == [(111.0, 1)]


def test_a_break_leaves_the_last_down_candle_of_the_leg_as_its_block() -> None:
    side, breaks, _ = side_along(*RISE_AND_FALL, *RECOVERY)
    assert [number for number, broke in enumerate(breaks) if broke] == [15]
    assert not side.level.is_live
    (block,) = side.blocks.kept
    assert (block.bottom, block.top, block.created_bar) == (99.0, 103.0, 15)


def test_the_leg_ends_before_the_bar_that_breaks() -> None:
    """The breaking bar dives to 90 first; that low belongs to no leg."""
    side, _, _ = side_along(*RISE_AND_FALL, *RECOVERY[:-1])
    last = path(110.0, 113.0)[0]._replace(low=90.0)
    assert side.has_broken(upright(last), moment(15, atr=4.0))
    side.live_through(upright(last), moment(15, atr=4.0))
    assert side.blocks.kept[0].bottom == 99.0


def test_a_new_low_after_the_swing_moves_the_block() -> None:
    side, _, _ = side_along(*RISE_AND_FALL, 104.0, 98.0, 104.0, 109.0, 112.0)
    (block,) = side.blocks.kept
    assert (block.bottom, block.top) == (97.0, 105.0)


def test_fast_bars_leave_a_gap_and_take_the_pool() -> None:
    side, _, sweeps = side_along(*RISE_AND_FALL, 103.0, 112.5, 114.0, 110.0)
    assert [(gap.bottom, gap.top, gap.edge) for gap in side.gaps.open] == [(104.0, 111.5, 109.0)]
    assert [number for number, swept in enumerate(sweeps) if swept] == [15]
    assert side.pools.resting == []
    assert side.extreme.price == 115.0


def test_what_is_not_kept_is_not_followed_and_changes_nothing_else() -> None:
    closes = (*RISE_AND_FALL, 103.0, 112.5, 114.0, 110.0)
    whole, breaks, sweeps = side_along(*closes)
    for left_out in Kept._fields:
        keeps = EVERYTHING._replace(**{left_out: False})
        side, its_breaks, its_sweeps = side_along(*closes, keeps=keeps)
        assert its_breaks == breaks
        assert its_sweeps == (sweeps if keeps.pools else [0.0] * len(sweeps))
        for kept, structure in zip(Kept._fields, ("blocks", "gaps", "pools"), strict=True):
            known = bytes_of(getattr(whole if getattr(keeps, kept) else ChartSide(STANDARD), structure))
            assert bytes_of(getattr(side, structure)) == known
        assert len(bytes_of(side)) < len(bytes_of(whole))
        heir = ChartSide(STANDARD, keeps)
        carry_over(side, heir)
        assert bytes_of(heir) == bytes_of(side)


def test_only_the_bars_that_rules_look_back_on_are_kept() -> None:
    def length_after(count: int) -> int:
        side = ChartSide(STANDARD)
        for number, candle in enumerate(wandering(count, 1)):
            side.live_through(upright(candle), moment(number, is_third_in_row=number >= 2))
            side.confirm(upright(candle), moment(number))
        return len(bytes_of(side))

    assert length_after(5) < length_after(11)
    assert length_after(4000) < 12_000


def test_a_carried_over_side_goes_on_alike() -> None:
    side, _, _ = side_along(*RISE_AND_FALL, *RECOVERY[:-1])
    heir = ChartSide(STANDARD)
    carry_over(side, heir)
    for number, candle in enumerate(path(110.0, 113.0, 111.0, 105.0), start=15):
        bar, now = upright(candle), moment(number)
        assert heir.has_broken(bar, now) == side.has_broken(bar, now)
        assert heir.live_through(bar, now) == side.live_through(bar, now)
        heir.confirm(bar, now)
        side.confirm(bar, now)
    assert bytes_of(heir) == bytes_of(side)
