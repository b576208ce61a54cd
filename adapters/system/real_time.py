"""The loop of sessions and venues that run in real time."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from adapters.system.stop_signal import Stopped

Result = TypeVar("Result")

if sys.platform != "win32":
    import uvloop

    new_real_time_loop: Final[Callable[[], asyncio.AbstractEventLoop]] = uvloop.new_event_loop
else:
    new_real_time_loop: Final[Callable[[], asyncio.AbstractEventLoop]] = asyncio.new_event_loop


class RealTimeRunner:
    """Runs one coroutine after the other on one loop: uvloop, or asyncio's own where there is none.

    A request to end that nobody on the loop waits for breaks the coroutine off, whatever the loop was at.
    """

    def __init__(self, new_loop: Callable[[], asyncio.AbstractEventLoop] = new_real_time_loop) -> None:
        self._runner = asyncio.Runner(loop_factory=new_loop)

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.__exit__(kind, error, trace)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Give what the coroutine gives. Raises what it raises, and Stopped."""
        return self._runner.run(_until_stopped(work))


def run_in_real_time(work: Coroutine[Any, Any, Result]) -> Result:
    """Give what the coroutine gives. Raises what it raises, and Stopped."""
    with RealTimeRunner() as runner:
        return runner.run(work)


async def _until_stopped(work: Coroutine[Any, Any, Result]) -> Result:
    """Cancel the work when Stopped is raised where the loop would only write it down.

    asyncio does so inside callbacks, uvloop also while it waits for sockets.
    """
    task, asked = asyncio.current_task(), list[Stopped]()

    def heed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if task is None or not isinstance(error, Stopped):
            loop.default_exception_handler(context)
            return
        asked.append(error)
        task.cancel()

    asyncio.get_running_loop().set_exception_handler(heed)
    try:
        return await work
    except asyncio.CancelledError:
        if asked:
            raise asked[0] from None
        raise
