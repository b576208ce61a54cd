"""Learning in a process of its own, so that the market never waits for it."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final, Protocol

from domain.learning.outcome import LabelledSample

_LENGTH_BYTES: Final = 8
_PART: Final = 20
_WORDS: Final = 300
_SURROUNDINGS: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

CHILD: Final = (sys.executable, "-P", "-m", "adapters.xgboost.learning_child")


class Task(Protocol):
    """What the process is asked for; both it and its answer can be pickled."""

    def done_with(self, samples: tuple[LabelledSample, ...]) -> object:
        """Give the answer. Called in the process."""
        ...


class BrokeOff(Exception):
    """No process began, or it ended without an answer that can be read; its last words."""


class LearningProcess:
    """A niced process for each task, which knows none of our keys.

    Samples are drawn and go over a pipe in small parts, so that the loop is never held up for long. Whoever
    is cancelled while waiting leaves no process behind. `command` is what is started.
    """

    def __init__(self, longest_s: float, command: tuple[str, ...] = CHILD) -> None:
        self.longest_s = longest_s
        self._command = command

    async def answer(self, task: Task, samples: Iterable[LabelledSample]) -> object:
        """Give the answer to a task. Raises BrokeOff, and TimeoutError after `longest_s`."""
        process = await self._started()
        try:
            async with asyncio.timeout(self.longest_s):
                with suppress(ConnectionError):
                    await _tell(process, task, samples)
                told = b"" if process.stdout is None else await process.stdout.read()
                return _read(told, await process.wait())
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _started(self) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=_surroundings()
            )
        except OSError as refused:
            raise BrokeOff(f"no process could be started: {refused.strerror}") from refused


async def _tell(process: Process, task: Task, samples: Iterable[LabelledSample]) -> None:
    if process.stdin is None:
        return
    for part in _parts(task, samples):
        process.stdin.write(part)
        await process.stdin.drain()
        await asyncio.sleep(0)
    process.stdin.close()


def _parts(task: Task, samples: Iterable[LabelledSample]) -> Iterator[bytes]:
    yield pickle.dumps(task)
    left = iter(samples)
    while part := tuple(islice(left, _PART)):
        yield pickle.dumps(part)
    yield pickle.dumps(())


def _read(told: bytes, status: int) -> object:
    """Read the reply, which ends with its length; what stands before it was said on the way."""
    length = int.from_bytes(told[-_LENGTH_BYTES:])
    if status != 0 or not 0 < length <= len(told) - _LENGTH_BYTES:
        words = told[-_WORDS:].decode(errors="replace").strip()
        last_line = words.splitlines()[-1] if words else "it said nothing"
        raise BrokeOff(f"the learning process ended with {status}: {last_line}")
    reply: object = pickle.loads(told[-_LENGTH_BYTES - length : -_LENGTH_BYTES])  # noqa: S301 - our own process wrote it
    return reply


def _surroundings() -> dict[str, str]:
    own = {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}
    return own | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
