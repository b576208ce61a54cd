"""What is gone through again must be the very market that was traded."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from application.backtest_page import MarketAgain, backtest_page, random_results, scenes_of
from application.desk_rules import DeskRules
from application.session_report import SessionReport
from application.shadow_rules import ShadowRules
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleList, CandleRun
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ClosedTrade
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_engine import StructureEngine
from tests.application.performance.sample_reports import a_trade, report_of
from tests.learning_samples import SeededChance

BAR_MS = 5 * MINUTE_MS
MARKET = GeneratorSettings(seed=4, candles=2 * 1_440)
INSTRUMENTS = {symbol.name: instrument_of(symbol) for symbol in MARKET.symbols[:2]}
FIRST, SECOND = INSTRUMENTS
RULES = ShadowRules(DeskRules(), NoModel())


@cache
def candles_of(symbol: str) -> list[Candle]:
    return list(GeneratedTape(MARKET, symbol).candles())


def runs(symbol: str) -> Iterator[CandleRun]:
    rows = candles_of(symbol)
    return (CandleList(rows[start : start + 500]) for start in range(0, len(rows), 500))


def again() -> MarketAgain:
    return MarketAgain(
        instruments=INSTRUMENTS,
        rules=RULES,
        bar_ms=BAR_MS,
        aggregator=lambda: CandleAggregator(MINUTE_MS, BAR_MS),
        engine=lambda: StructureEngine(StructureConfig()),
        runs=runs,
    )


def a_trade_in(symbol: str, bar: int, net_r: float) -> ClosedTrade:
    """A trade whose stop and target lie 1 % and 1.5 % away."""
    candle = candles_of(symbol)[bar * 5]
    price = INSTRUMENTS[symbol].nearest_price(candle.open)
    reasons = (f"stop {price * Decimal('0.99')}, target {price * Decimal('1.015')}",)
    return replace(a_trade(candle.open_time_ms, net_r, symbol), entry_price=price, reasons=reasons)


TRADES = [
    a_trade_in(symbol, bar, net_r)
    for symbol, bar, net_r in [(FIRST, 200, 1.0), (SECOND, 250, -1.0), (FIRST, 300, 0.5), (SECOND, 350, -0.5)]
]


def report(trades: list[ClosedTrade]) -> SessionReport:
    told = report_of(trades)
    first, last = candles_of(FIRST)[0].open_time_ms, candles_of(FIRST)[-1].open_time_ms
    return replace(told, totals=told.totals._replace(first_at_ms=first, last_at_ms=last))


def test_about_as_many_random_trades_are_made_as_are_wanted() -> None:
    results = random_results(report(TRADES), again(), SeededChance(1), 40)
    assert 20 < len(results) <= 40
    assert any(result > 0 for result in results)
    assert any(result < 0 for result in results)


def test_of_many_trades_some_are_stood_in_for() -> None:
    assert len(random_results(report(TRADES), again(), SeededChance(1), 2)) <= 2


def test_trades_without_known_levels_have_no_random_ones() -> None:
    unknown = [replace(trade, reasons=()) for trade in TRADES]
    assert random_results(report(unknown), again(), SeededChance(1), 40) == []
    assert random_results(report([]), again(), SeededChance(1), 40) == []


def test_scenes_come_in_the_order_in_which_trades_were_chosen() -> None:
    scenes = scenes_of(report(TRADES), again())
    assert [scene.chosen.why for scene in scenes][:2] == ["the best", "the worst"]
    assert {scene.chosen.trade.symbol for scene in scenes} == {FIRST, SECOND}
    for scene in scenes:
        rows = {candle.open_time_ms: candle for candle in candles_of(scene.chosen.trade.symbol)}
        assert all(bar.open == rows[bar.open_time_ms].open for bar in scene.bars)
        assert scene.view is not None


def test_the_page_names_the_market_and_its_time() -> None:
    page = backtest_page(report(TRADES), again(), 3, SeededChance(1), 40, ["made up"], ["by me"])
    assert page.title == f"Backtest of {FIRST}, {SECOND}, 2024-01-01 to 2024-01-02"
    assert page.lead[1].text == "made up"
    assert page.small_print[0] == "by me"
    assert page.sections[-1].title == "Some trades"
