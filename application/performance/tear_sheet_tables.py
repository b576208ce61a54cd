"""The tables of a tear sheet."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from application.performance.deflated_sharpe import SharpeRatio, best_by_luck, deflated_sharpe
from application.performance.mean_result import win_rate_interval
from application.performance.performance import Performance
from application.performance.wording import in_r, money, month, share
from application.report_page import Table
from application.session_report import TradeGroup, groups_of
from domain.position.closed_trade import ClosedTrade

TRIALS_SHOWN: Final = (1, 10, 100, 1_000)

NameOf = Callable[[ClosedTrade], str]


def by_month(trade: ClosedTrade) -> str:
    """Name the month in which a trade was closed."""
    return month(trade.closed_at_ms)


def by_symbol(trade: ClosedTrade) -> str:
    """Name what was traded."""
    return trade.symbol


def by_setup(trade: ClosedTrade) -> str:
    """Name the kind of setup and its side."""
    return f"{trade.setup_kind} {trade.direction}".replace("_", " ")


def by_exit(trade: ClosedTrade) -> str:
    """Name what closed a trade's last piece."""
    return trade.exit_reason.replace("_", " ")


def group_table(head: str, trades: Sequence[ClosedTrade], name_of: NameOf) -> Table:
    """Split trades by name: how many, how many won, mean and sum of R, money."""
    groups, sums = groups_of(trades, name_of), sums_of_r(trades, name_of)
    columns = (head, "trades", "won", "mean R", "sum of R", "net P&L", "fees", "funding")
    return Table("", columns, [_group_row(group, sums[group.name]) for group in groups])


def sums_of_r(trades: Sequence[ClosedTrade], name_of: NameOf) -> dict[str, Decimal]:
    """Sum the results of trades up by name, in R."""
    sums: dict[str, Decimal] = {}
    for trade in trades:
        name = name_of(trade)
        sums[name] = sums.get(name, Decimal(0)) + trade.r_multiple
    return sums


def figures_table(performance: Performance) -> Table:
    """Give the session in figures."""
    totals, mean, sharpe = performance.report.totals, performance.mean, performance.sharpe
    wins = win_rate_interval(totals.trades, totals.wins)
    rows = [
        ("trades", f"{totals.trades:,}"),
        ("won", share(totals.wins, totals.trades)),
        ("won, 90 % interval", f"{wins.low:.1%} to {wins.high:.1%}"),
        ("gross P&L", money(totals.gross_pnl)),
        ("fees", money(-totals.fees)),
        ("funding", money(totals.funding)),
        ("net P&L", money(totals.net_pnl)),
        ("largest drawdown", f"{totals.max_drawdown:.2%}"),
        ("setups refused", f"{totals.refusals:,}"),
    ]
    if mean is not None:
        rows += [
            ("mean net R", in_r(mean.mean)),
            ("mean net R, 90 % interval", f"{in_r(mean.low)} to {in_r(mean.high)}"),
            ("chance of such a mean without an edge", f"{mean.p_value:.4f}"),
        ]
    if sharpe is not None:
        rows.append(("Sharpe ratio of daily returns, a year", f"{sharpe.a_year:+.2f}"))
    return Table("", ("figure", ""), rows)


def trials_table(sharpe: SharpeRatio, trials: int | None) -> Table:
    """Tell what the Sharpe ratio is worth as the best of so many tries."""
    wanted = sorted({*TRIALS_SHOWN, *(() if trials is None else (trials,))})
    return Table(
        title="",
        columns=("variants tried", "best Sharpe by luck, a year", "found, a year", "chance of skill"),
        rows=[_trials_row(sharpe, count) for count in wanted],
    )


def _trials_row(sharpe: SharpeRatio, trials: int) -> tuple[str, ...]:
    lucky = sharpe._replace(ratio=best_by_luck(sharpe.returns, trials))
    skill = deflated_sharpe(sharpe, trials)
    return f"{trials:,}", f"{lucky.a_year:+.2f}", f"{sharpe.a_year:+.2f}", f"{skill:.1%}"


def _group_row(group: TradeGroup, sum_r: Decimal) -> tuple[str, ...]:
    return (
        group.name,
        f"{group.trades:,}",
        share(group.wins, group.trades),
        f"{group.mean_r:+.3f}",
        f"{sum_r:+,.1f}",
        money(group.net_pnl),
        money(-group.fees),
        money(group.funding),
    )
