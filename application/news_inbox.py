"""News that somebody else puts down for the tape."""

import asyncio
from collections import deque
from collections.abc import AsyncIterable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class NewsInbox(Generic[Item]):
    """First in, first out; whoever sleeps until there is something is woken."""

    def __init__(self) -> None:
        self._news: deque[Item] = deque()
        self._sleeper: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._news)

    def put(self, item: Item) -> None:
        """Put one piece of news down."""
        self._news.append(item)
        if self._sleeper is not None:
            self._sleeper.set()

    def take_now(self) -> Item | None:
        """Give the oldest piece of news, None while none waits."""
        return self._news.popleft() if self._news else None

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever news have come."""
        self._sleeper = sleeper

    async def follow(self, news: AsyncIterable[Item]) -> None:
        """Put down everything that comes from there, until it ends; whoever calls this owns the waiting."""
        async for item in news:
            self.put(item)
