"""A session on one page, told so that nobody fools himself."""

from collections.abc import Sequence
from typing import Final

from application.performance.headline import headline
from application.performance.performance import Performance
from application.performance.scene_chart import scene_shown
from application.performance.tear_sheet_charts import (
    drawdown_chart,
    equity_chart,
    month_chart,
    random_chart,
    result_chart,
    sum_chart,
)
from application.performance.tear_sheet_tables import (
    by_exit,
    by_month,
    by_setup,
    by_symbol,
    figures_table,
    group_table,
    trials_table,
)
from application.performance.trade_scenes import TradeScene
from application.report_page import Choice, Mood, Page, Part, Section, Table, Words

SMALL_PRINT: Final = (
    "R is the planned loss of a trade at its first stop, costs included. Net R is what a trade gave in it.",
    "Net is after fees, slippage and funding.",
    "Intervals hold the true value in 90 of 100 cases.",
    "That of the mean comes from a bootstrap of blocks of a day, since trades of one day hang together.",
    "That of the win rate takes trades for independent.",
    "The past of a market does not repeat itself on demand, and a backtest knows no crowd.",
)


def tear_sheet(
    title: str,
    performance: Performance,
    scenes: Sequence[TradeScene] = (),
    more: Sequence[Section] = (),
    warnings: Sequence[str] = (),
    small_print: Sequence[str] = (),
) -> Page:
    """Put a session on a page.

    `warnings` follow the verdict; `more` sections come after whether it is luck, before where it came from.
    """
    report = performance.report
    sections = [Section("In figures", [figures_table(performance)])]
    if report.equity:
        parts = [equity_chart(report.equity), drawdown_chart(report.equity)]
        sections.append(Section("Equity and drawdown", parts))
    if performance.mean is not None:
        sections += [_luck(performance), _random(performance), *more, *_origins(performance)]
        sections += [_results(performance.mean.mean, performance)]
    else:
        sections += more
    if scenes:
        sections.append(_scenes(scenes))
    if report.refusals:
        sections.append(_refused(report.refusals))
    verdict, *lines = headline(performance)
    lead = [verdict, *(Words(warning, Mood.DOUBTFUL) for warning in warnings), *lines]
    return Page(title, lead, sections, (*small_print, *SMALL_PRINT))


def _luck(performance: Performance) -> Section:
    sharpe = performance.sharpe
    if sharpe is None:
        text = "There are too few days with a change of equity for a Sharpe ratio."
        return Section("Is it luck?", [Words(text)])
    told = f"You told of {performance.trials:,}." if performance.trials else "You did not say (--trials N)."
    text = (
        "Whoever tries many variants and shows the best one shows luck. The more were tried, the higher a"
        " Sharpe ratio must be to mean anything: settings, symbols and spans of time all count as variants,"
        f" also those tried by others before. How many have you tried, this one included? {told} The chance"
        " of skill is the deflated Sharpe ratio (Bailey and Lopez de Prado 2014) of the returns of"
        f" {sharpe.returns:,} days, their skewness {sharpe.skewness:+.2f} and kurtosis {sharpe.kurtosis:.1f};"
        " the spread among the variants is taken as what luck alone gives. It should be 95 % or more."
    )
    return Section("Is it luck?", [Words(text), trials_table(sharpe, performance.trials)])


def _random(performance: Performance) -> Section:
    random, title = performance.random, "Does it beat random entries?"
    if random is None:
        return Section(title, [Words("Too few random entries gave a result to compare with.")])
    text = (
        f"{random.random_trades:,} entries at random moments, in the same symbols and directions, with stops"
        " as far away and targets as many times as far, led by the same exits and charged the same costs."
        f" Drawn again and again as runs, they gave {random.random_mean:+.3f} R a trade on average; these"
        f" {random.trades:,} trades gave {random.mean:+.3f}. If the trades stand inside the hill, their"
        " entries are worth no more than the toss of a coin."
    )
    return Section(title, [Words(text), random_chart(random)])


def _origins(performance: Performance) -> list[Section]:
    trades = performance.report.trades
    ended: list[Part] = [
        group_table("exit", trades, by_exit),
        sum_chart("R by exit", trades, by_exit),
        Words("By what closed the last piece; every piece that was closed counts here:"),
        Table("", ("exit", "pieces"), _counts(performance.report.exits)),
    ]
    return [
        Section("By month", [month_chart(trades), group_table("month", trades, by_month)]),
        Section("By symbol", [group_table("symbol", trades, by_symbol)]),
        Section("By kind of setup", [group_table("setup", trades, by_setup)]),
        Section("How trades ended", ended),
    ]


def _results(mean: float, performance: Performance) -> Section:
    return Section("What trades gave", [result_chart(performance.report.trades, mean)])


def _scenes(scenes: Sequence[TradeScene]) -> Section:
    text = (
        "Order blocks, fair value gaps, liquidity and the last sweep are drawn as they were known at the"
        " close at which the setup was found; entry and exit as they happened, at their average price."
        " A few trades prove nothing: the tables above count."
    )
    return Section("Some trades", [Words(text), Choice("Show", [scene_shown(scene) for scene in scenes])])


def _refused(refusals: dict[str, int]) -> Section:
    return Section("Setups that were refused", [Table("", ("reason", "setups"), _counts(refusals))])


def _counts(counts: dict[str, int]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), f"{count:,}") for name, count in counts.items()]
