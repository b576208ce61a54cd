import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.wire import stream_name as name
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.stream_route import (
    Route,
    account_url,
    connections_for,
    route_of,
    stream_url,
)

BASE = "wss://fstream.binance.com"


@pytest.mark.parametrize(
    ("stream", "route"),
    [
        (name.kline_stream("BTCUSDT"), Route.MARKET),
        (name.continuous_kline_stream("BTCUSDT"), Route.MARKET),
        (name.agg_trade_stream("BTCUSDT"), Route.MARKET),
        (name.mark_price_stream("BTCUSDT"), Route.MARKET),
        ("btcusdt@markPrice", Route.MARKET),
        (name.ALL_MARK_PRICES, Route.MARKET),
        ("!ticker@arr", Route.MARKET),
        ("!miniTicker@arr", Route.MARKET),
        (name.ticker_stream("BTCUSDT"), Route.MARKET),
        ("btcusdt@miniTicker", Route.MARKET),
        (name.liquidation_stream("BTCUSDT"), Route.MARKET),
        (name.ALL_LIQUIDATIONS, Route.MARKET),
        (name.ALL_CONTRACTS, Route.MARKET),
        ("defiusdt@compositeIndex", Route.MARKET),
        ("!assetIndex@arr", Route.MARKET),
        ("btcusd@assetIndex", Route.MARKET),
        ("tradingSession", Route.MARKET),
        (name.book_ticker_stream("BTCUSDT"), Route.PUBLIC),
        (name.ALL_BOOK_TICKERS, Route.PUBLIC),
        ("btcusdt@depth", Route.PUBLIC),
        (name.depth_stream("BTCUSDT"), Route.PUBLIC),
        ("btcusdt@depth20@100ms", Route.PUBLIC),
        ("btcusdt@rpiDepth@500ms", Route.PUBLIC),
        ("btcusdt@trade", Route.PUBLIC),
    ],
)
def test_every_stream_has_its_route(stream: str, route: Route) -> None:
    assert route_of(stream) is route


@pytest.mark.parametrize("stream", ["", "btcusdt", "btcusdt@klines_1m", "!everything"])
def test_a_stream_nobody_knows_is_refused_before_the_venue_keeps_silent_about_it(stream: str) -> None:
    with pytest.raises(ValueError, match="no route"):
        route_of(stream)


def test_symbols_are_lower_case_in_stream_names() -> None:
    assert name.kline_stream("BTCUSDT", "5m") == "btcusdt@kline_5m"
    assert name.continuous_kline_stream("BTCUSDT") == "btcusdt_perpetual@continuousKline_1m"


def test_a_combined_address_names_its_streams_percent_encoded() -> None:
    streams = (name.kline_stream("币安USDT"), "!contractInfo")
    assert (
        stream_url(BASE, Route.MARKET, streams)
        == f"{BASE}/market/stream?streams=%E5%B8%81%E5%AE%89usdt@kline_1m/!contractInfo"
    )


def test_a_raw_address_names_its_streams_in_the_path() -> None:
    streams = ("btcusdt@bookTicker", "ethusdt@bookTicker")
    url = stream_url(BASE + "/", Route.PUBLIC, streams, is_combined=False)
    assert url == f"{BASE}/public/ws/btcusdt@bookTicker/ethusdt@bookTicker"


def test_an_address_may_name_no_stream_yet() -> None:
    assert stream_url(BASE, Route.PUBLIC) == f"{BASE}/public/stream"
    assert stream_url(BASE, Route.PUBLIC, is_combined=False) == f"{BASE}/public/ws"


def test_the_address_of_the_account_names_every_event_and_is_not_printed() -> None:
    url = account_url(BASE, Secret("Kx9"))
    assert "Kx9" not in f"{url} {url!r} {[url]}"
    assert url.reveal().startswith(
        f"{BASE}/private/ws?listenKey=Kx9&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE/"
    )
    assert "ALGO_UPDATE" in url.reveal()


@given(st.lists(st.integers(0, 400), max_size=300), st.integers(1, 40))
def test_streams_are_shared_out_whole_and_evenly(numbers: list[int], most: int) -> None:
    streams = [
        name.kline_stream(f"S{number}") if number % 2 else name.book_ticker_stream(f"S{number}")
        for number in numbers
    ]
    connections = connections_for(streams, most)
    carried = [stream for connection in connections for stream in connection.streams]
    assert sorted(carried) == sorted(set(streams))
    for connection in connections:
        assert 1 <= len(connection.streams) <= most
        assert {route_of(stream) for stream in connection.streams} == {connection.route}
    for route in Route:
        sizes = [len(one.streams) for one in connections if one.route is route]
        assert not sizes or max(sizes) - min(sizes) <= 1


def test_more_streams_than_a_connection_carries_take_another() -> None:
    streams = [name.kline_stream(f"S{number}") for number in range(1025)]
    assert [len(connection.streams) for connection in connections_for(streams)] == [512, 513]
