"""A trade drawn: candles, the structure its setup was found in, entry, stop, target and exit."""

from typing import Final

from application.performance.trade_scenes import TradeScene, found_at_ms
from application.performance.wording import in_r, minute, money
from application.random_entries import shape_of_trade
from application.report_charts import CandleChart, Ink, Level, LineStyle, Shade, Shape, Spot
from application.report_page import Option, Words
from domain.market.direction import Direction
from domain.position.closed_trade import ClosedTrade
from domain.structure.structure_view import StructureView, ZoneKind

_IN_WORDS: Final = {
    ZoneKind.ORDER_BLOCK: "block",
    ZoneKind.BREAKER: "breaker",
    ZoneKind.FAIR_VALUE_GAP: "gap",
}


def scene_shown(scene: TradeScene) -> Option:
    """Give one trade to look at, with what was known when it was decided on and what became of it."""
    trade = scene.chosen.trade
    name = f"{scene.chosen.why}: {in_r(float(trade.r_multiple))} R, {trade.symbol} {trade.direction}"
    parts = [
        Words(
            f"{trade.trade_id}, {trade.setup_kind.replace('_', ' ')} {trade.direction}: found"
            f" {minute(found_at_ms(trade))}, entered {minute(trade.opened_at_ms)} at"
            f" {float(trade.entry_price):.8g}, left {minute(trade.closed_at_ms)} at"
            f" {float(trade.exit_price):.8g} ({', '.join(_named(one) for one in trade.exit_reasons)}),"
            f" net {money(trade.net_pnl)}, {in_r(float(trade.r_multiple))} R."
        ),
        Words(f"Why: {'; '.join(trade.reasons)}."),
    ]
    if scene.view is None:
        parts.append(Words("The structure behind it cannot be shown: no bar closes when it was found."))
    return Option(name, [*parts, _chart(scene, scene.view)])


def _chart(scene: TradeScene, view: StructureView | None) -> CandleChart:
    trade, bars = scene.chosen.trade, scene.bars
    first_ms = bars[0].open_time_ms if bars else trade.opened_at_ms
    return CandleChart(
        title=f"{trade.symbol}, {scene.bar_ms // 60_000}-minute candles, UTC",
        candles=bars,
        shades=[] if view is None else _zones(view, first_ms, trade.closed_at_ms),
        levels=[*_plan(trade), *([] if view is None else _pools(view, trade.closed_at_ms))],
        spots=[*([] if view is None else _sweep(scene, view)), *_fills(trade)],
    )


def _zones(view: StructureView, first_ms: int, until_ms: int) -> list[Shade]:
    sides = (
        ("bullish", Ink.BULLISH, (view.bullish_block, view.bullish_gap)),
        ("bearish", Ink.BEARISH, (view.bearish_block, view.bearish_gap)),
    )
    return [
        Shade(
            name=f"{side} {_IN_WORDS[zone.kind]}",
            bottom=zone.bottom,
            top=zone.top,
            from_ms=max(first_ms, zone.created_ms),
            until_ms=until_ms,
            ink=ink,
        )
        for side, ink, zones in sides
        for zone in zones
        if zone is not None
    ]


def _pools(view: StructureView, until_ms: int) -> list[Level]:
    """Show the nearest liquidity on either side."""
    named = (("liquidity above", view.pools_above), ("liquidity below", view.pools_below))
    return [
        Level(name, pools[0].level, view.closed_at_ms, until_ms, Ink.FAINT, LineStyle.SOLID)
        for name, pools in named
        if pools
    ]


def _plan(trade: ClosedTrade) -> list[Level]:
    """Draw stop and target where the trade's reasons name them."""
    shape = shape_of_trade(trade)
    if shape is None:
        return []
    risk = trade.entry_price * shape.stop_fraction * trade.direction.sign
    levels = (
        ("stop", trade.entry_price - risk, Ink.LOSS),
        ("target", trade.entry_price + risk * shape.reward_to_risk, Ink.GAIN),
    )
    from_ms, until_ms = found_at_ms(trade), trade.closed_at_ms
    return [Level(name, round(float(price), 8), from_ms, until_ms, ink) for name, price, ink in levels]


def _sweep(scene: TradeScene, view: StructureView) -> list[Spot]:
    age = view.sweep_age_bars
    if age is None:
        return []
    swept_ms = view.open_time_ms - age * scene.bar_ms
    bar = next((bar for bar in scene.bars if bar.open_time_ms == swept_ms), None)
    if bar is None:
        return []
    if view.sweep > 0.0:
        return [Spot("sweep of lows", swept_ms, bar.low, Shape.STAR, Ink.OTHER)]
    return [Spot("sweep of highs", swept_ms, bar.high, Shape.STAR, Ink.OTHER)]


def _fills(trade: ClosedTrade) -> list[Spot]:
    entry = Shape.UP if trade.direction is Direction.LONG else Shape.DOWN
    left = Ink.GAIN if trade.net_pnl > 0 else Ink.LOSS
    return [
        Spot("entry", trade.opened_at_ms, float(trade.entry_price), entry, Ink.MAIN),
        Spot("exit", trade.closed_at_ms, float(trade.exit_price), Shape.CROSS, left),
    ]


def _named(reason: str) -> str:
    return reason.replace("_", " ")
