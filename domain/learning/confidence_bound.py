"""How far a share that was counted may lie from the one behind it."""

import math
from typing import NamedTuple


class Interval(NamedTuple):
    """Two bounds, the lower one first."""

    low: float
    high: float


def wilson_interval(share: float, effective_size: float, z: float) -> Interval:
    """Give Wilson's score interval of a share seen in so many independent cases (Wilson 1927).

    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n); everything is possible where n is 0. `z`
    is the normal quantile of one side: 1.2816 for 90 %, 1.6449 for 95 %.
    """
    if effective_size <= 0.0:
        return Interval(0.0, 1.0)
    n, z2 = effective_size, z * z
    centre = share + z2 / (2.0 * n)
    reach = z * math.sqrt(share * (1.0 - share) / n + z2 / (4.0 * n * n))
    whole = 1.0 + z2 / n
    return Interval(max(0.0, (centre - reach) / whole), min(1.0, (centre + reach) / whole))
