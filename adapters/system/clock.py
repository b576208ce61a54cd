"""The two clocks: the tape's and the wall's."""

import time
from collections.abc import Callable

from domain.halt import TradingHalt


class WallClock:
    """The time of this machine; events do not move it."""

    def advance_to(self, at_ms: int) -> None:
        """Ignore the event's moment: live, time passes by itself."""

    def now_ms(self) -> int:
        """Tell the time in milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000


class TapeClock:
    """The time of the last event; it stands still between two."""

    def __init__(self, at_ms: int = 0) -> None:
        self._now_ms = at_ms

    def advance_to(self, at_ms: int) -> None:
        """Move to an event's moment. Raises TradingHalt when that lies in the past."""
        if at_ms < self._now_ms:
            raise TradingHalt(f"the tape went back in time, from {self._now_ms} to {at_ms} ms")
        self._now_ms = at_ms

    def now_ms(self) -> int:
        """Tell the moment of the last event in milliseconds since 1970, UTC."""
        return self._now_ms


class RunningClock:
    """Time that runs from a moment on, as somebody's seconds pass; events do not move it."""

    def __init__(self, start_ms: int, elapsed_s: Callable[[], float]) -> None:
        self._start_ms = start_ms
        self._elapsed_s = elapsed_s
        self._began_s = elapsed_s()

    def advance_to(self, at_ms: int) -> None:
        """Ignore the event's moment."""

    def now_ms(self) -> int:
        """Tell the time in milliseconds since 1970, UTC."""
        return self._start_ms + round((self._elapsed_s() - self._began_s) * 1_000)
