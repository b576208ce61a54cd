from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.decision import EquityMark
from application.performance.equity_curve import Point, daily_returns, drops, thinned
from application.session_report import max_drawdown
from domain.market.timeframe import DAY_MS

HALF = DAY_MS // 2


def marks(*told: tuple[int, float]) -> list[EquityMark]:
    return [EquityMark(at_ms, Decimal(str(equity)), Decimal(str(equity))) for at_ms, equity in told]


def test_a_drop_is_measured_from_the_highest_before() -> None:
    assert drops(marks((1, 100), (2, 200), (3, 150))) == [Point(1, 0.0), Point(2, 0.0), Point(3, -0.25)]


def test_nothing_can_fall_that_is_nothing() -> None:
    assert drops(marks((1, 0), (2, -1))) == [Point(1, 0.0), Point(2, 0.0)]


@given(st.lists(st.decimals(1, 1000, places=2), min_size=1, max_size=30))
def test_the_deepest_drop_is_the_largest_drawdown(equities: list[Decimal]) -> None:
    told = [EquityMark(at_ms, equity, equity) for at_ms, equity in enumerate(equities)]
    assert -min(drop.value for drop in drops(told)) == pytest.approx(float(max_drawdown(told)), abs=1e-6)


def test_a_day_leads_from_its_first_mark_to_the_first_of_the_next() -> None:
    told = marks((0, 100), (HALF, 400), (DAY_MS, 110), (DAY_MS + HALF, 99))
    assert daily_returns(told) == pytest.approx([0.1, -0.1])


def test_days_that_nobody_marked_count_zero() -> None:
    told = marks((HALF, 100), (3 * DAY_MS, 50), (4 * DAY_MS, 50))
    assert daily_returns(told) == pytest.approx([-0.5, 0.0, 0.0, 0.0])


def test_a_last_day_that_has_only_begun_is_none() -> None:
    assert daily_returns(marks((0, 100), (DAY_MS, 110))) == pytest.approx([0.1])
    assert daily_returns(marks((0, 100), (HALF, 105), (DAY_MS, 110), (DAY_MS + 1, 121))) == pytest.approx(
        [0.1, 0.1]
    )


def test_returns_end_where_nothing_is_left() -> None:
    assert daily_returns(marks((0, 100), (DAY_MS, 0), (2 * DAY_MS, 50))) == [-1.0]


def test_no_mark_is_no_return() -> None:
    assert daily_returns([]) == []
    assert daily_returns(marks((HALF, 100))) == []


def test_few_points_stay_as_they_are() -> None:
    points = [Point(place, float(place)) for place in range(8)]
    assert thinned(points, 8) == points


@given(st.lists(st.floats(-10, 10), min_size=9, max_size=300), st.integers(8, 40))
def test_thinning_keeps_ends_and_extremes(values: list[float], most: int) -> None:
    points = [Point(place, value) for place, value in enumerate(values)]
    kept = thinned(points, most)
    assert len(kept) <= most + 4
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert {min(values), max(values)} <= {point.value for point in kept}
    assert sorted(kept) == kept
