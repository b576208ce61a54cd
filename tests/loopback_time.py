"""An event loop whose time jumps, over real sockets: it moves on only when the kernel has nothing left."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tests.virtual_time import Stuck

Result = TypeVar("Result")

_SETTLED_S = 0.0003
_STUCK_S = 3.0


class _PatientSelector(selectors.SelectSelector):
    """Waits for what is on its way through the kernel before it moves the clock to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or timeout == 0:
            return ready
        ready = super().select(_STUCK_S if timeout is None else _SETTLED_S)
        if ready:
            return ready
        if timeout is None:
            raise Stuck("nothing is ready and no timer is set")
        self.now_s += max(timeout, 0.0)
        return []


class LoopbackTimeLoop(asyncio.SelectorEventLoop):
    """Use it through `run`."""

    def __init__(self) -> None:
        self._patient = _PatientSelector()
        super().__init__(self._patient)

    def time(self) -> float:
        return self._patient.now_s


def run(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end; its time begins at zero."""
    with asyncio.Runner(loop_factory=LoopbackTimeLoop) as runner:
        return runner.run(main())
