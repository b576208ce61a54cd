"""Which streams exist, and where they are heard."""

import pytest

from adapters.venue.stream_name import is_heard_on, read_stream_name


@pytest.mark.parametrize(
    ("text", "kind", "route", "every_ms"),
    [
        ("btcusdt@kline_1m", "kline", "market", 250),
        ("btcusdt@kline_1M", "kline", "market", 250),
        ("btcusdt_perpetual@continuousKline_1m", "continuous_kline", "market", 250),
        ("btcusdt@aggTrade", "aggTrade", "market", 0),
        ("btcusdt@markPrice", "markPrice", "market", 3_000),
        ("btcusdt@markPrice@1s", "markPrice", "market", 1_000),
        ("!markPrice@arr@1s", "markPrices", "market", 1_000),
        ("!ticker@arr", "tickers", "market", 1_000),
        ("!assetIndex@arr", "assetIndices", "market", 1_000),
        ("usdtusd@assetIndex", "assetIndex", "market", 1_000),
        ("btcusdt@trade", "trade", "public", 0),
        ("btcusdt@depth@0ms", "depth", "public", 0),
        ("!contractInfo", "contractInfo", "market", 0),
        ("btcusdt@bookTicker", "bookTicker", "public", 0),
        ("!bookTicker", "bookTickers", "public", 5_000),
        ("btcusdt@depth", "depth", "public", 250),
        ("btcusdt@depth@100ms", "depth", "public", 100),
        ("btcusdt@depth20@500ms", "partialDepth", "public", 500),
        ("币安人生usdt@kline_1m", "kline", "market", 250),
    ],
)
def test_a_stream_is_heard_on_its_own_route(text: str, kind: str, route: str, every_ms: int) -> None:
    name = read_stream_name(text)
    assert name is not None
    assert (name.kind, name.route, name.every_ms) == (kind, route, every_ms)
    assert is_heard_on(name, route)
    assert not is_heard_on(name, "private")


@pytest.mark.parametrize(
    "text",
    ["BTCUSDT@kline_1m", "btcusdt@kline_1s", "btcusdt@depth@250ms", "btcusdt@depth7", "0", "", "nonsense@x"],
)
def test_what_does_not_exist_is_no_stream(text: str) -> None:
    assert read_stream_name(text) is None


def test_without_a_route_only_public_streams_are_heard() -> None:
    public, market = read_stream_name("btcusdt@bookTicker"), read_stream_name("btcusdt@kline_1m")
    assert public is not None
    assert market is not None
    assert is_heard_on(public, "")
    assert not is_heard_on(market, "")
