"""An event loop on which time runs faster than in the world; two processes may share its clock."""

import asyncio
import selectors
import time
from collections.abc import Callable


class _HurriedSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._speed)


class HurriedLoop(asyncio.SelectorEventLoop):
    """Its time is zero at a moment of the system's monotonic clock, and goes so many times faster."""

    def __init__(self, speed: float, began_s: float) -> None:
        self._speed = speed
        self._began_s = began_s
        super().__init__(_HurriedSelector(speed))

    def time(self) -> float:
        return (time.monotonic() - self._began_s) * self._speed


def hurried(speed: float, began_s: float) -> Callable[[], HurriedLoop]:
    """Give what makes such loops."""
    return lambda: HurriedLoop(speed, began_s)
