"""A tape on which champions change at moments that are known beforehand."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Protocol

from application.market_minutes import Holder, Stillness
from application.ports.feed import Feed
from domain.market.timeframe import MINUTE_MS
from domain.tape import ChampionChanged, Event, SessionOpened


class SparingFeed(Feed, Protocol):
    """A feed that passes over what its reader says it would do nothing about."""

    def spare(self, holder: Holder) -> None:
        """Ask this one."""
        ...


class AppointedFeed:
    """Gives another feed's events, and each change of champion before the first event of a later moment.

    Nothing changes before the session has opened or after the last event; read it once. Whoever comes to
    the seat may think otherwise of what is held, so no candle is passed over around that moment.
    """

    def __init__(
        self, feed: SparingFeed, changes: Sequence[ChampionChanged], step_ms: int = MINUTE_MS
    ) -> None:
        """Take changes in the order of their time; `step_ms` is the length of the candles told."""
        self._feed = feed
        self._changes = changes
        self._step_ms = step_ms
        self._place = 0
        self._last_ms = 0
        self._next_ms = self._due_ms()
        self._holder: Holder | None = None

    def spare(self, holder: Holder) -> None:
        """Pass over what its reader says it would do nothing about, but for the minutes of a change."""
        self._holder = holder
        self._feed.spare(self)

    @property
    def stillness(self) -> Stillness | None:
        """Tell between which prices the reader will do nothing; none where a change is near."""
        still = None if self._holder is None else self._holder.stillness
        if still is None or self._next_ms is None:
            return still
        quiet_until_ms = self._next_ms - self._step_ms
        if self._last_ms >= quiet_until_ms:
            return None
        return still._replace(until_ms=min(still.until_ms, quiet_until_ms))

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        async for event in self._feed:
            if self._next_ms is not None and event.at_ms > self._next_ms and type(event) is not SessionOpened:
                for change in self._due_before(event.at_ms):
                    yield change
            self._last_ms = event.at_ms
            yield event

    def _due_before(self, at_ms: int) -> Iterator[ChampionChanged]:
        last_ms = self._last_ms
        while self._next_ms is not None and self._next_ms < at_ms:
            change = self._changes[self._place]
            self._place += 1
            self._next_ms = self._due_ms()
            yield change._replace(at_ms=max(change.at_ms, last_ms))

    def _due_ms(self) -> int | None:
        return self._changes[self._place].at_ms if self._place < len(self._changes) else None
