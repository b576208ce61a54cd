import math

import pytest

from domain.structure.fair_value_gap import FairValueGap, FairValueGapRules, FairValueGaps
from domain.structure.sided_bar import SidedBar
from tests.domain.structure.carried_over import carry_over
from tests.domain.structure.charts import moment, sided

RULES = FairValueGapRules()
FIRST = (100.0, 101.0, 99.0, 100.0)
FAST = (100.0, 106.0, 100.0, 105.0)
THIRD = (105.0, 108.0, 103.0, 107.0)


def gaps_after(
    first: tuple[float, float, float, float] = FIRST,
    fast: tuple[float, float, float, float] = FAST,
    third: tuple[float, float, float, float] = THIRD,
    *,
    atr: float = 2.0,
    is_third_in_row: bool = True,
) -> FairValueGaps:
    gaps = FairValueGaps(RULES)
    before = sided(first, fast)
    gaps.find(SidedBar(*third), before, moment(2, atr=atr, is_third_in_row=is_third_in_row))
    return gaps


def test_the_gap_lies_between_the_first_bars_high_and_the_third_bars_low() -> None:
    assert gaps_after().open == [FairValueGap(101.0, 103.0, 103.0, 2, moment(2).open_time_ms)]


@pytest.mark.parametrize(
    ("third", "fast", "atr", "is_third_in_row"),
    [
        ((105.0, 108.0, 101.0, 107.0), FAST, 2.0, True),
        (THIRD, (100.0, 106.0, 100.0, 101.0), 2.0, True),
        (THIRD, FAST, 20.1, True),
        (THIRD, FAST, math.nan, True),
        (THIRD, FAST, 2.0, False),
    ],
    ids=["no gap", "middle close not beyond", "smaller than a tenth ATR", "no ATR", "a bar is missing"],
)
def test_what_is_no_gap(
    third: tuple[float, float, float, float],
    fast: tuple[float, float, float, float],
    atr: float,
    is_third_in_row: bool,
) -> None:
    assert gaps_after(FIRST, fast, third, atr=atr, is_third_in_row=is_third_in_row).open == []


def test_a_gap_of_just_a_tenth_atr_counts() -> None:
    assert len(gaps_after(atr=20.0).open) == 1


def test_a_gap_is_left_open_then_tapped_then_half_filled_then_filled() -> None:
    """Gap [101, 103]. Row by row: the bar's low and the share that is still open."""
    gaps = gaps_after()
    for number, (low, share) in enumerate(
        ((105.0, 1.0), (103.0, 1.0), (102.0, 0.5), (104.0, 0.5), (102.5, 0.5), (101.5, 0.25)), start=3
    ):
        gaps.update(SidedBar(107.0, 108.0, low, 107.0), moment(number))
        (gap,) = gaps.open
        assert (number, (gap.edge - gap.bottom) / (gap.top - gap.bottom)) == (number, share)
    gaps.update(SidedBar(103.0, 104.0, 101.0, 103.0), moment(9))
    assert gaps.open == []


def test_a_filled_gap_leaves_the_others_open() -> None:
    gaps = gaps_after()
    gaps.find(
        SidedBar(111.0, 113.0, 110.0, 112.0),
        sided((105.0, 107.0, 103.0, 107.0), (107.0, 112.0, 106.0, 111.0)),
        moment(3),
    )
    gaps.update(SidedBar(111.0, 111.0, 106.0, 106.0), moment(4))
    assert [gap.bottom for gap in gaps.open] == [101.0]


def test_a_gap_lives_for_five_hundred_bars() -> None:
    gaps = gaps_after()
    gaps.update(SidedBar(107.0, 108.0, 106.0, 107.0), moment(502))
    assert len(gaps.open) == 1
    gaps.update(SidedBar(107.0, 108.0, 106.0, 107.0), moment(503))
    assert gaps.open == []


def test_a_thirty_third_gap_pushes_out_the_oldest() -> None:
    gaps = FairValueGaps(RULES)
    for number in range(33):
        gaps.find(SidedBar(*THIRD), sided(FIRST, FAST), moment(number))
    assert [gap.created_bar for gap in gaps.open] == list(range(1, 33))


@pytest.mark.parametrize(
    ("close", "atr", "weight"),
    [(103.0, 2.0, 1.0), (107.0, 2.0, 1 / 3), (102.0, 2.0, 1.0), (103.0, 0.5, 2.0), (103.0, 4.0, 0.5)],
    ids=["at its edge", "two ATR away", "inside", "size capped at two ATR", "half an ATR tall"],
)
def test_a_gap_weighs_by_size_and_nearness(close: float, atr: float, weight: float) -> None:
    assert gaps_after().weight(close, atr) == weight


def test_a_half_filled_gap_weighs_half_and_is_further_away() -> None:
    gaps = gaps_after()
    gaps.update(SidedBar(107.0, 108.0, 102.0, 104.0), moment(3))
    assert gaps.weight(104.0, 2.0) == 0.5 * 1.0 / 2.0


def test_the_nearest_gap_is_the_youngest_of_equally_near_ones() -> None:
    gaps = FairValueGaps(RULES)
    assert gaps.nearest(100.0) is None
    gaps.find(SidedBar(*THIRD), sided(FIRST, FAST), moment(2))
    gaps.find(SidedBar(*THIRD), sided(FIRST, FAST), moment(3))
    gaps.find(SidedBar(99.0, 99.0, 95.0, 98.0), sided((90.0, 91.0, 89.0, 90.0), FAST), moment(4))
    nearest = gaps.nearest(103.0)
    assert nearest is not None
    assert nearest.created_bar == 3


def test_carried_over_gaps_are_the_same() -> None:
    gaps, heir = gaps_after(), FairValueGaps(RULES)
    gaps.update(SidedBar(107.0, 108.0, 102.0, 104.0), moment(3))
    carry_over(gaps, heir)
    assert heir.open == gaps.open
