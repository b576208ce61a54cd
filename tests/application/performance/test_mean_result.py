import math

import pytest

from application.performance.mean_result import mean_result, results_in_r, win_rate_interval
from domain.learning.block_bootstrap import Observed
from domain.market.timeframe import DAY_MS
from tests.application.performance.sample_reports import NEW_YEAR_MS, a_trade, trades_of
from tests.learning_samples import SeededChance


def observed(*values: float) -> list[Observed]:
    return [Observed(place * DAY_MS, value) for place, value in enumerate(values)]


def test_the_mean_lies_within_its_interval() -> None:
    found = mean_result(observed(*[1.0, -0.5, 0.25, -1.0] * 30), SeededChance(1))
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(-0.0625)
    assert found.is_bounded


def test_what_is_turned_round_has_the_interval_turned_round() -> None:
    values = [1.0, -0.5, 0.25, -1.0, 2.0] * 20
    found = mean_result(observed(*values), SeededChance(1))
    turned = mean_result(observed(*[-value for value in values]), SeededChance(1))
    assert turned.mean == pytest.approx(-found.mean)
    assert turned.low == pytest.approx(-found.high, abs=0.05)


def test_a_single_day_tells_nothing() -> None:
    found = mean_result([Observed(1, 1.0), Observed(2, 2.0)], SeededChance(1))
    assert (found.low, found.high, found.p_value) == (-math.inf, math.inf, 1.0)
    assert not found.is_bounded


def test_a_result_belongs_to_the_moment_of_its_entry() -> None:
    assert results_in_r([a_trade(NEW_YEAR_MS, -0.75)]) == [Observed(NEW_YEAR_MS, -0.75)]
    assert [one.value for one in results_in_r(trades_of([1.0, 2.0]))] == [1.0, 2.0]


def test_the_win_rate_of_no_trades_is_anything() -> None:
    assert tuple(win_rate_interval(0, 0)) == (0.0, 1.0)
    low, high = win_rate_interval(100, 50)
    assert low == pytest.approx(0.4188, abs=1e-4)
    assert high == pytest.approx(0.5812, abs=1e-4)
