"""Feeds in virtual time, and what comes out of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

from adapters.binance.candle_rebuilder import TradesUnavailable
from adapters.binance.streams.connectivity import Connectivity, ConnectivityChanged
from adapters.binance.streams.rebuilt_candles import PastTrade
from adapters.binance.surroundings import Surroundings
from adapters.binance.unified_websocket_feed import UnifiedWebSocketFeed

START_MS: Final = 1_795_305_600_000


def surroundings_of_loop(seed: int = 1) -> Surroundings:
    """Time as the running loop tells it, wall time beginning at START_MS."""
    loop = asyncio.get_running_loop()

    def steady_ms() -> int:
        return round(loop.time() * 1_000)

    return Surroundings(lambda: START_MS + steady_ms(), steady_ms, asyncio.sleep, Random(seed))


class Listener:
    """Runs a feed and keeps what it told."""

    def __init__(self, feed: UnifiedWebSocketFeed[Any]) -> None:
        self.told: list[Any] = []
        self._feed = feed

    def states(self) -> list[Connectivity]:
        return [told.now for told in self.told if isinstance(told, ConnectivityChanged)]

    def of(self, *kinds: type) -> list[Any]:
        return [told for told in self.told if isinstance(told, kinds)]

    async def listen(self) -> None:
        async for told in self._feed:
            self.told.append(told)


@asynccontextmanager
async def listening(feed: UnifiedWebSocketFeed[Any]) -> AsyncIterator[Listener]:
    """Run a feed for as long as the context lasts, and end it like a session does."""
    listener = Listener(feed)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(feed.run())
        tasks.create_task(listener.listen())
        try:
            yield listener
        finally:
            running.cancel()


class PastTrades:
    """A history of trades held in a list; `failures` makes it fail so often, `fails_at` at one request."""

    def __init__(self, trades: Sequence[PastTrade] = (), *, page: int = 1_000, weight: int = 2_400) -> None:
        self.trades = list(trades)
        self.asked: list[str] = []
        self.weight = weight
        self.failures = 0
        self.fails_at = 0
        self._page = page

    def spare_weight(self) -> int:
        return self.weight

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> Sequence[PastTrade]:
        self._count(f"{symbol} {from_ms} {until_ms}")
        return [trade for trade in self.trades if from_ms <= trade.at_ms < until_ms][: self._page]

    async def trades_from(self, symbol: str, trade_id: int) -> Sequence[PastTrade]:
        self._count(f"{symbol} #{trade_id}")
        return [trade for trade in self.trades if trade.trade_id >= trade_id][: self._page]

    def _count(self, asked: str) -> None:
        self.asked.append(asked)
        if self.failures or len(self.asked) == self.fails_at:
            self.failures = max(0, self.failures - 1)
            raise TradesUnavailable("asked to fail")
