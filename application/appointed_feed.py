"""A tape on which champions change at moments that are known beforehand."""

from collections.abc import AsyncIterator, Iterator, Sequence

from application.ports.feed import Feed
from domain.tape import ChampionChanged, Event, SessionOpened


class AppointedFeed:
    """Gives another feed's events, and each change of champion before the first event of a later moment.

    Nothing changes before the session has opened or after the last event; read it once.
    """

    def __init__(self, feed: Feed, changes: Sequence[ChampionChanged]) -> None:
        """Take changes in the order of their time."""
        self._feed = feed
        self._changes = changes
        self._place = 0
        self._next_ms = self._due_ms()

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        last_ms = 0
        async for event in self._feed:
            if self._next_ms is not None and event.at_ms > self._next_ms and type(event) is not SessionOpened:
                for change in self._due_before(event.at_ms, last_ms):
                    yield change
            last_ms = event.at_ms
            yield event

    def _due_before(self, at_ms: int, last_ms: int) -> Iterator[ChampionChanged]:
        while self._next_ms is not None and self._next_ms < at_ms:
            change = self._changes[self._place]
            self._place += 1
            self._next_ms = self._due_ms()
            yield change._replace(at_ms=max(change.at_ms, last_ms))

    def _due_ms(self) -> int | None:
        return self._changes[self._place].at_ms if self._place < len(self._changes) else None
