"""Training in a process of its own, so that the market never waits for it."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.trained_model import TrainedModel

_LENGTH_BYTES: Final = 8
_PART: Final = 20
_WORDS: Final = 300
_SURROUNDINGS: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class TrainingProcess:
    """Trains beside the service: a niced process for each order, which knows none of our keys.

    Samples go over a pipe in small parts, so that the loop is never held up for long. A process that
    dies, is killed or takes longer than `longest_s` is told as NotTrained; whoever is cancelled
    while waiting leaves no process behind. `command` is what is started.
    """

    def __init__(self, longest_s: float = 600.0, command: tuple[str, ...] | None = None) -> None:
        self._longest_s = longest_s
        self._command = command or (sys.executable, "-P", "-m", "adapters.xgboost.training_child")

    async def train(self, order: TrainingOrder) -> TrainedModel | NotTrained:
        """Give a model, or say why there is none."""
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=_surroundings()
        )
        try:
            async with asyncio.timeout(self._longest_s):
                return await _answer(process, order)
        except TimeoutError:
            return NotTrained(WhyNotTrained.TOOK_TOO_LONG, f"no model within {self._longest_s:g} s")
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _answer(process: Process, order: TrainingOrder) -> TrainedModel | NotTrained:
    with suppress(ConnectionError):
        await _tell(process, order)
    told = b"" if process.stdout is None else await process.stdout.read()
    status = await process.wait()
    return _read(told, status)


async def _tell(process: Process, order: TrainingOrder) -> None:
    if process.stdin is None:
        return
    for part in _parts(order):
        process.stdin.write(part)
        await process.stdin.drain()
        await asyncio.sleep(0)
    process.stdin.close()


def _parts(order: TrainingOrder) -> Iterator[bytes]:
    yield pickle.dumps(order._replace(samples=()))
    for start in range(0, len(order.samples), _PART):
        yield pickle.dumps(order.samples[start : start + _PART])
    yield pickle.dumps(())


def _read(told: bytes, status: int) -> TrainedModel | NotTrained:
    """Read the reply, which ends with its length; what stands before it was said on the way."""
    length = int.from_bytes(told[-_LENGTH_BYTES:])
    if status != 0 or not 0 < length <= len(told) - _LENGTH_BYTES:
        words = told[-_WORDS:].decode(errors="replace").strip()
        last_line = words.splitlines()[-1] if words else "it said nothing"
        return NotTrained(WhyNotTrained.BROKE_OFF, f"the training process ended with {status}: {last_line}")
    reply = pickle.loads(told[-_LENGTH_BYTES - length : -_LENGTH_BYTES])  # noqa: S301 - our own process wrote it
    if not isinstance(reply, TrainedModel | NotTrained):
        return NotTrained(WhyNotTrained.BROKE_OFF, f"the training process gave a {type(reply).__name__}")
    return reply


def _surroundings() -> dict[str, str]:
    own = {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}
    return own | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
