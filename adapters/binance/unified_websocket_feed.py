"""The one base of all feeds: one heartbeat, one queue, one way back."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, Final, Generic, TypeVar

from adapters.binance.feed_queue import FeedQueue
from adapters.binance.stream_line import FeedRules, StreamLine
from adapters.binance.stream_place import FrameReader, StreamPlace
from adapters.binance.streams.connectivity import Connectivity, LineEvent, worst
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.surroundings import Surroundings

Item = TypeVar("Item")

_ITEMS_A_TURN: Final = 64


class UnifiedWebSocketFeed(Generic[Item]):
    """Streams from any number of connections as one ordered sequence of items.

    Iterate over it while `run` runs; the iteration ends when `run` does. What became of the connections
    comes along as ConnectivityChanged, StreamsSilent and StreamsBack.
    """

    def __init__(
        self,
        name: str,
        places: Sequence[StreamPlace],
        reader: FrameReader[Item],
        rules: FeedRules,
        surroundings: Surroundings,
        *,
        is_in_order: bool = False,
    ) -> None:
        self.name = name
        self._counters = FeedCounters()
        self._surroundings = surroundings
        self._queue: FeedQueue[Item | LineEvent] = FeedQueue(rules.queue_size)
        self._taken = 0
        self._lines = [
            StreamLine(
                name,
                number,
                place,
                reader,
                self._queue,
                self._counters,
                rules,
                surroundings,
                is_in_order=is_in_order,
            )
            for number, place in enumerate(places)
        ]

    @property
    def connectivity(self) -> Connectivity:
        """What the feed is worth right now: as much as its worst connection."""
        return worst(tuple(line.state for line in self._lines))

    @property
    def waiting(self) -> int:
        """How many items wait to be taken."""
        return len(self._queue)

    def counters(self) -> FeedCounters:
        """Give what was counted up to now."""
        self._counters.conflated = self._queue.conflated
        return self._counters

    async def run(self) -> None:
        """Keep every connection alive until cancelled; no task outlives it."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for line in self._lines:
                    tasks.create_task(line.run())
                for duty in self._duties():
                    tasks.create_task(duty)
        finally:
            self._queue.close()

    def take_now(self) -> Item | LineEvent | None:
        """Give the oldest item, None while none waits."""
        return self._queue.take_now() if len(self._queue) else None

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever an item has come."""
        self._queue.wake(sleeper)

    def __aiter__(self) -> AsyncIterator[Item | LineEvent]:
        return self

    async def __anext__(self) -> Item | LineEvent:
        self._taken += 1
        if self._taken % _ITEMS_A_TURN == 0:
            await self._surroundings.sleep(0)
        try:
            return await self._queue.take()
        except EOFError:
            raise StopAsyncIteration from None

    def _duties(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Give what else has to be done while the feed runs."""
        return ()
