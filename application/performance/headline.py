"""The first lines of a tear sheet: what somebody remembers who reads nothing else."""

from collections.abc import Sequence

from application.performance.mean_result import ONE_SIDED
from application.performance.performance import Performance
from application.performance.random_comparison import RandomComparison
from application.performance.verdict import found
from application.performance.wording import day, in_r, money, share
from application.report_page import Mood, Words


def headline(performance: Performance) -> Sequence[Words]:
    """Give the verdict first, then what was traded, what came of it, what chance gives, what it cost."""
    lines = [found(performance).words, Words(_traded(performance))]
    if performance.report.trades:
        lines.append(_beside_chance(performance.random))
        lines.append(Words(_paid(performance)))
    if any(trade.is_exploration for trade in performance.report.trades):
        lines.append(Words(_explored(performance)))
    return lines


def _traded(performance: Performance) -> str:
    totals = performance.report.totals
    if totals.first_at_ms is None or totals.last_at_ms is None:
        return "No candle was traded."
    symbols = ", ".join(group.name for group in performance.report.by_symbol) or "nothing"
    grown = (totals.end_wallet / totals.start_wallet - 1) if totals.start_wallet > 0 else 0
    span = f"{day(totals.first_at_ms)} to {day(totals.last_at_ms - 1)}"
    return (
        f"{totals.trades:,} trades ({symbols}) from {span};"
        f" wallet {money(totals.start_wallet)} -> {money(totals.end_wallet)} ({grown:+.2%}),"
        f" net P&L {money(totals.net_pnl)}, largest drawdown {totals.max_drawdown:.2%}."
    )


def _beside_chance(random: RandomComparison | None) -> Words:
    if random is None:
        return Words("It was not compared with random entries: too few of them gave a result.", Mood.DOUBTFUL)
    is_better, is_worse = random.as_good <= ONE_SIDED, random.as_good >= 1.0 - ONE_SIDED
    verdict = "Better" if is_better else "Worse" if is_worse else "No better"
    return Words(
        f"{verdict} than random entries: under the same exits and costs these gave"
        f" {in_r(random.random_mean)} R a trade, and {random.as_good:.1%} of runs of them did as well as the"
        " trades or better.",
        Mood.PLAIN if is_better else Mood.BAD,
    )


def _paid(performance: Performance) -> str:
    costs, totals = performance.costs, performance.report.totals
    return (
        f"Before costs {in_r(costs.gross_r)} R a trade ({money(totals.gross_pnl)}), of which costs took"
        f" {costs.costs_r:.3f} R: fees {money(costs.fees)}, funding {money(costs.funding)}."
        " Slippage is in the prices, and so in what was made before costs."
    )


def _explored(performance: Performance) -> str:
    trades = performance.report.trades
    explored = sum(trade.is_exploration for trade in trades)
    if explored == len(trades):
        return "No model's belief is behind any trade: all explore at a small fixed size."
    believed = share(len(trades) - explored, len(trades))
    return f"A model's belief is behind {believed} of the trades; the others explore at a small fixed size."
