"""How differently a feature is spread now from when the model learned, beyond what it wandered even then."""

import math
from collections.abc import Sequence
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
    return FeatureSpread(edges, _shares(_counts(values, edges)), _usual(values, edges, window))


def stability_index(spread: FeatureSpread, values: Sequence[float]) -> float:
    """Give the population stability index: sum of (now - then) ln(now / then) over the bins.

    Siddiqi, Credit Risk Scorecards (2006): below 0.1 little has changed, above 0.25 much has, if cases are
    independent. Shares are smoothed by half a case per bin. Zero without values.
    """
    return _index(_shares(_counts(values, spread.edges)), spread.shares) if values else 0.0


def excess_drift(spread: FeatureSpread, values: Sequence[float]) -> float:
    """Give the index of a window beyond the highest that training showed, at least zero.

    What structure a market has persists for days and is shared by its symbols, so that samples of one week
    differ from those of a month by far more than as many independent ones would.
    """
    return max(0.0, stability_index(spread, values) - spread.usual)


def _usual(values: Sequence[float], edges: Sequence[float], window: int) -> float:
    """Give the highest index of half-overlapping windows; of a short training, smaller ones wander more."""
    size = max(1, min(window, len(values) // _LEAST_WINDOWS))
    whole, highest = _counts(values, edges), 0.0
    for start in range(0, len(values) - size + 1, max(1, size // 2)):
        part = _counts(values[start : start + size], edges)
        rest = [every - inside for every, inside in zip(whole, part, strict=True)]
        highest = max(highest, _index(_shares(part), _shares(rest)))
    return highest


def _index(now: Sequence[float], then: Sequence[float]) -> float:
    return math.fsum((n - t) * math.log(n / t) for n, t in zip(now, then, strict=True))


def _shares(counts: Sequence[int]) -> tuple[float, ...]:
    total = sum(counts) + _HALF_A_CASE * len(counts)
    return tuple((count + _HALF_A_CASE) / total for count in counts)


def _counts(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """Count the values in each bin."""
    ranked = sorted(values)
    ends = [*(_up_to(edge, ranked) for edge in edges), len(ranked)]
    return [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _up_to(edge: float, ranked: Sequence[float]) -> int:
    """Count the ranked values that are not above an edge."""
    low, high = 0, len(ranked)
    while low < high:
        middle = (low + high) // 2
        if ranked[middle] <= edge:
            low = middle + 1
        else:
            high = middle
    return low
