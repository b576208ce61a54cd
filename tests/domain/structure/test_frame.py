import math

from domain.structure.dealing_range import DealingRange
from domain.structure.frame import Frame
from domain.structure.structure_config import STANDARD
from domain.structure.structure_view import FrameView
from tests.domain.structure.carried_over import bytes_of, carry_over
from tests.domain.structure.charts import STEP_MS, mirrored, path, wandering

UP_DOWN_UP = (
    *(102.0, 104.0, 106.0, 108.0, 110.0, 110.0, 108.0, 106.0, 104.0, 102.0, 100.0),
    *(102.0, 104.0, 106.0, 108.0, 110.0, 112.0),
)
AND_DOWN = (114.0, 110.0, 106.0, 102.0, 99.0, 98.0)


def frame_along(
    *closes: float, is_mirrored: bool = False
) -> tuple[Frame, list[tuple[int, bool, int | None]]]:
    frame, trends = Frame(STEP_MS, STANDARD), []
    bars = path(100.0, 101.0, *closes)
    for bar in mirrored(bars) if is_mirrored else bars:
        frame.update(bar)
        trends.append((frame.trend.direction, frame.trend.is_choch, frame.trend.age_bars))
    return frame, trends


def test_a_break_up_then_a_break_down_are_bos_and_choch() -> None:
    """The swing high of bar 5 at 111 is broken by bar 17; the swing low of bar 11 at 99 by bar 23."""
    frame, trends = frame_along(*UP_DOWN_UP, *AND_DOWN)
    assert trends[16:19] == [(0, False, None), (1, False, 0), (1, False, 1)]
    assert trends[22:24] == [(1, False, 5), (-1, True, 0)]
    view = frame.view()
    assert view == FrameView(-1, -1, True, 0, frame.atr.now, 300_000)
    assert view.atr > 0.0


def test_upside_down_the_same_breaks_go_the_other_way() -> None:
    _, trends = frame_along(*UP_DOWN_UP, *AND_DOWN, is_mirrored=True)
    assert trends[16:19] == [(0, False, None), (-1, False, 0), (-1, False, 1)]
    assert trends[22:24] == [(-1, False, 5), (1, True, 0)]


def test_the_dealing_range_needs_a_swing_on_either_side() -> None:
    assert frame_along(*UP_DOWN_UP[:3])[0].dealing_range() is None
    assert frame_along(*UP_DOWN_UP[:12])[0].dealing_range() is None
    assert frame_along(*UP_DOWN_UP, is_mirrored=True)[0].dealing_range() == DealingRange(-113.0, -99.0)
    assert frame_along(*UP_DOWN_UP)[0].dealing_range() == DealingRange(99.0, 113.0)


def test_a_swing_low_alone_makes_no_range() -> None:
    falling_then_rising = (98.0, 96.0, 94.0, 92.0, 90.0, 92.0, 94.0, 96.0, 98.0, 100.0)
    frame, _ = frame_along(*falling_then_rising)
    assert not math.isnan(frame.down.extreme.price)
    assert frame.dealing_range() is None


def test_bars_are_numbered_from_zero() -> None:
    frame = Frame(STEP_MS, STANDARD)
    assert frame.last_bar == -1
    assert frame_along(*UP_DOWN_UP)[0].last_bar == len(UP_DOWN_UP)


def test_a_large_body_is_a_displacement() -> None:
    quiet = [100.0, 101.0] * 8
    frame, _ = frame_along(*quiet, 110.0, 111.0)
    assert (frame.displacement.direction, frame.displacement.age_bars) == (1, 1)


def test_sweeps_of_highs_count_negative_and_of_lows_positive() -> None:
    bars = path(100.0, 101.0, *UP_DOWN_UP[:16])
    wick_up = bars[-1]._replace(open_time_ms=bars[-1].open_time_ms + STEP_MS, high=112.0)
    wick_down = wick_up._replace(low=98.0, high=110.5)
    for wick, sign in ((wick_up, -1), (wick_down, 1)):
        frame = Frame(STEP_MS, STANDARD)
        for bar in (*bars, wick):
            frame.update(bar)
        assert frame.sweep.age_bars == 0
        assert 0.5 <= sign * frame.sweep.magnitude <= 1.0


def test_a_gap_needs_three_bars_in_a_row() -> None:
    quiet = path(100.0, *[101.0, 100.0] * 8)
    jump = path(100.0, *[101.0, 100.0] * 8, 110.0, 112.0)[-2:]
    for late_ms, gaps in ((0, 1), (STEP_MS, 0)):
        frame = Frame(STEP_MS, STANDARD)
        for bar in (*quiet, jump[0], jump[1]._replace(open_time_ms=jump[1].open_time_ms + late_ms)):
            frame.update(bar)
        assert len(frame.up.gaps.open) == gaps


def test_a_carried_over_frame_goes_on_alike() -> None:
    bars = wandering(300, 20)
    frame = Frame(STEP_MS, STANDARD)
    for number, bar in enumerate(bars):
        if number % 50 == 1:
            heir = Frame(STEP_MS, STANDARD)
            carry_over(frame, heir)
            heir.update(bar)
            frame.update(bar)
            assert bytes_of(heir) == bytes_of(frame)
        else:
            frame.update(bar)
