from dataclasses import replace

import pytest

from application.performance.scene_chart import scene_shown
from application.performance.trade_scenes import ChosenTrade, TradeScene
from application.report_charts import CandleChart, Ink, Shape
from application.report_page import Words
from domain.market.candle import Candle
from domain.market.direction import Direction
from domain.position.closed_trade import ClosedTrade
from domain.structure.structure_view import StructureView
from tests.application.performance.sample_reports import a_trade
from tests.trade_samples import BASE_STEP, BLOCK, CLOSE_MS, GAP, OPEN_MS, VIEW

BARS = [Candle(OPEN_MS + place * BASE_STEP, 1024.0, 1026.0, 1022.0, 1025.0, 1.0) for place in range(-20, 20)]
TRADE = replace(a_trade(CLOSE_MS), reasons=("a sweep", "stop 99.10, target 102.10"))


def shown(
    trade: ClosedTrade = TRADE, view: StructureView | None = VIEW
) -> tuple[str, list[str], CandleChart]:
    option = scene_shown(TradeScene(ChosenTrade("the best", trade), BARS, BASE_STEP, view))
    *words, chart = option.parts
    assert isinstance(chart, CandleChart)
    return option.name, [one.text for one in words if isinstance(one, Words)], chart


def test_it_says_which_trade_it_is_and_why_it_was_made() -> None:
    name, (what, why), _ = shown()
    assert name == "the best: +1.000 R, BTCUSDT long"
    assert "found 2023-11-14 22:15, entered 2023-11-14 22:15 at 100.1, left 2023-11-14 23:15 at 101.3" in what
    assert "(partial profit, target), net 10.00, +1.000 R" in what
    assert why == "Why: a sweep; stop 99.10, target 102.10."


def test_zones_are_drawn_from_the_bar_that_made_them() -> None:
    _, _, chart = shown()
    zones = {shade.name: shade for shade in chart.shades}
    assert set(zones) == {"bullish block", "bullish gap"}
    assert (zones["bullish block"].bottom, zones["bullish block"].top) == (BLOCK.bottom, BLOCK.top)
    assert zones["bullish gap"].from_ms == GAP.created_ms
    assert all(zone.until_ms == TRADE.closed_at_ms for zone in zones.values())


def test_a_zone_older_than_the_chart_begins_with_it() -> None:
    old = VIEW._replace(bearish_block=BLOCK._replace(created_ms=0))
    (zone,) = (shade for shade in shown(view=old)[2].shades if shade.ink is Ink.BEARISH)
    assert zone.from_ms == BARS[0].open_time_ms


def test_stop_target_and_liquidity_are_levels() -> None:
    levels = {level.name: level.price for level in shown()[2].levels}
    assert levels == {
        "stop": pytest.approx(99.10),
        "target": pytest.approx(102.10),
        "liquidity above": 1030.0,
        "liquidity below": 1004.0,
    }


def test_the_last_sweep_is_marked_on_its_bar() -> None:
    sweep = shown()[2].spots[0]
    swept_ms = VIEW.open_time_ms - 5 * BASE_STEP
    assert (sweep.name, sweep.at_ms, sweep.price, sweep.shape) == (
        "sweep of lows",
        swept_ms,
        1022.0,
        Shape.STAR,
    )
    highs = shown(view=VIEW._replace(sweep=-0.75))[2].spots[0]
    assert (highs.name, highs.price) == ("sweep of highs", 1026.0)


@pytest.mark.parametrize("age", [None, 400])
def test_no_sweep_is_drawn_that_is_not_on_the_chart(age: int | None) -> None:
    spots = shown(view=VIEW._replace(sweep_age_bars=age))[2].spots
    assert [spot.name for spot in spots] == ["entry", "exit"]


def test_entry_and_exit_are_told_apart_by_side_and_result() -> None:
    *_, entry, left = shown()[2].spots
    assert (entry.at_ms, entry.price, entry.shape) == (CLOSE_MS, 100.1, Shape.UP)
    assert (left.at_ms, left.price, left.ink) == (TRADE.closed_at_ms, 101.3, Ink.GAIN)
    lost = replace(TRADE, direction=Direction.SHORT, net_pnl=-TRADE.net_pnl, reasons=())
    *_, entry, left = shown(lost)[2].spots
    assert (entry.shape, left.ink) == (Shape.DOWN, Ink.LOSS)


def test_a_trade_whose_reasons_name_no_levels_shows_none() -> None:
    assert {level.name for level in shown(replace(TRADE, reasons=()))[2].levels} == {
        "liquidity above",
        "liquidity below",
    }


def test_a_trade_whose_structure_is_not_known_is_shown_all_the_same() -> None:
    _, words, chart = shown(view=None)
    assert "cannot be shown" in words[-1]
    assert list(chart.shades) == []
    assert list(chart.candles) == BARS
