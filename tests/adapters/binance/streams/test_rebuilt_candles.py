"""Candles made from trades."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.rebuilt_candles import PastTrade, rebuilt_candles
from domain.market.candle import Candle, fault_within

STEP_MS = 60_000


def test_a_minute_of_trades_is_a_candle() -> None:
    trades = [
        PastTrade(1, 60_000, 10.0, Decimal("1.0"), is_buyer_maker=False),
        PastTrade(2, 70_000, 12.0, Decimal("2.0"), is_buyer_maker=True),
        PastTrade(3, 80_000, 9.0, Decimal("4.0"), is_buyer_maker=True),
        PastTrade(4, 119_999, 11.0, Decimal("8.0"), is_buyer_maker=False),
    ]
    assert rebuilt_candles(trades, 60_000, 120_000, STEP_MS, 10.0) == [
        Candle(60_000, 10.0, 12.0, 9.0, 11.0, 15.0, 9.0)
    ]


def test_a_minute_without_trades_is_flat_at_the_close_before_it() -> None:
    trades = [PastTrade(1, 60_000, 10.0, Decimal("1.0"), is_buyer_maker=False)]
    candles = rebuilt_candles(trades, 0, 180_000, STEP_MS, 7.0)
    assert candles[0] == Candle(0, 7.0, 7.0, 7.0, 7.0, 0.0, 0.0)
    assert candles[2] == Candle(120_000, 10.0, 10.0, 10.0, 10.0, 0.0, 0.0)


def test_trades_outside_the_hole_are_left_out() -> None:
    trades = [
        PastTrade(1, 59_999, 1.0, Decimal("1.0"), is_buyer_maker=False),
        PastTrade(2, 120_000, 99.0, Decimal("1.0"), is_buyer_maker=False),
    ]
    assert rebuilt_candles(trades, 60_000, 120_000, STEP_MS, 7.0) == [
        Candle(60_000, 7.0, 7.0, 7.0, 7.0, 0.0, 0.0)
    ]


past_trades = st.builds(
    PastTrade,
    trade_id=st.integers(1),
    at_ms=st.integers(0, 600_000),
    price=st.floats(0.01, 1e6),
    quantity=st.decimals(0, 1_000_000, places=3),
    is_buyer_maker=st.booleans(),
)


@given(st.lists(past_trades, max_size=50))
def test_every_rebuilt_candle_is_possible_and_none_is_missing(trades: list[PastTrade]) -> None:
    candles = rebuilt_candles(sorted(trades, key=lambda trade: trade.at_ms), 0, 600_000, STEP_MS, 5.0)
    assert [candle.open_time_ms for candle in candles] == list(range(0, 600_000, STEP_MS))
    assert all(fault_within(candle) is None for candle in candles)
