"""The process that trains: an order on its standard input, a model on its standard output."""

import os
import pickle
import sys
from typing import BinaryIO, Final

from adapters.xgboost.model_trainer import trained_model
from application.ports.model_trainer import TrainingOrder
from domain.learning.outcome import LabelledSample

_LENGTH_BYTES: Final = 8
_NICENESS: Final = 10


def main() -> None:
    """Train once, behind everyone else who wants the processor."""
    os.nice(_NICENESS)
    reply = pickle.dumps(trained_model(_order_from(sys.stdin.buffer)))
    sys.stdout.buffer.write(reply + len(reply).to_bytes(_LENGTH_BYTES))
    sys.stdout.buffer.flush()


def _order_from(pipe: BinaryIO) -> TrainingOrder:
    """Read the order without its samples, then samples part by part up to an empty one.

    Raises EOFError when whoever gave the order is gone.
    """
    order: TrainingOrder = pickle.load(pipe)  # noqa: S301 - from the pipe of the process that started this one
    samples: list[LabelledSample] = []
    while part := pickle.load(pipe):  # noqa: S301 - the same
        samples += part
    return order._replace(samples=tuple(samples))


if __name__ == "__main__":
    main()
