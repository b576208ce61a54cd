"""The server itself: where it listens, how it ends, and what slow clients do to it."""

import asyncio
import random
import time

import aiohttp
import websockets
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.venue.endpoints import ENDPOINTS
from adapters.venue.request_limits import Limits
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import START_MS, SYMBOL, Trader, at_venue, listening, trading, venue_of

EVERYTHING = "/market/stream?streams=simausdt@kline_1m/simausdt@aggTrade/!markPrice@arr@1s"
WORDS = st.sampled_from(
    [SYMBOL, "BUY", "LIMIT", "true", "0.010", "60000", "-1", "NaN", "[]", "[null]", "9" * 25, "é"]
)
NAMES = ("symbol", "side", "type", "quantity", "price", "timeInForce", "batchOrders", "limit", "triggerPrice")


def test_it_listens_on_loopback_on_a_free_port_and_is_gone_afterwards() -> None:
    async def main() -> None:
        async with VenueServer(venue_of()) as server, aiohttp.ClientSession() as session:
            assert server.rest_url.startswith("http://127.0.0.1:")
            async with session.get(f"{server.rest_url}/fapi/v1/ping") as answer:
                assert answer.status == 200
            url = server.rest_url
            line = await websockets.connect(f"{server.stream_url}/market/ws")
        await line.wait_closed()
        try:
            await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        except OSError:
            return
        raise AssertionError("somebody still listens")

    asyncio.run(main())


def test_nothing_runs_beside_the_server_but_its_connections() -> None:
    async def main() -> None:
        before = asyncio.all_tasks()
        async with VenueServer(venue_of()):
            assert asyncio.all_tasks() == before
        assert asyncio.all_tasks() == before

    asyncio.run(main())


def test_the_tape_ends_and_so_does_the_market() -> None:
    async def main() -> None:
        venue = venue_of(step_ms=15_000)
        async with trading(venue, minutes=700) as (server, _):
            assert venue.is_over
            assert venue.next_moment() is None
            await server.run()

    asyncio.run(main())


def test_a_stepped_market_loses_nothing_however_slow_the_client() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with listening(server, "/market/ws/simausdt@aggTrade") as listener:
            await server.run(START_MS + 20 * MINUTE_MS)
            numbers = [frame["a"] for frame in await listener.heard(server)]
        assert len(numbers) > 4_000
        assert len(numbers) == len(set(numbers))
        assert numbers == sorted(numbers)

    at_venue(scene)


def test_a_paced_market_drops_a_client_that_does_not_read() -> None:
    settings_ = VenueSettings(send_buffer=65_536)
    clock = PacedClock(START_MS, 100_000.0, time.monotonic)

    async def main() -> None:
        async with VenueServer(venue_of(clock=clock, settings=settings_)) as server:
            host, _, port = server.address.partition(":")
            reader, writer = await asyncio.open_connection(host, int(port), limit=1_024)
            writer.write(
                f"GET {EVERYTHING} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.wait_for(server.run(START_MS + 200 * MINUTE_MS), 25)
            assert server.venue.streams.sockets == []
            writer.close()

    asyncio.run(main())


@settings(max_examples=15)
@given(st.integers(0, 10**9), st.dictionaries(st.sampled_from(NAMES), WORDS))
def test_whatever_is_asked_is_answered_and_never_with_a_crash(seed: int, params: dict[str, str]) -> None:
    limits = Limits(weight_per_minute=10**9)

    async def scene(_server: VenueServer, trader: Trader) -> None:
        paths = random.Random(seed).sample(sorted(ENDPOINTS), 12)
        for method, path in paths:
            await trader.signed(method, path, **params)
            assert trader.status != 500, (method, path, params)

    at_venue(scene, venue_of(settings=VenueSettings(limits=limits)))


def test_the_end_is_said_on_every_line() -> None:
    async def scene() -> None:
        async with VenueServer(venue_of()) as server:
            urls = (f"{server.stream_url}/market/ws", f"{server.stream_url}/private/ws/x", server.ws_api_url)
            lines = [await websockets.connect(url, compression=None) for url in urls]
        for line in lines:
            await asyncio.wait_for(line.wait_closed(), 2)
        assert [line.close_code for line in lines] == [1001, 1001, 1001]

    asyncio.run(scene())
