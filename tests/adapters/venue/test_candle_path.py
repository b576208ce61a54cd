"""Trades give exactly the candle again of which they were made."""

import math

from hypothesis import given
from hypothesis import strategies as st

from adapters.generator.generator_settings import SIMULATED_SYMBOLS
from adapters.generator.venue_rules import instrument_of
from adapters.venue.candle_path import UNITS, Grid, grid_of, trades_of
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS

GRID: Grid = grid_of(instrument_of(SIMULATED_SYMBOLS[0]))


@st.composite
def candles(draw: st.DrawFn) -> Candle:
    opened, closed = draw(st.integers(1_000, 2_000)), draw(st.integers(1_000, 2_000))
    high = max(opened, closed) + draw(st.integers(0, 50))
    low = min(opened, closed) - draw(st.integers(0, 50))
    lots = draw(st.integers(1, 20) | st.integers(1, 10**7))
    bought = draw(st.integers(0, lots))
    first, top, bottom, last = (price / 10 for price in (opened, high, low, closed))
    taken = draw(st.sampled_from([bought / 1_000, math.nan]))
    return Candle(MINUTE_MS, first, top, bottom, last, lots / 1_000, taken)


@given(candles(), st.sampled_from([250, 1_000, 5_000, 15_000]))
def test_open_high_low_close_and_volumes_come_out_exactly(candle: Candle, step_ms: int) -> None:
    trades = trades_of(candle, GRID, step_ms, MINUTE_MS, 7)
    prices = [trade.ticks for trade in trades]
    told = [GRID.ticks(price) for price in candle[1:5]]
    assert [prices[0], max(prices), min(prices), prices[-1]] == told
    assert sum(trade.units for trade in trades) == round(candle.volume * UNITS)
    if not math.isnan(candle.taker_buy_volume):
        bought = sum(trade.units for trade in trades if not trade.is_buyer_maker)
        assert bought == round(candle.taker_buy_volume * UNITS)


@given(candles())
def test_trades_are_numbered_in_time_and_lie_within_the_candle(candle: Candle) -> None:
    trades = trades_of(candle, GRID, 250, MINUTE_MS, 7)
    assert [trade.number for trade in trades] == list(range(7, 7 + len(trades)))
    times = [trade.at_ms for trade in trades]
    assert times == sorted(times)
    assert MINUTE_MS <= times[0] <= times[-1] < 2 * MINUTE_MS
    assert all(trade.units > 0 for trade in trades)


def test_a_candle_without_volume_has_no_trades() -> None:
    assert trades_of(Candle(0, 100.0, 100.0, 100.0, 100.0, 0.0, 0.0), GRID, 250, MINUTE_MS, 7) == []


def test_numbers_are_written_with_the_decimals_of_the_grid() -> None:
    assert GRID.price(600_001) == "60000.1"
    assert GRID.quantity(UNITS // 1_000) == "0.001"
    assert GRID.quantity(12_345) == "0.00012345"
