"""Whoever looks over the desk's shoulder: takes lessons down as they come, and works on them in between."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from application.decision import Decision
from application.learning_cycle import LearningCycle
from application.live_tape import Time
from application.news_inbox import NewsInbox
from application.ports.feed import Feed
from application.ports.sample_book import Lessons
from application.ports.trade_store import StoreFailed
from application.shadow_desk import ShadowDesk
from domain.learning.drift import DriftState
from domain.market.timeframe import MINUTE_MS
from domain.tape import ChampionChanged, Event, SessionOpened, TimePassed

_LOOK_UP_MS: Final = MINUTE_MS
"""How long it may take until a store that is well again, or a step by somebody's hand, is noticed."""

_WRITTEN_AT_ONCE: Final = 100


class _Seat(NamedTuple):
    """Who the desk believes, and how far."""

    model_id: str | None = None
    drift: DriftState = DriftState.STEADY


class Learner:
    """Follows a session event by event; what it changes on the champion's seat comes back on the tape.

    A store that is down delays lessons and whatever would follow from them; it is tried again with the next
    lesson, after a minute of the tape, and when the session ends. Before work begins, while a session is
    decided again, lessons are written many at a time: its journal has them anyway.
    """

    def __init__(self, shadows: ShadowDesk, cycle: LearningCycle) -> None:
        self._shadows = shadows
        self._cycle = cycle
        self._unwritten: deque[Lessons] = deque()
        self._seat = _Seat()
        self._has_work = asyncio.Event()
        self._writing = asyncio.Lock()
        self._look_up_at_ms = 0
        self._is_at_work = False
        self.failed_writes = 0

    async def follow(self, event: Event, decision: Decision) -> None:
        """Take in an event and the desk's decision on it."""
        if isinstance(event, ChampionChanged):
            self._seat = _seat_of(event)
        lessons = self._shadows.on_event(event, decision)
        if lessons is not None:
            self._unwritten.append(lessons)
            is_wanted = self._is_at_work or len(self._unwritten) >= _WRITTEN_AT_ONCE
            if is_wanted and await self._write_down() and self._cycle.is_due:
                self._has_work.set()
        if isinstance(event, TimePassed) and event.at_ms >= self._look_up_at_ms:
            self._look_up_at_ms = event.at_ms + _LOOK_UP_MS
            self._has_work.set()

    async def run(self, news: NewsInbox[Event], clock: Time) -> None:
        """Work whenever there is something to do, and put down what changed; ends when it is cancelled."""
        self._is_at_work = True
        seat = await self._seat_to_tell(clock.now_ms())
        if seat is not None:
            news.put(seat)
        try:
            while True:
                for change in await self._step(clock.now_ms()):
                    news.put(change)
                await self._has_work.wait()
                self._has_work.clear()
        finally:
            await self._write_down()

    async def beside(self, feed: Feed) -> AsyncIterator[Event]:
        """Give the events of a simulated tape, and work in between while its time stands still."""
        self._is_at_work = True
        async for event in feed:
            yield event
            if isinstance(event, SessionOpened):
                seat = await self._seat_to_tell(event.at_ms)
                if seat is not None:
                    yield seat
            if self._has_work.is_set():
                self._has_work.clear()
                for change in await self._step(event.at_ms):
                    yield change
        await self._write_down()

    async def _step(self, now_ms: int) -> list[ChampionChanged]:
        """Give what changed on the seat, by learning or by somebody's hand."""
        if not await self._write_down():
            return []
        try:
            changes = await self._cycle.step(now_ms)
            by_hand = None if changes else await self._seat_to_tell(now_ms)
        except StoreFailed:
            self.failed_writes += 1
            return []
        if by_hand is not None:
            return [by_hand]
        for change in changes:
            self._seat = _seat_of(change)
        return changes

    async def _seat_to_tell(self, now_ms: int) -> ChampionChanged | None:
        """Give who sits on the seat unless the desk was told; a seat that cannot be read is told later."""
        history = self._cycle.history
        champion = history.roster.champion
        sits = _Seat() if champion is None else _Seat(champion, history.drift)
        if sits == self._seat:
            return None
        try:
            seat = await self._cycle.seat(now_ms)
        except StoreFailed:
            self.failed_writes += 1
            return None
        self._seat = sits
        return seat

    async def _write_down(self) -> bool:
        """Write down what is not yet, and tell whether nothing is left."""
        async with self._writing:
            try:
                while self._unwritten:
                    part = tuple(islice(self._unwritten, _WRITTEN_AT_ONCE))
                    await self._cycle.take(_together(part))
                    for _ in part:
                        self._unwritten.popleft()
                    if self._unwritten:
                        await asyncio.sleep(0)
            except StoreFailed:
                self.failed_writes += 1
            return not self._unwritten


def _together(lessons: Sequence[Lessons]) -> Lessons:
    if len(lessons) == 1:
        return lessons[0]
    return Lessons(
        samples=tuple(sample for one in lessons for sample in one.samples),
        outcomes=tuple(outcome for one in lessons for outcome in one.outcomes),
        closed_trades=tuple(trade for one in lessons for trade in one.closed_trades),
    )


def _seat_of(change: ChampionChanged) -> _Seat:
    if change.model is None:
        return _Seat()
    return _Seat(change.model.record.model_id, change.drift)
