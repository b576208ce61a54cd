"""A backtest on a page: its candles are gone through again for what its report does not tell."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from application.performance.performance import measured
from application.performance.trade_scenes import SymbolScenes, TradeScene, by_symbol, chosen_trades
from application.performance.wording import day
from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from application.random_entries import Moments, drawn_entries, shape_of_trade
from application.random_trades import RandomMarket, RandomTrades
from application.report_page import Page
from application.session_report import SessionReport
from application.shadow_rules import ShadowRules
from application.tear_sheet import tear_sheet
from domain.learning.block_bootstrap import Chance
from domain.market.candle_run import CandleRun
from domain.market.instrument import Instrument

MOST_TIMES_RANDOM: Final = 100


class MarketAgain(NamedTuple):
    """The candles of a backtest, to be read again, and the rules by which they were traded.

    `runs` begins a pass over one symbol, which may raise TapeRefused; aggregators and engines are made as
    new, for base bars of `bar_ms`.
    """

    instruments: Mapping[str, Instrument]
    rules: ShadowRules
    bar_ms: int
    aggregator: Callable[[], CandleAggregator]
    engine: Callable[[], StructureEngine]
    runs: Callable[[str], Iterable[CandleRun]]


def backtest_page(
    report: SessionReport,
    market: MarketAgain,
    trials: int | None,
    chance: Chance,
    random_trades: int,
    warnings: Sequence[str] = (),
    small_print: Sequence[str] = (),
) -> Page:
    """Put a backtest on a page; its candles are read twice. About so many random trades are made.

    Raises TapeRefused.
    """
    totals, names = report.totals, ", ".join(sorted(market.instruments))
    span = f"{day(totals.first_at_ms or 0)} to {day((totals.last_at_ms or 1) - 1)}"
    at_random = random_results(report, market, chance, random_trades)
    performance = measured(report, trials, at_random, chance)
    scenes, title = scenes_of(report, market), f"Backtest of {names}, {span}"
    return tear_sheet(title, performance, scenes, warnings=warnings, small_print=small_print)


def random_results(
    report: SessionReport, market: MarketAgain, chance: Chance, random_trades: int
) -> list[float]:
    """Enter at random in the place of the trades, and give the net R of each. Raises TapeRefused.

    Where there are more trades than are wanted at random, as many of them are stood in for.
    """
    totals = report.totals
    shapes = [shape for trade in report.trades if (shape := shape_of_trade(trade)) is not None]
    if not shapes or totals.first_at_ms is None or totals.last_at_ms is None:
        return []
    times = min(MOST_TIMES_RANDOM, math.ceil(random_trades / len(shapes)))
    some = shapes[:: math.ceil(len(shapes) / random_trades)]
    drawn = drawn_entries(some, Moments(totals.first_at_ms, totals.last_at_ms, market.bar_ms), times, chance)
    entered = RandomMarket(
        RandomTrades(market.instruments[symbol], market.aggregator(), market.engine(), market.rules, entries)
        for symbol, entries in drawn.items()
    )
    return [one.net_r for symbol in drawn for one in entered.over_runs(symbol, market.runs(symbol))]


def scenes_of(report: SessionReport, market: MarketAgain) -> list[TradeScene]:
    """Look at some trades again, in the order in which they were chosen. Raises TapeRefused."""
    chosen = chosen_trades(report.trades)
    scenes = [
        scene
        for symbol, trades in by_symbol(chosen).items()
        for scene in SymbolScenes(market.aggregator(), market.engine(), market.bar_ms, trades).over(
            market.runs(symbol)
        )
    ]
    return sorted(scenes, key=lambda scene: chosen.index(scene.chosen))
