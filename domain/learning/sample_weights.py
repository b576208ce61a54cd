"""How much each sample may say: overlapping ones tell the same story, old ones a story of another market."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.allowed_range import require_above_zero
from domain.market.timeframe import DAY_MS

_MOST_HALF_LIVES: Final = 100.0


class Lifetime(NamedTuple):
    """From the decision to the outcome, both in milliseconds since 1970, the end not included."""

    decided_at_ms: int
    resolved_at_ms: int


@dataclass(frozen=True, slots=True)
class WeightRules:
    """`half_life_ms` is the age at which a sample counts half. Raises ValueError if not above zero."""

    half_life_ms: int = 180 * DAY_MS

    def __post_init__(self) -> None:
        require_above_zero("half_life_ms", self.half_life_ms)


class SampleWeights(NamedTuple):
    """Weights of mean 1, in the order of the samples, and how many independent ones they are worth."""

    weights: tuple[float, ...]
    effective_size: float


def sample_weights(lifetimes: Sequence[Lifetime], now_ms: int, rules: WeightRules) -> SampleWeights:
    """Weigh samples by uniqueness x recency.

    The effective size counts a sample of uniqueness u as u independent ones of weight r (its recency):
    (sum u r)^2 / sum u r^2, after Kish 1965. It is sum u when all are equally recent. No samples,
    no weights.
    """
    if not lifetimes:
        return SampleWeights((), 0.0)
    uniqueness = average_uniqueness(lifetimes)
    recency = [recency_of(one.resolved_at_ms, now_ms, rules) for one in lifetimes]
    products = [u * r for u, r in zip(uniqueness, recency, strict=True)]
    total = math.fsum(products)
    squares = math.fsum(product * r for product, r in zip(products, recency, strict=True))
    scale = len(products) / total
    return SampleWeights(tuple(product * scale for product in products), total * total / squares)


def average_uniqueness(lifetimes: Sequence[Lifetime]) -> tuple[float, ...]:
    """Give for each lifetime the mean of 1 / (number of lifetimes alive) over its own length.

    Lopez de Prado, Advances in Financial Machine Learning (2018), section 4.3, on a clock of
    milliseconds instead of bars, over all symbols alike. O(n log n). A lifetime without length
    counts as one of a millisecond. Raises ValueError for one that ends before it begins.
    """
    spans = [_span(one) for one in lifetimes]
    share_until = _share_until(spans)
    return tuple((share_until[end] - share_until[start]) / (end - start) for start, end in spans)


def recency_of(resolved_at_ms: int, now_ms: int, rules: WeightRules) -> float:
    """Give 2^-(age / half-life), 2^-100 at least; what is resolved later than now counts as of now."""
    return math.exp2(-min(max(0, now_ms - resolved_at_ms) / rules.half_life_ms, _MOST_HALF_LIVES))


def kish_size(weights: Sequence[float]) -> float:
    """Give (sum w)^2 / sum w^2: how many equally weighted samples are as good (Kish 1965)."""
    squares = math.fsum(weight * weight for weight in weights)
    return math.fsum(weights) ** 2 / squares if squares > 0.0 else 0.0


def _span(lifetime: Lifetime) -> tuple[int, int]:
    start, end = lifetime
    if end < start:
        raise ValueError(f"a lifetime from {start} to {end} ends before it begins")
    return start, max(end, start + 1)


def _share_until(spans: Sequence[tuple[int, int]]) -> dict[int, float]:
    """Integrate 1 / (number alive) up to every moment at which that number changes."""
    changes: dict[int, int] = {}
    for start, end in spans:
        changes[start] = changes.get(start, 0) + 1
        changes[end] = changes.get(end, 0) - 1
    share_until: dict[int, float] = {}
    alive, before, share = 0, 0, 0.0
    for moment in sorted(changes):
        if alive:
            share += (moment - before) / alive
        share_until[moment] = share
        alive += changes[moment]
        before = moment
    return share_until
