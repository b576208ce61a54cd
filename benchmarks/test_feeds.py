"""From socket to consumer: kline frames a CPU second on one core, beside what else there is.

The venue runs in a process of its own; what is counted is the CPU time of this one. Divide FRAMES by it.
"""

import asyncio
import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from websockets.asyncio.client import connect

from adapters.binance.candle_rebuilder import TradesUnavailable
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.streams.rebuilt_candles import PastTrade
from adapters.binance.surroundings import Surroundings
from benchmarks.kline_pump import LAST, SYMBOLS
from domain.tape import CandleClosed

FRAMES: Final = 200_000
PUMP: Final = Path(__file__).parent / "kline_pump.py"

# The pump sends all of them to whoever names one in the address: 500 names would not fit into it.
ANY_STREAM: Final = f"{LAST.lower()}@kline_1m"

cpu_time = pytest.mark.benchmark(
    group="klines from the socket", timer=time.process_time, min_rounds=2, max_time=0.1, min_time=0.0001
)


class NoHistory:
    """Nothing is missing on a pumped tape, so nobody asks."""

    def spare_weight(self) -> int:
        return 0

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> list[PastTrade]:
        raise TradesUnavailable(f"{symbol} from {from_ms} to {until_ms}")

    async def trades_from(self, symbol: str, trade_id: int) -> list[PastTrade]:
        raise TradesUnavailable(f"{symbol} from {trade_id}")


@pytest.fixture(scope="module")
def venue() -> Iterator[str]:
    command = [sys.executable, str(PUMP), str(FRAMES)]
    pump = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    assert pump.stdout is not None
    try:
        yield f"ws://127.0.0.1:{int(pump.stdout.readline())}"
    finally:
        pump.kill()
        pump.wait()
        pump.stdout.close()


async def our_feed(url: str) -> int:
    feed = KlineFeed(url, (*SYMBOLS, LAST), NoHistory(), KlineFeedRules(), Surroundings())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(feed.run())
        async for event in feed:
            if isinstance(event, CandleClosed) and event.symbol == LAST:
                break
        running.cancel()
    return feed.counters().frames


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


@cpu_time
def test_our_feed(benchmark: BenchmarkFixture, venue: str) -> None:
    frames = benchmark(lambda: asyncio.run(our_feed(venue)))
    assert frames >= FRAMES


@cpu_time
def test_bare_websockets_and_orjson(benchmark: BenchmarkFixture, venue: str) -> None:
    assert benchmark(lambda: asyncio.run(bare_loop(venue))) == FRAMES


@cpu_time
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_binance(benchmark: BenchmarkFixture, venue: str) -> None:
    assert benchmark(lambda: asyncio.run(python_binance(venue))) == FRAMES
