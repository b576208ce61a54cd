"""A walk forward as tables."""

from rich.console import Group
from rich.table import Table

from adapters.terminal.session_tables import moment, money
from application.net_r_estimate import Estimate
from application.walk_forward_figures import NetR, OutOfSample, Stretch
from application.walk_forward_report import Traded, WalkForwardReport, interval_in_words


def walk_forward_tables(report: WalkForwardReport) -> Group:
    """Give probabilities, results, trading and stretches; none that would be empty."""
    seen = report.out_of_sample
    tables = [] if seen is None else [_probabilities(seen), _results(seen.net_r)]
    if report.traded:
        tables.append(_traded(report.traded))
    if report.stretches:
        tables.append(_stretches(report.stretches))
    return Group(*tables)


def _probabilities(seen: OutOfSample) -> Table:
    table = _table("probabilities out of sample", "against", "Brier skill", "gain", "90 %", "reads as")
    rivals = {
        "the base rate known then": seen.against_base_rate,
        "context without structure": seen.against_context,
    }
    for name, skill in rivals.items():
        better = skill.better_by
        gain, interval = f"{better.mean:+.5f}", interval_in_words(better, 5)
        table.add_row(name, f"{skill.share:+.2%}", gain, interval, better.reads_as)
    table.add_row("what came (calibration error)", f"{seen.reliability.calibration_error:.2%}", "", "", "")
    return table


def _results(net_r: NetR) -> Table:
    table = _table("net R of setups out of sample", "setups", "number", "mean", "90 %", "reads as")
    table.add_row("all", *_cells(net_r.every))
    table.add_row("those they would have taken", *_cells(net_r.taken))
    table.add_row("the tenth they expected most of", *_cells(net_r.top))
    table.add_row("random entries, same exits", *_cells(net_r.random))
    return table


def _cells(estimate: Estimate | None) -> tuple[str, str, str, str]:
    if estimate is None:
        return "0", "-", "-", "nothing to say"
    return f"{estimate.cases:,}", f"{estimate.mean:+.3f}", interval_in_words(estimate), estimate.reads_as


def _traded(traded: tuple[Traded, ...]) -> Table:
    names = ("traded", "seats", "trades", "explored", "net P&L", "drawdown", "mean R", "90 %", "reads as")
    table = _table("P&L with and without the model", *names)
    for one in traded:
        _, mean, interval, reads_as = _cells(one.r)
        explored, drawdown = f"{one.explored:,}", f"{one.max_drawdown:.2%}"
        table.add_row(
            one.way,
            str(one.seats),
            f"{one.trades:,}",
            explored,
            money(one.net_pnl),
            drawdown,
            mean,
            interval,
            reads_as,
        )
    return table


def _stretches(stretches: tuple[Stretch, ...]) -> Table:
    names = ("trained", "on", "model", "judged", "Brier skill", "mean R", "taken", "R of those")
    table = _table("stretch by stretch: some are above zero by luck", *names)
    for one in stretches:
        table.add_row(
            moment(one.at_ms),
            f"{one.learned:,}",
            one.model_id or "none",
            f"{one.judged:,}",
            "-" if one.brier_skill is None else f"{one.brier_skill:+.2%}",
            "-" if one.mean_net_r is None else f"{one.mean_net_r:+.3f}",
            f"{one.taken:,}",
            "-" if one.taken_net_r is None else f"{one.taken_net_r:+.3f}",
        )
    return table


def _table(title: str, first: str, *numbers: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="left" if name == "reads as" else "right")
    return table
