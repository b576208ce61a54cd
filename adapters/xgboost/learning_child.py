"""The process that learns: a task and samples on its standard input, the answer on its standard output."""

import os
import pickle
import sys
from typing import BinaryIO, Final

from adapters.xgboost.learning_process import Task
from domain.learning.outcome import LabelledSample

_LENGTH_BYTES: Final = 8
_NICENESS: Final = 10


def main() -> None:
    """Do one task, behind everyone else who wants the processor."""
    os.nice(_NICENESS)
    task, samples = _task_from(sys.stdin.buffer)
    reply = pickle.dumps(task.done_with(samples))
    sys.stdout.buffer.write(reply + len(reply).to_bytes(_LENGTH_BYTES))
    sys.stdout.buffer.flush()


def _task_from(pipe: BinaryIO) -> tuple[Task, tuple[LabelledSample, ...]]:
    """Read the task, then samples part by part up to an empty one.

    Raises EOFError when whoever gave the task is gone.
    """
    task: Task = pickle.load(pipe)  # noqa: S301 - from the pipe of the process that started this one
    samples: list[LabelledSample] = []
    while part := pickle.load(pipe):  # noqa: S301 - the same
        samples += part
    return task, tuple(samples)


if __name__ == "__main__":
    main()
