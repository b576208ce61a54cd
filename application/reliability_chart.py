"""What was called likely beside how often it came, as a chart and as a table."""

from collections.abc import Mapping
from typing import Final

from application.performance.wording import share
from application.report_charts import Axis, AxisKind, Ink, Line, LineChart, LineStyle
from application.report_page import Table
from domain.learning.reliability import Reliability

_INKS: Final = (Ink.MAIN, Ink.OTHER, Ink.FAINT)


def reliability_chart(title: str, told: Mapping[str, Reliability]) -> LineChart:
    """Draw one or more tables; the first with the interval in which each share may lie (90 %)."""
    first = next(iter(told.values()))
    said = [one.mean_predicted for one in first.bins]
    ends = [
        min(one.mean_predicted for table in told.values() for one in table.bins),
        max(one.mean_predicted for table in told.values() for one in table.bins),
    ]
    lines = [
        Line(
            name,
            [one.mean_predicted for one in table.bins],
            [one.observed for one in table.bins],
            LineStyle.DOTS,
            ink,
            [f"{one.cases:,} setups, won {one.observed:.1%}" for one in table.bins],
        )
        for (name, table), ink in zip(told.items(), _INKS, strict=False)
    ]
    return LineChart(
        title,
        Axis("probability that was stated", AxisKind.SHARE),
        Axis("share that was won", AxisKind.SHARE),
        [
            *lines,
            Line("lowest likely", said, [one.interval.low for one in first.bins], ink=Ink.FAINT),
            Line("highest likely", said, [one.interval.high for one in first.bins], ink=Ink.FAINT),
            Line("if it were true", ends, ends, LineStyle.DASHED, Ink.FAINT),
        ],
    )


def reliability_table(title: str, told: Reliability) -> Table:
    """Write it down, bin by bin."""
    cases = sum(one.cases for one in told.bins)
    rows = [
        (
            f"{one.mean_predicted:.1%}",
            f"{one.observed:.1%}",
            f"{one.interval.low:.1%} to {one.interval.high:.1%}",
            f"{one.cases:,}",
            share(one.cases, cases),
        )
        for one in told.bins
    ]
    return Table(title, ("said", "came", "90 %", "setups", "of all"), rows)
