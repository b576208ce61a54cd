"""One main thing, and what has to run as long as it does."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

Result = TypeVar("Result")


async def with_all(main: Coroutine[Any, Any, Result], jobs: Sequence[Coroutine[Any, Any, None]]) -> Result:
    """Do the main thing while others run, and end them with it. Raises whatever goes wrong first."""
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(job) for job in jobs]
            result = await main
            for job in running:
                job.cancel()
    except BaseExceptionGroup as group:
        raise _first_of(group) from None
    return result


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first
