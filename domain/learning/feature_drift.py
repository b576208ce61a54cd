"""How differently a feature is spread now from when the model learned, beyond what it wandered even then."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 400
"""How many samples in a row are held against the training: a single one says nothing of a spread."""
_LEAST_WINDOWS: Final = 5
_HALF_A_CASE: Final = 0.5


@dataclass(frozen=True, slots=True)
class FeatureSpread:
    """Where a feature lay in training: the edges between bins, each bin's share, and how far it wandered.

    A value belongs to the first bin whose edge is not below it. `usual` is the highest stability index
    that a window of the training itself showed against the rest of it.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    usual: float


def spread_of(values: Sequence[float], window: int = WINDOW, bins: int = 10) -> FeatureSpread:
    """Cut a feature's training values at their quantiles; equal values share a bin.

    Values come in the order of their decisions. Raises ValueError without values.
    """
    if not values:
        raise ValueError("no values to see a spread in")
    ranked = sorted(values)
    cuts = {ranked[len(ranked) * part // bins - 1] for part in range(1, bins) if len(ranked) * part >= bins}
    edges = tuple(sorted(cuts - {ranked[-1]}))
    places = [_bin_of(value, edges) for value in values]
    return FeatureSpread(edges, _shares(Counter(places), len(edges) + 1), _usual(places, edges, window))


def stability_index(spread: FeatureSpread, values: Iterable[float]) -> float:
    """Give the population stability index: sum of (now - then) ln(now / then) over the bins.

    Siddiqi, Credit Risk Scorecards (2006): below 0.1 little has changed, above 0.25 much has, if cases are
    independent. Shares are smoothed by half a case per bin. Zero without values.
    """
    now = Counter(_bin_of(value, spread.edges) for value in values)
    return _index(_shares(now, len(spread.shares)), spread.shares) if now else 0.0


def excess_drift(spread: FeatureSpread, values: Iterable[float]) -> float:
    """Give the index of a window beyond the highest that training showed, at least zero.

    What structure a market has persists for days and is shared by its symbols, so that samples of one week
    differ from those of a month by far more than as many independent ones would.
    """
    return max(0.0, stability_index(spread, values) - spread.usual)


def _usual(places: Sequence[int], edges: Sequence[float], window: int) -> float:
    """Give the highest index of half-overlapping windows; of a short training, smaller ones wander more."""
    bins, size = len(edges) + 1, max(1, min(window, len(places) // _LEAST_WINDOWS))
    whole = Counter(places)
    parts = (
        Counter(places[start : start + size]) for start in range(0, len(places) - size + 1, max(1, size // 2))
    )
    return max(_index(_shares(part, bins), _shares(whole - part, bins)) for part in parts)


def _index(now: Sequence[float], then: Sequence[float]) -> float:
    return math.fsum((n - t) * math.log(n / t) for n, t in zip(now, then, strict=True))


def _shares(counts: Counter[int], bins: int) -> tuple[float, ...]:
    total = counts.total() + _HALF_A_CASE * bins
    return tuple((counts[place] + _HALF_A_CASE) / total for place in range(bins))


def _bin_of(value: float, edges: Sequence[float]) -> int:
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if edges[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
