"""What it costs to read a frame, beside what others read it into."""

import json
from collections.abc import Callable

import orjson
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from adapters.binance.wire.account_frames import read_account_frame
from adapters.binance.wire.blotter import Blotter
from adapters.binance.wire.kline import closed_candle
from adapters.binance.wire.market_frames import MarketFrame, read_market_frame
from adapters.binance.wire.order_requests import place
from adapters.binance.wire.request import parameters
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey, signed
from domain.market.candle import Candle
from tests.adapters.binance.wire.order_samples import ENTRY

FRAMES = 1_000
KLINE = (
    b'{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1795305660013,"s":"BTCUSDT","k":{"t":1795305600000,'
    b'"T":1795305659999,"s":"BTCUSDT","i":"1m","f":6123400100,"L":6123401420,"o":"91850.10","c":"91872.40",'
    b'"h":"91890.00","l":"91841.30","v":"142.318","n":1321,"x":true,"q":"13073912.4471","V":"80.120",'
    b'"Q":"7360611.8840","B":"0"}}}'
)
BARE_KLINE = KLINE[KLINE.index(b'{"e"') : -1]
BOOK_TICKER = (
    b'{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":9100200300400,"E":1795305601217,'
    b'"T":1795305601212,"s":"BTCUSDT","ps":"BTCUSDT","b":"91850.90","B":"4.112","a":"91851.00","A":"2.030",'
    b'"st":1}}'
)
MARK_ROW = (
    b'{"e":"markPriceUpdate","E":1795305602000,"s":"BTCUSDT","p":"91849.55000000","ap":"91849.1",'
    b'"i":"91855.12065217","P":"91860.00120000","r":"0.00010000","T":1795334400000,"st":1}'
)
MARK_PRICES = b'{"stream":"!markPrice@arr@1s","data":[' + b",".join([MARK_ROW] * 700) + b"]}"
ORDER_TRADE_UPDATE = (
    b'{"e":"ORDER_TRADE_UPDATE","T":1795305700101,"E":1795305700104,"o":{"s":"BTCUSDT",'
    b'"c":"BTCUSDT.L.mwsgqk0g-e","S":"BUY","o":"LIMIT","f":"GTC","q":"0.500","p":"91800.00","ap":"91800.00",'
    b'"sp":"0","x":"TRADE","X":"PARTIALLY_FILLED","i":70012345678,"l":"0.200","z":"0.200","L":"91800.00",'
    b'"N":"USDT","n":"3.67200000","T":1795305700101,"t":6123405001,"b":"27540.00","a":"0","m":true,"R":false,'
    b'"wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH","cp":false,"rp":"0","pP":false,"si":0,"ss":0,'
    b'"V":"EXPIRE_MAKER","pm":"NONE","gtd":0,"er":"0"}}'
)


def _candle_of_orjson(frame: bytes) -> Candle:
    bar = orjson.loads(frame)["data"]["k"]
    return Candle(
        bar["t"],
        float(bar["o"]),
        float(bar["h"]),
        float(bar["l"]),
        float(bar["c"]),
        float(bar["v"]),
        float(bar["V"]),
    )


def _candle_of_ours(frame: bytes) -> Candle:
    read = read_market_frame(frame)
    closed = closed_candle(read.data)  # type: ignore[union-attr, arg-type]
    assert closed is not None
    return closed.candle


def _repeat(read: Callable[[bytes], object], frame: bytes) -> None:
    for _ in range(FRAMES):
        read(frame)


@pytest.mark.parametrize(
    "frame", [KLINE, BARE_KLINE, BOOK_TICKER], ids=["kline", "bare kline", "book ticker"]
)
def test_read_1k_market_frames(benchmark: BenchmarkFixture, frame: bytes) -> None:
    assert isinstance(read_market_frame(frame), MarketFrame)
    benchmark(_repeat, read_market_frame, frame)


@pytest.mark.parametrize("parse", [orjson.loads, json.loads], ids=["orjson", "json"])
def test_parse_1k_klines_without_reading_a_field(
    benchmark: BenchmarkFixture, parse: Callable[[bytes], object]
) -> None:
    benchmark(_repeat, parse, KLINE)


@pytest.mark.parametrize("read", [_candle_of_ours, _candle_of_orjson], ids=["ours", "orjson"])
def test_read_1k_closed_candles(benchmark: BenchmarkFixture, read: Callable[[bytes], Candle]) -> None:
    assert _candle_of_ours(KLINE) == _candle_of_orjson(KLINE)
    benchmark(_repeat, read, KLINE)


def test_read_mark_prices_of_700_symbols(benchmark: BenchmarkFixture) -> None:
    benchmark(read_market_frame, MARK_PRICES)


def test_read_1k_order_reports(benchmark: BenchmarkFixture) -> None:
    benchmark(_repeat, read_account_frame, ORDER_TRADE_UPDATE)


def test_tell_what_1k_order_reports_mean(benchmark: BenchmarkFixture) -> None:
    event = read_account_frame(ORDER_TRADE_UPDATE)

    def tell() -> None:
        for _ in range(FRAMES):
            Blotter().read(event)  # type: ignore[arg-type]

    benchmark(tell)


def test_ask_and_sign_1k_orders(benchmark: BenchmarkFixture) -> None:
    key = HmacKey(Secret("name"), Secret("2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"))

    def ask() -> None:
        for _ in range(FRAMES):
            signed(key, place(ENTRY).parameters + parameters(recvWindow=5000, timestamp=1591702613943))

    benchmark(ask)
