"""Arithmetic whose last bit is the same on every machine: only sums, products and comparisons.

The vectorised exp of numpy may round differently with the processor's instruction set; a tape made on one
machine must be the tape made on another.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LOG2_E: Final = 1.4426950408889634
_LN2_HIGH: Final = 0.6931471803691238
_LN2_LOW: Final = 1.9082149292705877e-10
_TERMS: Final = 12
_LARGEST_GROWTH: Final = 1e250
_NEGLIGIBLE: Final = 1e-17


def exponential(x: Floats) -> Floats:
    """Give e to the x within 1e-13 of its value: a halved argument and twelve terms of the Taylor sum."""
    halvings = np.rint(x * _LOG2_E)
    rest = (x - halvings * _LN2_HIGH) - halvings * _LN2_LOW
    total = np.ones_like(rest)
    for term in range(_TERMS, 0, -1):
        total *= rest
        total *= 1.0 / term
        total += 1.0
    return np.ldexp(total, halvings.astype(np.int32))


def fading_sum(shocks: Floats, memory_steps: float, before: float) -> Floats:
    """Give y[t] = k y[t-1] + shocks[t] with k = 1 - 1 / memory_steps and y[-1] = before."""
    keep = 1.0 - 1.0 / memory_steps
    powers = np.cumprod(np.full(len(shocks), keep))
    if powers[-1] * _LARGEST_GROWTH > 1.0:
        return powers * (before + np.cumsum(shocks / powers))
    return _fading_sum_by_doubling(shocks, keep, before)


def _fading_sum_by_doubling(shocks: Floats, keep: float, before: float) -> Floats:
    total = shocks.copy()
    total[0] += keep * before
    reach, weight = 1, keep
    while reach < len(total) and weight > _NEGLIGIBLE:
        total[reach:] = total[reach:] + weight * total[:-reach]
        reach, weight = reach * 2, weight * weight
    return total
