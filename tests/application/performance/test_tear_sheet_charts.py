import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.performance.random_comparison import RandomComparison
from application.performance.tear_sheet_charts import (
    MOST_POINTS,
    R_STEP,
    binned,
    drawdown_chart,
    equity_chart,
    month_chart,
    random_chart,
    result_chart,
    sum_chart,
)
from application.performance.tear_sheet_tables import by_symbol
from application.report_charts import Ink
from domain.market.timeframe import DAY_MS
from tests.application.performance.sample_reports import NEW_YEAR_MS, a_trade, report_of, trades_of

REPORT = report_of(trades_of([1.0, -0.5, -0.5, 2.0]))


def test_equity_is_drawn_as_it_was_marked() -> None:
    (line,) = equity_chart(REPORT.equity).lines
    assert list(line.xs) == [mark.at_ms for mark in REPORT.equity]
    assert list(line.ys) == [10_000.0, 10_010.0, 10_005.0, 10_000.0, 10_020.0]


def test_the_deepest_fall_drawn_is_the_largest_drawdown() -> None:
    (line,) = drawdown_chart(REPORT.equity).lines
    assert -min(y for y in line.ys if y is not None) == pytest.approx(
        float(REPORT.totals.max_drawdown), abs=1e-6
    )


def test_a_long_session_is_drawn_with_fewer_points() -> None:
    long = report_of(trades_of([0.5, -0.5] * 3_000))
    (line,) = equity_chart(long.equity).lines
    assert len(line.xs) <= MOST_POINTS + 4


def test_months_and_groups_are_bars() -> None:
    trades = [a_trade(NEW_YEAR_MS, 1.0), a_trade(NEW_YEAR_MS + 40 * DAY_MS, -0.5, "ETHUSDT")]
    assert [(bar.name, bar.value) for bar in month_chart(trades).bars] == [
        ("2023-01", 10.0),
        ("2023-02", -5.0),
    ]
    assert [(bar.name, bar.value) for bar in sum_chart("R", trades, by_symbol).bars] == [
        ("BTCUSDT", 1.0),
        ("ETHUSDT", -0.5),
    ]


@given(st.lists(st.floats(-50, 50).map(lambda value: round(value, 6)), min_size=1, max_size=40))
def test_every_result_is_counted_once(results: list[float]) -> None:
    (bins,) = result_chart(trades_of(results), 0.0).spreads
    assert sum(bins.counts) == len(results)
    assert len(bins.edges) == len(bins.counts) + 1
    assert all(high - low == R_STEP for low, high in zip(bins.edges, bins.edges[1:], strict=False))
    assert bins.edges[0] >= -2.0
    assert bins.edges[-1] <= 5.0


def test_a_value_on_an_edge_belongs_to_what_begins_there() -> None:
    bins = binned("any", [-1.0, 0.0, 0.5, 1.0, 9.0, float("nan")], [0.0, 0.5, 1.0], Ink.MAIN)
    assert list(bins.counts) == [2, 3]


def test_the_trades_are_marked_among_the_random_runs() -> None:
    chart = random_chart(RandomComparison(10, 0.25, 500, -0.1, (-0.3, -0.1, -0.1, 0.1), 0.2))
    (bins,) = chart.spreads
    assert sum(bins.counts) == 4
    assert [mark.at for mark in chart.marks] == [0.25]


def test_random_runs_that_are_all_alike_can_be_drawn() -> None:
    (bins,) = random_chart(RandomComparison(10, 0.25, 500, -0.1, (-0.1,) * 5, 0.2)).spreads
    assert sum(bins.counts) == 5
