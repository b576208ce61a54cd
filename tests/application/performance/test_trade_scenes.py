"""What is drawn around a trade must be what the desk saw, and nothing must be held beside it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import GeneratorSettings
from application.performance.trade_scenes import (
    BARS_AFTER,
    BARS_BEFORE,
    ChosenTrade,
    SymbolScenes,
    TradeScene,
    by_symbol,
    chosen_trades,
    found_at_ms,
)
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleList, CandleRun
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.position.closed_trade import ExitReason
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_engine import StructureEngine
from tests.application.performance.sample_reports import NEW_YEAR_MS, a_trade

BAR_MS = 5 * MINUTE_MS


@cache
def candles() -> list[Candle]:
    return list(GeneratedTape(GeneratorSettings(seed=3, candles=2 * 1_440), "SIMAUSDT").candles())


def runs(size: int, rows: list[Candle]) -> Iterator[CandleRun]:
    for start in range(0, len(rows), size):
        yield CandleList(rows[start : start + size])


def a_choice(place: int, why: str = "the best") -> ChosenTrade:
    """A trade found at the close of a base bar."""
    return ChosenTrade(why, a_trade(candles()[place * 5].open_time_ms))


def scenes(*chosen: ChosenTrade, size: int = 700, rows: list[Candle] | None = None) -> list[TradeScene]:
    taken = SymbolScenes(
        CandleAggregator(MINUTE_MS, BAR_MS), StructureEngine(StructureConfig()), BAR_MS, chosen
    )
    return taken.over(runs(size, candles() if rows is None else rows))


def test_the_structure_is_that_of_the_close_at_which_the_setup_was_found() -> None:
    (scene,) = scenes(a_choice(300))
    engine, aggregator = StructureEngine(StructureConfig()), CandleAggregator(MINUTE_MS, BAR_MS)
    for candle in candles()[: 300 * 5]:
        for bar in aggregator.update(candle):
            engine.update(bar)
    assert scene.view == engine.view()
    assert scene.view is not None
    assert scene.view.closed_at_ms == found_at_ms(scene.chosen.trade)


def test_the_bars_are_those_around_the_trade() -> None:
    (scene,) = scenes(a_choice(300))
    found = found_at_ms(scene.chosen.trade)
    assert scene.bars[0].open_time_ms == found - BARS_BEFORE * BAR_MS
    assert scene.bars[-1].open_time_ms == found + HOUR_MS + (BARS_AFTER - 1) * BAR_MS
    assert len(scene.bars) == BARS_BEFORE + HOUR_MS // BAR_MS + BARS_AFTER
    assert scene.bar_ms == BAR_MS


@pytest.mark.parametrize("size", [1, 7, 1_000, 5_000])
def test_it_does_not_matter_in_which_pieces_the_tape_comes(size: int) -> None:
    chosen = [a_choice(500), a_choice(150, "the worst"), a_choice(150, "the last")]
    assert scenes(*chosen, size=size) == scenes(*chosen)


def test_scenes_at_either_end_of_the_tape_have_fewer_bars() -> None:
    early, late = scenes(a_choice(20), a_choice(570))
    assert early.bars[0].open_time_ms == candles()[0].open_time_ms
    assert late.bars[-1].open_time_ms == candles()[-5].open_time_ms


def test_reading_stops_where_nothing_more_is_to_be_seen() -> None:
    read = []

    def counted() -> Iterator[CandleRun]:
        for run in runs(100, candles()):
            read.append(run)
            yield run

    taken = SymbolScenes(
        CandleAggregator(MINUTE_MS, BAR_MS), StructureEngine(StructureConfig()), BAR_MS, [a_choice(150)]
    )
    assert len(taken.over(counted())) == 1
    assert len(read) < len(candles()) / 100


def test_a_setup_that_no_bar_closes_with_has_no_structure() -> None:
    hole = [*candles()[:1_490], *candles()[1_520:]]
    (scene,) = scenes(a_choice(302), rows=hole)
    assert scene.view is None
    assert scene.bars


def test_the_best_the_worst_and_what_is_usual_are_chosen_once_each() -> None:
    stop, target = ExitReason.STOP, ExitReason.TARGET
    told = [(-1.0, stop), (-0.9, stop), (-0.8, stop), (1.0, target), (2.0, target)]
    trades = [
        replace(a_trade(NEW_YEAR_MS + place, net_r), exit_reason=reason)
        for place, (net_r, reason) in enumerate(told)
    ]
    chosen = {one.why: one.trade.r_multiple for one in chosen_trades(trades)}
    assert chosen == {
        "the best": Decimal("2.0"),
        "the worst": Decimal("-1.0"),
        "the one in the middle": Decimal("-0.8"),
        "usual for stop": Decimal("-0.9"),
    }


def test_a_single_trade_is_shown_once_and_none_not_at_all() -> None:
    assert [one.why for one in chosen_trades([a_trade()])] == ["the best"]
    assert chosen_trades([]) == []


def test_a_second_trade_of_a_setup_was_found_with_it() -> None:
    second = replace(a_trade(), trade_id=f"{a_trade().trade_id}.2")
    assert found_at_ms(second) == found_at_ms(a_trade()) == NEW_YEAR_MS


def test_what_was_chosen_is_read_symbol_by_symbol() -> None:
    first, second, third = (
        ChosenTrade(why, a_trade(symbol=why)) for why in ("ETHUSDT", "BTCUSDT", "ETHUSDT")
    )
    assert by_symbol([first, second, third]) == {"ETHUSDT": [first, third], "BTCUSDT": [second]}
