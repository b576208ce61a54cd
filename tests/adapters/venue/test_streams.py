"""Market streams as the real venue has them, its silences included."""

import asyncio
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import orjson
import pytest
import websockets

from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import (
    OTHER,
    START_MS,
    SYMBOL,
    Json,
    Trader,
    at_venue,
    flat_market,
    listening,
    made_up,
    venue_of,
)

KLINE, BOOK = "simausdt@kline_1m", "simausdt@bookTicker"


def test_the_closing_frame_is_the_candle_of_the_tape_and_comes_once() -> None:
    tapes, _ = made_up()
    listed = list(tapes[0].candles())[1:4]

    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, f"/market/ws/{KLINE}") as listener:
            await server.run(START_MS + 4 * MINUTE_MS + 1_000)
            closed = [frame["k"] for frame in await listener.heard(server) if frame["k"]["x"]][1:]
        assert [kline["t"] for kline in closed] == [candle.open_time_ms for candle in listed]
        for kline, candle in zip(closed, listed, strict=True):
            told = [float(kline[name]) for name in "ohlcvV"]
            assert told == list(candle[1:])
            assert kline["T"] == kline["t"] + MINUTE_MS - 1

    at_venue(scene)


def test_candles_grow_at_most_four_times_a_second_and_only_when_something_trades() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, f"/market/ws/{KLINE}") as listener:
            await server.run(START_MS + 16_000)
            assert len(await listener.heard(server)) == 40

    at_venue(scene)
    at_venue(_nothing_trades, venue_of(flat_market([60_000.0] * 4, volume=0.0)))


async def _nothing_trades(server: VenueServer, _trader: Trader) -> None:
    async with listening(server, f"/market/ws/{KLINE}") as listener:
        await server.run(START_MS + MINUTE_MS)
        frames = await listener.heard(server)
    assert [frame["k"]["x"] for frame in frames] == [True]
    kline = frames[0]["k"]
    assert (kline["v"], kline["n"], kline["f"], kline["L"]) == ("0.000", 0, -1, -1)


def test_trades_rebuild_the_candle_from_the_stream_and_from_rest() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with listening(server, "/market/stream?streams=simausdt@aggTrade") as listener:
            await server.run(START_MS + 3 * MINUTE_MS)
            heard = [frame["data"] for frame in await listener.heard(server)]
        first, last = START_MS + MINUTE_MS, START_MS + 2 * MINUTE_MS - 1
        rows = await trader.ask(
            "GET", "/fapi/v1/aggTrades", symbol=SYMBOL, startTime=first, endTime=last, limit=1000
        )
        trades = [one for one in heard if first <= one["T"] <= last]
        assert [one["a"] for one in trades] == [one["a"] for one in rows]
        candle = next(iter(made_up()[0][0].candles(first)))
        prices = [float(one["p"]) for one in rows]
        assert [prices[0], max(prices), min(prices), prices[-1]] == list(candle[1:5])
        assert float(sum(Decimal(one["q"]) for one in rows)) == candle.volume
        more = await trader.ask("GET", "/fapi/v1/aggTrades", symbol=SYMBOL, fromId=rows[5]["a"], limit=2)
        assert [one["a"] for one in more] == [rows[5]["a"], rows[6]["a"]]

    at_venue(scene)


@pytest.mark.parametrize(
    ("path", "hears"),
    [
        (f"/market/ws/{KLINE}", {"kline"}),
        (f"/public/ws/{BOOK}", {"bookTicker"}),
        (f"/public/ws/{KLINE}", set()),
        (f"/market/ws/{BOOK}", set()),
        (f"/ws/{KLINE}/{BOOK}", {"bookTicker"}),
        ("/market/ws/SIMAUSDT@kline_1m", set()),
        ("/market/ws/nosuch@kline_1m", set()),
        ("/market/ws/0", set()),
    ],
)
def test_a_stream_on_the_wrong_route_or_misspelled_is_silent(path: str, hears: set[str]) -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, path) as listener:
            await server.run(START_MS + 8_000)
            assert {frame["e"] for frame in await listener.heard(server)} == hears

    at_venue(scene)


def test_everything_is_acknowledged_and_listed_whether_it_exists_or_not() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            assert await listener.say("SUBSCRIBE", [KLINE, "nonsense"], 7) == {"result": None, "id": 7}
            listed = await listener.say("LIST_SUBSCRIPTIONS", number="as-text")
            assert listed == {"result": [KLINE, "nonsense"], "id": "as-text"}
            assert await listener.say("UNSUBSCRIBE", ["never"], 8) == {"result": None, "id": 8}
            assert await listener.say("GET_PROPERTY", ["combined"]) == {"result": False, "id": 1}
            assert await listener.say("SET_PROPERTY", ["combined", True]) == {"result": None, "id": 1}
            await server.run(START_MS + 8_000)
            frames = await listener.heard(server)
            assert {frame["stream"] for frame in frames} == {KLINE}
            await listener.say("UNSUBSCRIBE", [KLINE])
            await server.run(START_MS + 9_000)
            assert await listener.heard(server) == []

    at_venue(scene)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"method":"SUBSCRIBE","params":["a"],"id":1', 3),
        ('{"params":["a"],"id":1}', 2),
        ('{"method":"DANCE","id":1}', 2),
        ('{"method":"SUBSCRIBE","params":[1],"id":1}', 2),
        ('{"method":"SUBSCRIBE","params":[],"id":1}', 2),
        ('{"method":"SUBSCRIBE","params":["a"],"id":-1}', 2),
        ("[]", 2),
        ('{"method":"GET_PROPERTY","params":["colour"],"id":1}', 0),
        ('{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}', 1),
    ],
)
def test_a_bad_message_is_answered_with_its_code(message: str, code: int) -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            await listener.line.send(message)
            assert orjson.loads(await listener.line.recv())["code"] == code

    at_venue(scene)


def test_the_1025th_stream_is_refused_and_the_socket_closed() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            assert (await listener.say("SUBSCRIBE", [f"s{number}" for number in range(1_024)]))["id"] == 1
            refused = await listener.say("SUBSCRIBE", ["one-more"], 12)
            assert refused == {"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 12}
            assert await listener.closed_with() == 1008

    at_venue(scene)


def test_messages_too_fast_close_the_socket() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            for number in range(40):
                await listener.line.send(f'{{"method":"LIST_SUBSCRIPTIONS","id":{number}}}')
            answers = [await listener.line.recv() for _ in range(15)]
            assert orjson.loads(answers[-1])["id"] == 14
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await listener.line.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "Too many requests")

    at_venue(scene)


def test_a_socket_lives_a_day_and_is_pinged_every_three_minutes() -> None:
    settings = VenueSettings(socket_lasts_ms=5 * MINUTE_MS)

    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws") as listener:
            await server.run(START_MS + 5 * MINUTE_MS)
            assert await server.settle()
            await server.run(START_MS + 5 * MINUTE_MS + 30_000)
            assert await listener.closed_with() == 1000

    at_venue(scene, venue_of(settings=settings, step_ms=5_000))


def test_a_client_that_does_not_pong_is_dropped() -> None:
    settings = VenueSettings(ping_every_ms=MINUTE_MS, pong_within_ms=2 * MINUTE_MS)

    async def scene(server: VenueServer, _trader: Trader) -> None:
        host, _, port = server.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /market/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        await server.run(START_MS + 4 * MINUTE_MS)
        await server.flush()
        frames = await asyncio.wait_for(reader.read(4_096), 2)
        assert frames[0] == 0x89
        assert b"Pong timeout" in frames
        writer.close()

    at_venue(scene, venue_of(settings=settings, step_ms=5_000))


def test_the_local_book_stays_in_step_by_the_documented_rules() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with listening(server, "/public/ws/simausdt@depth@100ms") as listener:
            await server.run(START_MS + 8_000)
            snapshot = await trader.ask("GET", "/fapi/v1/depth", symbol=SYMBOL, limit=1000)
            await trader.buy("0.5")
            await server.run(START_MS + 70_000)
            events = [one for one in await listener.heard(server) if one["u"] >= snapshot["lastUpdateId"]]
            now = await trader.ask("GET", "/fapi/v1/depth", symbol=SYMBOL, limit=1000)
        first = events[0]
        assert first["U"] <= snapshot["lastUpdateId"] <= first["u"]
        sides = [dict(snapshot["bids"]), dict(snapshot["asks"])]
        before = first["pu"]
        for event in events:
            assert event["pu"] == before
            before = event["u"]
            for side, changes in zip(sides, (event["b"], event["a"]), strict=True):
                side.update(changes)
        kept = [{price: size for price, size in side.items() if size != "0"} for side in sides]
        assert kept == [dict(now["bids"]), dict(now["asks"])]

    at_venue(scene)


def test_no_change_of_the_book_is_told_that_is_none() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/public/ws/simausdt@depth@0ms") as listener:
            await server.run(START_MS + 30_000)
            events = await listener.heard(server)
        assert all(one["b"] or one["a"] for one in events)
        assert all(one["pu"] == before["u"] for before, one in pairwise(events))

    at_venue(scene)


def test_single_trades_are_heard_on_the_public_route() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        async with listening(server, "/public/ws/simausdt@trade") as listener:
            await server.run(START_MS + 8_000)
            frames = await listener.heard(server)
        rest = await trader.ask("GET", "/fapi/v1/trades", symbol=SYMBOL, limit=len(frames))
        assert [(one["t"], one["p"], one["q"], one["T"], one["m"]) for one in frames] == [
            (row["id"], row["price"], row["qty"], row["time"], row["isBuyerMaker"]) for row in rest
        ]
        assert {(one["e"], one["s"], one["X"]) for one in frames} == {("trade", SYMBOL, "MARKET")}

    at_venue(scene)


def test_every_other_stream_speaks_at_its_pace() -> None:
    names = [
        "simausdt@kline_5m",
        "simausdt_perpetual@continuousKline_1m",
        "simausdt@markPrice",
        "simausdt@markPrice@1s",
        "!markPrice@arr@1s",
        "simausdt@ticker",
        "simausdt@miniTicker",
        "!ticker@arr",
        "!miniTicker@arr",
        "!assetIndex@arr",
        "usdtusd@assetIndex",
    ]

    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with (
            listening(server, f"/market/stream?streams={'/'.join(names)}") as market,
            listening(server, "/public/stream?streams=!bookTicker/simausdt@depth5@500ms") as public,
        ):
            await server.run(START_MS + 18_000)
            counts = Counter(frame["stream"] for frame in await market.heard(server))
            frames = await public.heard(server)
        assert counts["simausdt@markPrice"] == 4 + 1
        assert counts["simausdt@markPrice@1s"] == counts["!markPrice@arr@1s"] == 13
        assert counts["simausdt@ticker"] == counts["simausdt@miniTicker"] == 7
        assert set(counts) == set(names)
        assert Counter(one["data"]["s"] for one in frames if one["stream"] == "!bookTicker") == {
            SYMBOL: 3,
            OTHER: 3,
        }
        depth: list[Json] = [one["data"] for one in frames if one["stream"] != "!bookTicker"]
        assert all(len(one["b"]) == len(one["a"]) == 5 for one in depth)

    at_venue(scene)
