"""A session's report as tables."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from rich.console import Console, Group
from rich.table import Table

from application.session_report import SessionReport, TradeGroup
from domain.position.closed_trade import ClosedTrade

_CENT: Final = Decimal("0.01")
_UNCUT: Final = 240


def session_tables(report: SessionReport) -> Group:
    """Give totals, then groups by symbol, exit and setup, then refusals; none that would be empty."""
    groups = {"by symbol": report.by_symbol, "by exit": report.by_exit, "by setup": report.by_setup}
    counts = {"every exit, halves included": report.exits, "setups refused, by reason": report.refusals}
    return Group(
        _totals(report),
        *(_groups(title, rows) for title, rows in groups.items() if rows),
        *(count_table(title, rows) for title, rows in counts.items() if rows),
    )


def trade_table(trades: Sequence[ClosedTrade]) -> Table:
    """Give closed trades, a line each."""
    table = Table(title="closed trades", title_justify="left")
    for name in ("trade", "side", "entered", "left", "entry", "exit", "reason", "net P&L", "R", "confidence"):
        table.add_column(name, justify="right" if name in {"entry", "exit", "net P&L", "R"} else "left")
    for trade in trades:
        table.add_row(
            trade.trade_id,
            trade.direction,
            moment(trade.opened_at_ms),
            moment(trade.closed_at_ms),
            f"{trade.entry_price.normalize():f}",
            f"{trade.exit_price.normalize():f}",
            trade.exit_reason,
            money(trade.net_pnl),
            f"{trade.r_multiple:.2f}",
            "exploration" if trade.confidence is None else f"{trade.confidence:.3f}",
        )
    return table


def print_tables(*tables: Group | Table) -> None:
    """Print on standard output; where that is no terminal, no line is cut or wrapped."""
    console = Console() if sys.stdout.isatty() else Console(width=_UNCUT)
    for table in tables:
        console.print(table)


def money(amount: Decimal) -> str:
    """Write an amount with two decimals, for reading; files keep every digit."""
    return f"{amount.quantize(_CENT):,}"


def moment(at_ms: int | None) -> str:
    """Write a moment in UTC."""
    return "-" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _totals(report: SessionReport) -> Table:
    totals = report.totals
    table = Table(title="totals", title_justify="left", show_header=False)
    rows = {
        "from, until (UTC)": _span(report),
        "candles": f"{totals.candles:,}",
        "trades, of which won": f"{totals.trades}, {_share(totals.wins, totals.trades)}",
        "setups refused": f"{totals.refusals}",
        "gross P&L": money(totals.gross_pnl),
        "fees": money(-totals.fees),
        "funding": money(totals.funding),
        "net P&L": money(totals.net_pnl),
        "mean R": f"{totals.mean_r:.3f}",
        "wallet": f"{money(totals.start_wallet)} -> {money(totals.end_wallet)}",
        "largest drawdown": f"{totals.max_drawdown:.2%}",
    }
    if totals.outside:
        rows["beside trading"] = money(totals.outside)
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _span(report: SessionReport) -> str:
    totals = report.totals
    return f"{moment(totals.first_at_ms)}, {moment(totals.last_at_ms)}" if totals.candles else "no candle"


def _groups(title: str, groups: Sequence[TradeGroup]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("name")
    for name in ("trades", "won", "net P&L", "fees", "funding", "mean R"):
        table.add_column(name, justify="right")
    for group in groups:
        table.add_row(
            group.name,
            str(group.trades),
            _share(group.wins, group.trades),
            money(group.net_pnl),
            money(-group.fees),
            money(group.funding),
            f"{group.mean_r:.3f}",
        )
    return table


def count_table(title: str, counts: Mapping[str, int]) -> Table:
    """Give counts by reason."""
    table = Table(title=title, title_justify="left")
    table.add_column("reason")
    table.add_column("count", justify="right")
    for reason, count in counts.items():
        table.add_row(reason, str(count))
    return table


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
