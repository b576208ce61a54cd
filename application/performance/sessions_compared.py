"""The same market traded in several ways, such as with a model and without."""

from collections.abc import Sequence
from typing import NamedTuple

from application.performance.mean_result import MeanResult, mean_result, results_in_r
from application.performance.tear_sheet_charts import equity_line
from application.performance.wording import in_r, money, share
from application.report_charts import Axis, AxisKind, Ink, LineChart
from application.report_page import Section, Table
from application.session_report import SessionReport
from domain.learning.block_bootstrap import Chance

_INKS = (Ink.MAIN, Ink.OTHER, Ink.FAINT, Ink.LOSS)


class NamedSession(NamedTuple):
    """One way of trading, and what came of it."""

    name: str
    report: SessionReport


def sessions_compared(title: str, sessions: Sequence[NamedSession], chance: Chance) -> Section:
    """Put sessions beside each other: equity over time, and the figures that matter."""
    lines = [
        equity_line(one.name, one.report.equity, _INKS[place % len(_INKS)])
        for place, one in enumerate(sessions)
    ]
    columns = ("", "trades", "won", "net P&L", "fees", "mean net R", "90 % interval", "largest drawdown")
    return Section(
        title,
        [
            LineChart("Equity", Axis("UTC", AxisKind.TIME), Axis("USDT"), lines),
            Table("", columns, [_row(one, chance) for one in sessions]),
        ],
    )


def _row(session: NamedSession, chance: Chance) -> tuple[str, ...]:
    totals, results = session.report.totals, results_in_r(session.report.trades)
    return (
        session.name,
        f"{totals.trades:,}",
        share(totals.wins, totals.trades),
        money(totals.net_pnl),
        money(-totals.fees),
        *_in_words(mean_result(results, chance) if results else None),
        f"{totals.max_drawdown:.2%}",
    )


def _in_words(mean: MeanResult | None) -> tuple[str, str]:
    if mean is None:
        return "-", "-"
    return in_r(mean.mean), f"{in_r(mean.low)} to {in_r(mean.high)}"
