"""A score becomes a probability along the best staircase that never falls."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from domain.learning.confidence_bound import wilson_interval
from domain.learning.sample_weights import kish_size


class Stair(NamedTuple):
    """From this score up to the next stair so many have won; worth `effective_size` independent cases."""

    from_score: float
    probability: float
    effective_size: float


class IsotonicRegression(NamedTuple):
    """Stairs in rising order of score and of probability; scores below the first stand on it."""

    stairs: tuple[Stair, ...]

    def probability(self, score: float) -> float:
        """Give the chance to win."""
        return self._under(score).probability

    def lower_bound(self, score: float, z: float) -> float:
        """Give Wilson's lower bound of the share won on the stair, on its effective size."""
        stair = self._under(score)
        return wilson_interval(stair.probability, stair.effective_size, z).low

    def _under(self, score: float) -> Stair:
        low, high = 0, len(self.stairs)
        while high - low > 1:
            middle = (low + high) // 2
            if self.stairs[middle].from_score <= score:
                low = middle
            else:
                high = middle
        return self.stairs[low]


class _Block(NamedTuple):
    from_score: float
    weight: float
    won: float
    squares: float

    @property
    def share(self) -> float:
        return self.won / self.weight

    def joined(self, following: "_Block") -> "_Block":
        return _Block(
            self.from_score,
            self.weight + following.weight,
            self.won + following.won,
            self.squares + following.squares,
        )


def isotonic_regression(
    scores: Sequence[float], wins: Sequence[bool], weights: Sequence[float], effective_size: float
) -> IsotonicRegression:
    """Fit the staircase by pooling adjacent violators (Ayer et al. 1955), weighted, O(n log n).

    A stair's effective size is Kish's of its weights, by the ratio of `effective_size` to Kish's of all.
    One win of mean weight is added at the lowest score and one loss at the highest, so that no stair is
    certain. Raises ValueError without samples, or when a weight is not above zero.
    """
    if not scores or not min(weights) > 0.0:
        raise ValueError(f"{len(scores)} scores with these weights make no stairs")
    stairs: list[_Block] = []
    for block in _blocks(scores, wins, weights):
        joined = block
        while stairs and stairs[-1].share >= joined.share:
            joined = stairs.pop().joined(joined)
        stairs.append(joined)
    ratio = effective_size / kish_size(weights)
    return IsotonicRegression(
        tuple(
            Stair(block.from_score, block.share, ratio * block.weight**2 / block.squares) for block in stairs
        )
    )


def _blocks(scores: Sequence[float], wins: Sequence[bool], weights: Sequence[float]) -> list[_Block]:
    """Give one block for each score, in rising order: equal scores share one probability."""
    blocks: list[_Block] = []
    one = math.fsum(weights) / len(weights)
    doubts = [(min(scores), True, one), (max(scores), False, one)]
    for score, is_won, weight in sorted([*zip(scores, wins, weights, strict=True), *doubts]):
        block = _Block(score, weight, weight if is_won else 0.0, weight * weight)
        if blocks and blocks[-1].from_score == score:
            blocks[-1] = blocks[-1].joined(block)
        else:
            blocks.append(block)
    return blocks
