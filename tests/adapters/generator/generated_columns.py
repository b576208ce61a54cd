"""A generated tape's columns, whole."""

import numpy as np

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.steady_arithmetic import Floats


def column(tape: GeneratedTape, name: str) -> Floats:
    return np.concatenate([np.asarray(getattr(part, name), dtype=np.float64) for part in tape.arrays()])


def correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one, other)[0, 1])
