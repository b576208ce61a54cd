"""The venue's time: stepped from outside, or running with a factor."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol


class VenueClock(Protocol):
    """Tells the venue's time and waits for it."""

    @property
    def waits_for_clients(self) -> bool:
        """Whether time stands still while a client has not taken its frames."""
        ...

    def now_ms(self) -> int:
        """Tell the venue's time in milliseconds since 1970, UTC."""
        ...

    async def wait_until(self, at_ms: int) -> None:
        """Come back when the venue's time has come to a moment."""
        ...


class SteppedClock:
    """Time jumps from step to step, as fast as the clients take what they are sent."""

    waits_for_clients = True

    def __init__(self, at_ms: int = 0) -> None:
        self._now_ms = at_ms

    def now_ms(self) -> int:
        """Tell the moment of the last step."""
        return self._now_ms

    async def wait_until(self, at_ms: int) -> None:
        """Jump there, after everybody else had a turn."""
        self._now_ms = max(self._now_ms, at_ms)
        await asyncio.sleep(0)


class PacedClock:
    """Time runs `speed` times as fast as a monotonic clock in seconds, from `start_ms` on."""

    waits_for_clients = False

    def __init__(
        self,
        start_ms: int,
        speed: float,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._start_ms = start_ms
        self._speed = speed
        self._monotonic = monotonic
        self._sleep = sleep
        self._started_at = monotonic()

    def now_ms(self) -> int:
        """Tell the time."""
        return self._start_ms + int((self._monotonic() - self._started_at) * self._speed * 1_000)

    async def wait_until(self, at_ms: int) -> None:
        """Sleep until the time has come; never returns without letting others run."""
        left_ms = at_ms - self.now_ms()
        await self._sleep(max(left_ms, 0) / 1_000 / self._speed)
