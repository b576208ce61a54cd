"""The charts of a tear sheet."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from application.decision import EquityMark
from application.performance.equity_curve import Point, drops, thinned
from application.performance.random_comparison import RandomComparison
from application.performance.tear_sheet_tables import NameOf, by_month, sums_of_r
from application.report_charts import (
    Axis,
    AxisKind,
    Bar,
    BarChart,
    Bins,
    HistogramChart,
    Ink,
    Line,
    LineChart,
    LineStyle,
    Mark,
)
from application.session_report import groups_of
from domain.position.closed_trade import ClosedTrade

MOST_POINTS: Final = 2_000
R_STEP: Final = 0.25
LEAST_R: Final = -2.0
MOST_R: Final = 5.0
_TIME: Final = Axis("UTC", AxisKind.TIME)
_RUN_BINS: Final = 40


def equity_chart(marks: Sequence[EquityMark]) -> LineChart:
    """Draw the equity at every closed trade and every day's start."""
    return LineChart("Equity", _TIME, Axis("USDT"), [equity_line("equity", marks, Ink.MAIN)])


def equity_line(name: str, marks: Sequence[EquityMark], ink: Ink) -> Line:
    """Give equity over time, thinned where it has more points than can be seen."""
    points = thinned([Point(mark.at_ms, float(mark.equity)) for mark in marks], MOST_POINTS)
    return _line(name, points, LineStyle.STEPS, ink)


def drawdown_chart(marks: Sequence[EquityMark]) -> LineChart:
    """Draw how far equity stands below its highest so far."""
    points = thinned(drops(marks), MOST_POINTS)
    return LineChart(
        "Below the highest equity so far",
        _TIME,
        Axis("", AxisKind.SHARE),
        [_line("drawdown", points, LineStyle.FILLED, Ink.LOSS)],
    )


def month_chart(trades: Sequence[ClosedTrade]) -> BarChart:
    """Draw the net P&L of every month in which a trade was closed."""
    groups = groups_of(trades, by_month)
    return BarChart(
        "Net P&L by month", Axis("USDT"), [Bar(group.name, float(group.net_pnl)) for group in groups]
    )


def sum_chart(title: str, trades: Sequence[ClosedTrade], name_of: NameOf) -> BarChart:
    """Draw how much R each kind of trade gave in all."""
    sums = sorted(sums_of_r(trades, name_of).items())
    return BarChart(title, Axis("sum of R"), [Bar(name, float(total)) for name, total in sums], is_lying=True)


def result_chart(trades: Sequence[ClosedTrade], mean: float) -> HistogramChart:
    """Draw how results are spread; what lies beyond the first and last edge counts there."""
    results = [float(trade.r_multiple) for trade in trades]
    first, last = (
        math.floor(min(max(end, LEAST_R), MOST_R - R_STEP) / R_STEP) for end in (min(results), max(results))
    )
    edges = [place * R_STEP for place in range(first, last + 2)]
    bins = binned("trades", results, edges, Ink.MAIN)
    return HistogramChart(
        f"Results in R ({LEAST_R:+g} and less, {MOST_R:+g} and more at the ends)",
        Axis("net R of a trade"),
        Axis("trades"),
        [bins],
        [Mark(mean, f"mean {mean:+.3f}", Ink.OTHER), Mark(0.0, "0", Ink.FAINT)],
    )


def random_chart(random: RandomComparison) -> HistogramChart:
    """Draw the mean net R of runs of random entries, and the trades' own."""
    low, high = random.run_means[0], random.run_means[-1]
    step = (high - low) / _RUN_BINS or 1.0
    edges = [low + step * place for place in range(_RUN_BINS + 1)]
    return HistogramChart(
        "Mean net R of random entries",
        Axis("mean net R"),
        Axis("runs"),
        [binned("runs of random entries", random.run_means, edges, Ink.FAINT)],
        [Mark(random.mean, f"these trades {random.mean:+.3f}", Ink.OTHER)],
    )


def binned(name: str, values: Sequence[float], edges: Sequence[float], ink: Ink) -> Bins:
    """Count values between edges; an edge belongs to what begins there, the outer ones take all beyond."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        if math.isfinite(value):
            counts[min(max(bisect_right(edges, value) - 1, 0), len(counts) - 1)] += 1
    return Bins(name, edges, counts, ink)


def _line(name: str, points: Sequence[Point], style: LineStyle, ink: Ink) -> Line:
    return Line(name, [point.at_ms for point in points], [point.value for point in points], style, ink)
