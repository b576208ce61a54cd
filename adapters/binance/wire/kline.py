"""Candles as the venue tells them, while they form and when they close."""

from adapters.binance.wire.told import Part, Price, Told
from domain.market.candle import Candle
from domain.tape import CandleClosed


class Bar(
    Part,
    frozen=True,
    rename={
        "open_time_ms": "t",
        "last_ms": "T",
        "timeframe": "i",
        "open": "o",
        "close": "c",
        "high": "h",
        "low": "l",
        "volume": "v",
        "is_closed": "x",
        "taker_buy_volume": "V",
    },
):
    """`{"t":1795305600000,"T":1795305659999,"i":"1m","o":"91850.10",...,"x":true}`.

    The fields stand in the order of the wire, which is where the decoder looks for them first.
    """

    open_time_ms: int
    last_ms: int
    timeframe: str
    open: Price
    close: Price
    high: Price
    low: Price
    volume: Price
    is_closed: bool
    taker_buy_volume: Price


class Kline(
    Told,
    frozen=True,
    tag="kline",
    rename={"at_ms": "E", "symbol": "s", "bar": "k"},
):
    """`{"e":"kline","E":1795305660013,"s":"BTCUSDT","k":{...}}`."""

    at_ms: int
    symbol: str
    bar: Bar


class ContinuousKline(
    Told,
    frozen=True,
    tag="continuous_kline",
    rename={"at_ms": "E", "pair": "ps", "contract": "ct", "bar": "k"},
):
    """`{"e":"continuous_kline","E":...,"ps":"BTCUSDT","ct":"PERPETUAL","k":{...}}`."""

    at_ms: int
    pair: str
    contract: str
    bar: Bar


def closed_candle(kline: Kline) -> CandleClosed | None:
    """Give the candle of a bar's last frame, None while the bar still forms.

    It closes one millisecond after the last one that belongs to it. Two connections tell it twice.
    """
    bar = kline.bar
    if not bar.is_closed:
        return None
    return CandleClosed(
        bar.last_ms + 1,
        kline.symbol,
        Candle(bar.open_time_ms, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.taker_buy_volume),
    )
