"""How differently a feature is spread now from when the model learned."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_HALF_A_CASE: Final = 0.5


@dataclass(frozen=True, slots=True)
class FeatureSpread:
    """Where a feature lay in training: the edges between bins and each bin's share.

    A value belongs to the first bin whose edge is not below it. `effective_size` is what the training
    samples were worth.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    effective_size: float


def spread_of(values: Sequence[float], effective_size: float, bins: int = 10) -> FeatureSpread:
    """Cut a feature's training values at their quantiles; equal values share a bin.

    Raises ValueError without values.
    """
    if not values:
        raise ValueError("no values to see a spread in")
    ranked = sorted(values)
    cuts = {ranked[len(ranked) * part // bins - 1] for part in range(1, bins) if len(ranked) * part >= bins}
    edges = tuple(sorted(cuts - {ranked[-1]}))
    return FeatureSpread(edges, _shares(values, edges), effective_size)


def stability_index(spread: FeatureSpread, values: Sequence[float]) -> float:
    """Give the population stability index: sum of (now - then) ln(now / then) over the bins.

    Siddiqi, Credit Risk Scorecards (2006): below 0.1 little has changed, above 0.25 much has. Shares are
    smoothed by half a case per bin. Zero without values.
    """
    if not values:
        return 0.0
    now = _shares(values, spread.edges)
    return math.fsum((n - t) * math.log(n / t) for n, t in zip(now, spread.shares, strict=True))


def excess_drift(spread: FeatureSpread, values: Sequence[float], effective_size: float) -> float:
    """Give the index beyond what chance alone brings: (bins - 1)(1/n + 1/m), at least zero.

    n and m are the effective sizes of then and now (Yurdakul 2018). Zero while there is nothing to
    compare.
    """
    if not (effective_size > 0.0 and spread.effective_size > 0.0):
        return 0.0
    by_chance = len(spread.edges) * (1.0 / effective_size + 1.0 / spread.effective_size)
    return max(0.0, stability_index(spread, values) - by_chance)


def _shares(values: Sequence[float], edges: Sequence[float]) -> tuple[float, ...]:
    counts = [_HALF_A_CASE] * (len(edges) + 1)
    for value in values:
        counts[_bin_of(value, edges)] += 1.0
    total = math.fsum(counts)
    return tuple(count / total for count in counts)


def _bin_of(value: float, edges: Sequence[float]) -> int:
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if edges[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
