from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.wire.kline import Bar, Kline, closed_candle
from adapters.binance.wire.market_frames import MarketFrame, read_market_frame
from domain.market.candle import Candle
from domain.tape import CandleClosed

# The rulebook's own example.
FRAME = (
    b'{"e":"kline","E":1795305660013,"s":"BTCUSDT","k":{"t":1795305600000,"T":1795305659999,"s":"BTCUSDT",'
    b'"i":"1m","f":6123400100,"L":6123401420,"o":"91850.10","c":"91872.40","h":"91890.00","l":"91841.30",'
    b'"v":"142.318","n":1321,"x":true,"q":"13073912.4471","V":"80.120","Q":"7360611.8840","B":"0"}}'
)


def read(frame: bytes) -> Kline:
    told = read_market_frame(frame)
    assert isinstance(told, MarketFrame)
    assert isinstance(told.data, Kline)
    return told.data


def test_the_last_frame_of_a_bar_closes_its_candle() -> None:
    assert closed_candle(read(FRAME)) == CandleClosed(
        1795305660000,
        "BTCUSDT",
        Candle(1795305600000, 91850.1, 91890.0, 91841.3, 91872.4, 142.318, 80.12),
    )


def test_a_bar_that_still_forms_closes_nothing() -> None:
    assert closed_candle(read(FRAME.replace(b'"x":true', b'"x":false'))) is None


@given(st.floats(min_value=1e-9, max_value=1e12))
def test_a_price_is_the_float_nearest_to_its_text(price: float) -> None:
    told = read(FRAME.replace(b'"91850.10"', b'"%s"' % repr(price).encode()))
    assert told.bar.open == price


@given(st.decimals(min_value=0, max_value=10**12, places=8))
def test_any_text_of_eight_decimals_is_read_as_python_reads_it(price: object) -> None:
    told = read(FRAME.replace(b'"91850.10"', f'"{price:f}"'.encode()))
    assert told.bar.open == float(f"{price:f}")


def test_a_bar_shows_what_it_is_made_of() -> None:
    bar = Bar(0, 59_999, "1m", 1.0, 2.0, 3.0, 0.5, 10.0, is_closed=True, taker_buy_volume=4.0)
    candle = closed_candle(Kline(60_010, "X", bar))
    assert candle == CandleClosed(60_000, "X", Candle(0, 1.0, 3.0, 0.5, 2.0, 10.0, 4.0))
