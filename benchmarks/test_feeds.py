"""From socket to desk: kline frames a CPU second on one core, beside what else there is.

The venue runs in a process of its own; what is counted is the CPU time of this one. Divide FRAMES by it.
"""

import asyncio
import importlib
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import orjson
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from websockets.asyncio.client import connect

from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.surroundings import Surroundings
from benchmarks.kline_pump import FRAMES_A_BAR, LAST, SYMBOLS
from benchmarks.live_desk import LOOPS, LiveDesk, NoHistory, pumping, runner_on
from domain.tape import CandleClosed

FRAMES: Final = 200_000

# The pump sends all of them to whoever names one in the address: 500 names would not fit into it.
ANY_STREAM: Final = f"{LAST.lower()}@kline_1m"

cpu_time = pytest.mark.benchmark(
    group="klines from the socket", timer=time.process_time, min_rounds=2, max_time=0.1, min_time=0.0001
)


@pytest.fixture(scope="module")
def venue() -> Iterator[str]:
    with pumping("kline_pump", FRAMES) as url:
        yield url


async def our_feed(url: str) -> int:
    feed = KlineFeed(url, (*SYMBOLS, LAST), NoHistory(), KlineFeedRules(), Surroundings())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(feed.run())
        async for event in feed:
            if isinstance(event, CandleClosed) and event.symbol == LAST:
                break
        running.cancel()
    return feed.counters().frames


async def our_desk(url: str) -> int:
    live = LiveDesk(url, symbols=(*SYMBOLS, LAST))
    tally = await live.run()
    assert tally.candles == 1 + (FRAMES - 1) // len(SYMBOLS) // FRAMES_A_BAR * len(SYMBOLS)
    return live.klines.counters().frames


async def bare_loop(url: str) -> int:
    """What the two libraries cost by themselves: no queue, no types, no order, no way back."""
    count = 0
    address = f"{url}/market/stream?streams={ANY_STREAM}"
    async with connect(address, compression=None, max_queue=1024, proxy=None) as socket:
        while True:
            frame = orjson.loads(await socket.recv(decode=False))
            count += 1
            bar = frame["data"]["k"]
            if bar["x"] and bar["s"] == LAST:
                return count


async def python_binance(url: str) -> int:
    binance = importlib.import_module("binance")
    binance.BinanceSocketManager.FSTREAM_URL = f"{url}/"
    client = binance.AsyncClient("key", "secret")
    manager = binance.BinanceSocketManager(client, max_queue_size=10 * FRAMES)
    count = 0
    try:
        async with manager.futures_multiplex_socket([ANY_STREAM]) as socket:
            while True:
                frame = await socket.recv()
                count += 1
                bar = frame["data"]["k"]
                if bar["x"] and bar["s"] == LAST:
                    return count
    finally:
        await client.close_connection()


def on(loop: str, reads: Callable[[str], Coroutine[Any, Any, int]], url: str) -> int:
    with runner_on(loop) as runner:
        return runner.run(reads(url))


@cpu_time
@pytest.mark.parametrize("loop", LOOPS)
def test_our_feed_tape_and_desk(benchmark: BenchmarkFixture, venue: str, loop: str) -> None:
    assert benchmark(on, loop, our_desk, venue) >= FRAMES


@cpu_time
@pytest.mark.parametrize("loop", LOOPS)
def test_our_feed(benchmark: BenchmarkFixture, venue: str, loop: str) -> None:
    assert benchmark(on, loop, our_feed, venue) >= FRAMES


@cpu_time
@pytest.mark.parametrize("loop", LOOPS)
def test_bare_websockets_and_orjson(benchmark: BenchmarkFixture, venue: str, loop: str) -> None:
    assert benchmark(on, loop, bare_loop, venue) == FRAMES


@cpu_time
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_binance(benchmark: BenchmarkFixture, venue: str, loop: str) -> None:
    assert benchmark(on, loop, python_binance, venue) == FRAMES
