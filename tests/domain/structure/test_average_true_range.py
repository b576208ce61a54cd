import math
from itertools import pairwise

import pytest

from domain.structure.average_true_range import AverageTrueRange, AverageTrueRangeRules
from tests.domain.structure.carried_over import carry_over
from tests.domain.structure.charts import wandering

FOUR = AverageTrueRangeRules(period_bars=4)


def test_the_first_value_is_the_mean_of_the_first_true_ranges() -> None:
    atr = AverageTrueRange(FOUR)
    for high, low, close in ((12.0, 10.0, 11.0), (13.0, 11.0, 13.0), (14.0, 12.0, 12.0)):
        atr.update(high, low, close)
        assert math.isnan(atr.now)
    atr.update(14.0, 8.0, 10.0)
    assert math.isnan(atr.before)
    assert atr.now == (2.0 + 2.0 + 2.0 + 6.0) / 4


def test_from_then_on_each_bar_counts_one_part_in_the_period() -> None:
    atr = AverageTrueRange(FOUR)
    for _ in range(4):
        atr.update(12.0, 10.0, 11.0)
    atr.update(17.0, 11.0, 12.0)
    assert (atr.before, atr.now) == (2.0, (3 * 2.0 + 6.0) / 4)


@pytest.mark.parametrize(
    ("bar", "true_range"),
    [
        ((12.0, 10.0, 11.0), 2.0),
        ((20.0, 18.0, 19.0), 9.0),
        ((4.0, 2.0, 3.0), 9.0),
    ],
    ids=["inside", "jumped up", "jumped down"],
)
def test_a_jump_from_the_last_close_is_part_of_the_range(
    bar: tuple[float, float, float], true_range: float
) -> None:
    atr = AverageTrueRange(AverageTrueRangeRules(period_bars=1))
    atr.update(12.0, 10.0, 11.0)
    atr.update(*bar)
    assert atr.now == true_range


def test_fourteen_bars_are_the_standard() -> None:
    atr = AverageTrueRange(AverageTrueRangeRules())
    bars = wandering(40, 1)
    for bar in bars[:13]:
        atr.update(bar.high, bar.low, bar.close)
    assert math.isnan(atr.now)
    expected = math.nan
    for number, bar in enumerate(bars[13:], start=13):
        atr.update(bar.high, bar.low, bar.close)
        ranges = [bars[0].high - bars[0].low] + [
            max(now.high, last.close) - min(now.low, last.close) for last, now in pairwise(bars[: number + 1])
        ]
        expected = sum(ranges) / 14 if number == 13 else (13 * expected + ranges[-1]) / 14
        assert atr.now == pytest.approx(expected, rel=1e-12)


def test_a_carried_over_range_goes_on_alike() -> None:
    for seen in (0, 3, 4, 9):
        atr, heir = AverageTrueRange(FOUR), AverageTrueRange(FOUR)
        bars = wandering(10, 2)
        for bar in bars[:seen]:
            atr.update(bar.high, bar.low, bar.close)
        carry_over(atr, heir)
        for bar in bars[seen:]:
            atr.update(bar.high, bar.low, bar.close)
            heir.update(bar.high, bar.low, bar.close)
        assert heir.now == atr.now
