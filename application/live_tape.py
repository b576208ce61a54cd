"""The one tape of a live session: account, market and time, merged into one order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from application.ports.tape_source import TapeSource
from domain.allowed_range import require_above_zero, require_within
from domain.tape import Event, SessionEnding, SessionOpened, SessionResumed, TimePassed

_EVENTS_A_TURN: Final = 64
_MS_A_SECOND: Final = 1_000.0


class Time(Protocol):
    """Whoever tells the time."""

    def now_ms(self) -> int:
        """Tell the time in milliseconds since 1970, UTC."""
        ...


class Desk(Protocol):
    """Whoever trades on the tape."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is held, planned or on its way."""
        ...


@dataclass(frozen=True, slots=True)
class LiveTapeRules:
    """How often time is told, and how long a session that ends may take, both on the tape's clock.

    `speed` is how many seconds pass on that clock in one of ours. Raises ValueError for numbers that
    make no sense.
    """

    tick_ms: int = 1_000
    longest_ending_ms: int = 60_000
    speed: float = 1.0

    def __post_init__(self) -> None:
        require_within("tick_ms", self.tick_ms, 1)
        require_within("longest_ending_ms", self.longest_ending_ms, 0)
        require_above_zero("speed", self.speed)


class LiveTape:
    """Gives what waits: first of the account, then that time passed, then of the market, source by source.

    The tape begins with the account; the market waits for SessionOpened, or for SessionResumed and the
    news that came with it. Time never runs backwards: what is older than the tape is told at the tape's
    time. After `stop` it says SessionEnding and goes on with account and time until the desk is idle, or
    the limit has passed. Read it once.
    """

    def __init__(
        self,
        account: Sequence[TapeSource[Event]],
        market: Sequence[TapeSource[Event]],
        clock: Time,
        desk: Desk,
        rules: LiveTapeRules,
    ) -> None:
        self._account = tuple(account)
        self._market = tuple(market)
        self._clock = clock
        self._desk = desk
        self._rules = rules
        self._woken = asyncio.Event()
        self._told = 0
        self._tape_ms = 0
        self._tick_due_ms = 0
        self._is_open = False
        self._is_stopped = False
        self._ending_since_ms: int | None = None
        for source in (*account, *market):
            source.wake(self._woken)

    def stop(self) -> None:
        """Let the session end; asked twice it ends once."""
        self._is_stopped = True
        self._woken.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        self._told += 1
        if self._told % _EVENTS_A_TURN == 0:
            await asyncio.sleep(0)
        while True:
            now_ms = self._clock.now_ms()
            event = self._next(now_ms)
            if event is not None:
                return self._stamped(event)
            if self._is_over(now_ms):
                raise StopAsyncIteration
            await self._something(now_ms)

    def _next(self, now_ms: int) -> Event | None:
        event = _first_of(self._account)
        if event is not None:
            self._note(event, now_ms)
            return event
        if not self._is_open:
            return None
        if self._is_stopped and self._ending_since_ms is None:
            self._ending_since_ms = now_ms
            return SessionEnding(now_ms)
        if now_ms >= self._tick_due_ms:
            self._tick_due_ms = now_ms + self._rules.tick_ms
            return TimePassed(now_ms)
        return None if self._is_stopped else _first_of(self._market)

    def _note(self, event: Event, now_ms: int) -> None:
        if isinstance(event, SessionOpened):
            self._is_open = True
            self._tick_due_ms = now_ms + self._rules.tick_ms
        elif isinstance(event, SessionResumed):
            self._is_open = True
            self._tick_due_ms = now_ms

    def _stamped(self, event: Event) -> Event:
        if event.at_ms < self._tape_ms:
            return event._replace(at_ms=self._tape_ms)
        self._tape_ms = event.at_ms
        return event

    def _is_over(self, now_ms: int) -> bool:
        if not self._is_stopped:
            return False
        since_ms = self._ending_since_ms
        if since_ms is None or self._desk.is_idle:
            return True
        return now_ms - since_ms >= self._rules.longest_ending_ms

    async def _something(self, now_ms: int) -> None:
        """Sleep until there are news, or it is time to tell the time."""
        self._woken.clear()
        left_ms = max(0, self._tick_due_ms - now_ms) if self._is_open else None
        wait_s = None if left_ms is None else left_ms / _MS_A_SECOND / self._rules.speed
        try:
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        except TimeoutError:
            return


def _first_of(sources: Sequence[TapeSource[Event]]) -> Event | None:
    for source in sources:
        event = source.take_now()
        if event is not None:
            return event
    return None
