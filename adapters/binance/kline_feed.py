"""Closed candles, each once and in order."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.binance.candle_rebuilder import CandleRebuilder, HoleLost, RebuildRules, TradeHistory
from adapters.binance.hole_order import HoleOrder, HoleTurn, NothingAtStake, Stakes
from adapters.binance.kline_reader import KlineReader
from adapters.binance.stream_line import FeedRules
from adapters.binance.stream_place import MarketPlace
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.streams.hole_watch import CandleEvent, CandleRebuilt, WarmUpNeeded
from adapters.binance.surroundings import Surroundings
from adapters.binance.unified_websocket_feed import UnifiedWebSocketFeed
from adapters.binance.wire.stream_name import kline_stream
from adapters.binance.wire.stream_route import (
    MOST_STREAMS_A_CONNECTION,
    connections_for,
    stream_url,
)
from domain.market.candle import Candle


@dataclass(frozen=True, slots=True)
class KlineFeedRules:
    """Every number of the feed of candles."""

    timeframe: str = "1m"
    streams_a_connection: int = MOST_STREAMS_A_CONNECTION
    feed: FeedRules = field(default_factory=FeedRules)
    rebuild: RebuildRules = field(default_factory=RebuildRules)


class KlineFeed(UnifiedWebSocketFeed[CandleEvent]):
    """CandleClosed for every candle, CandleRebuilt for those that never came, WarmUpNeeded for lost ones.

    `last` continues a history that was read before: what is missing since then is a hole like any other.
    Holes are filled side by side, first where something is at stake. Candles behind a hole wait for it, so
    that `at_ms` may lie minutes back; the order within a symbol is always right.
    """

    def __init__(
        self,
        base_url: str,
        symbols: Iterable[str],
        history: TradeHistory,
        rules: KlineFeedRules,
        surroundings: Surroundings,
        last: Mapping[str, Candle] | None = None,
        stakes: Stakes | None = None,
    ) -> None:
        names = tuple(symbols)
        streams = (kline_stream(symbol, rules.timeframe) for symbol in names)
        self._reader = KlineReader(names, rules.timeframe, last or {})
        self._rebuilder = CandleRebuilder(history, self._reader.step_ms, rules.rebuild, surroundings)
        self._order = HoleOrder(
            stakes or NothingAtStake(), rules.rebuild.patience_ms, rules.rebuild.most_at_once
        )
        places = [
            MarketPlace(stream_url(base_url, connection.route), connection.streams)
            for connection in connections_for(streams, rules.streams_a_connection)
        ]
        super().__init__("klines", places, self._reader, rules.feed, surroundings)

    def counters(self) -> FeedCounters:
        """Give what was counted up to now."""
        counters = super().counters()
        self._reader.count_into(counters)
        return counters

    def _duties(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (self._fill_holes(),)

    async def _fill_holes(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._surroundings.sleep(1.0)
                while (turn := self._next_turn()) is not None:
                    tasks.create_task(self._fill_from(turn))

    def _next_turn(self) -> HoleTurn | None:
        now_ms = self._surroundings.steady_ms()
        self._order.notice(self._reader.holes(), now_ms)
        return self._order.begin(now_ms)

    async def _fill_from(self, first: HoleTurn) -> None:
        """Fill one hole after the other, until none is due."""
        turn: HoleTurn | None = first
        while turn is not None:
            await self._fill(turn)
            self._order.end(turn)
            turn = self._next_turn()

    async def _fill(self, turn: HoleTurn) -> None:
        self._counters.holes += 1
        hole = turn.hole
        rebuilt = await self._rebuilder.rebuild(hole, is_first=turn.is_first)
        if isinstance(rebuilt, HoleLost):
            await self._tell(self._reader.gave_up(hole, rebuilt.reason))
        else:
            await self._tell(self._reader.filled(hole, rebuilt))

    async def _tell(self, events: Sequence[CandleEvent]) -> None:
        for event in events:
            self._counters.events += 1
            self._counters.rebuilt += isinstance(event, CandleRebuilt)
            self._counters.given_up += isinstance(event, WarmUpNeeded)
            self._queue.put(event)
        await self._queue.room()
