import pytest

from application.performance.deflated_sharpe import SharpeRatio
from application.performance.tear_sheet_tables import (
    by_exit,
    by_month,
    by_setup,
    by_symbol,
    figures_table,
    group_table,
    sums_of_r,
    trials_table,
)
from application.performance.wording import money
from domain.market.timeframe import DAY_MS
from tests.application.performance.sample_reports import NEW_YEAR_MS, a_trade, performance_of

TRADES = [
    a_trade(NEW_YEAR_MS, 1.0),
    a_trade(NEW_YEAR_MS + 40 * DAY_MS, -0.5),
    a_trade(NEW_YEAR_MS + 41 * DAY_MS, -0.75, "ETHUSDT"),
]


def test_groups_tell_counts_wins_results_and_money() -> None:
    table = group_table("month", TRADES, by_month)
    assert [list(row) for row in table.rows] == [
        ["2023-01", "1", "100.0%", "+1.000", "+1.0", "10.00", "-0.40", "-0.10"],
        ["2023-02", "2", "0.0%", "-0.625", "-1.2", "-12.50", "-0.80", "-0.20"],
    ]
    assert table.columns[0] == "month"


def test_trades_can_be_split_by_whatever_they_are() -> None:
    assert set(sums_of_r(TRADES, by_symbol)) == {"BTCUSDT", "ETHUSDT"}
    assert set(sums_of_r(TRADES, by_setup)) == {"order block return long"}
    assert sums_of_r(TRADES, by_exit) == {"target": pytest.approx(-0.25)}


def test_the_figures_are_those_of_the_report() -> None:
    performance = performance_of([1.0, -0.5, 0.25] * 20)
    totals = performance.report.totals
    told = {row[0]: row[1] for row in figures_table(performance).rows}
    assert told["trades"] == "60"
    assert told["net P&L"] == money(totals.net_pnl) == "150.00"
    assert told["gross P&L"] == money(totals.gross_pnl)
    assert told["fees"] == money(-totals.fees)
    assert told["mean net R"] == "+0.250"
    assert told["largest drawdown"] == f"{totals.max_drawdown:.2%}"
    assert "Sharpe ratio of daily returns, a year" in told


def test_nothing_traded_has_figures_too() -> None:
    told = {row[0]: row[1] for row in figures_table(performance_of([])).rows}
    assert told["won"] == "-"
    assert "mean net R" not in told


def test_trials_that_were_told_stand_among_the_usual_ones() -> None:
    sharpe = SharpeRatio(0.1, 0.0, 3.0, 500)
    assert [row[0] for row in trials_table(sharpe, None).rows] == ["1", "10", "100", "1,000"]
    rows = trials_table(sharpe, 25).rows
    assert [row[0] for row in rows] == ["1", "10", "25", "100", "1,000"]
    chances = [float(row[3].rstrip("%")) for row in rows]
    assert chances == sorted(chances, reverse=True)
    assert {row[2] for row in rows} == {"+1.91"}
