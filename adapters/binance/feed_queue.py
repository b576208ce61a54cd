"""The one queue of a feed: sockets put in, the desk takes out."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from adapters.binance.streams.conflating_queue import QUEUE_SIZE, ConflatingQueue

Item = TypeVar("Item")


class FeedQueue(Generic[Item]):
    """Never refuses what must not be lost: what does not fit waits outside, and so must its reader."""

    def __init__(self, size: int = QUEUE_SIZE) -> None:
        self._queue = ConflatingQueue[Item](size)
        self._outside: deque[tuple[Item, str | None]] = deque()
        self._something = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._is_closed = False
        self._sleeper: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._queue) + len(self._outside)

    @property
    def conflated(self) -> int:
        """How many superseded items were given up."""
        return self._queue.conflated

    @property
    def is_full(self) -> bool:
        """Whether something waits outside; a reader then awaits `room` before it reads on."""
        return bool(self._outside)

    def put(self, item: Item, key: str | None = None) -> None:
        """Take an item in; one with a key may later be superseded by another with the same key."""
        if self._outside or not self._queue.offer(item, key):
            self._outside.append((item, key))
            self._room.clear()
        self._stir()

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever something is put in."""
        self._sleeper = sleeper

    async def room(self) -> None:
        """Wait until nothing waits outside."""
        await self._room.wait()

    def take_now(self) -> Item:
        """Give the oldest item. Raises IndexError when there is none."""
        item = self._queue.take()
        if self._outside:
            self._let_in()
        return item

    async def take(self) -> Item:
        """Wait for the oldest item. Raises EOFError when the queue is closed and empty."""
        while not len(self._queue):
            if self._is_closed:
                raise EOFError
            self._something.clear()
            await self._something.wait()
        return self.take_now()

    def close(self) -> None:
        """Let nobody wait any more; what is in it may still be taken."""
        self._is_closed = True
        self._stir()

    def _stir(self) -> None:
        self._something.set()
        if self._sleeper is not None:
            self._sleeper.set()

    def _let_in(self) -> None:
        while self._outside and self._queue.offer(*self._outside[0]):
            self._outside.popleft()
        if not self._outside:
            self._room.set()
