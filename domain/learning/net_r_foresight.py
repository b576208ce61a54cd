"""Whether what was said to bring more R brought more."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from domain.learning.probability_score import skill, weighted_mean


class ForetoldR(NamedTuple):
    """The net R that was foretold of a case, what came, and what the case weighs."""

    said: float
    came: float
    weight: float = 1.0


class NetRBin(NamedTuple):
    """Cases of which nearly the same was foretold: how many, what was said, what came.

    `standard_error` is that of what came, None where fewer than two independent cases tell it.
    """

    cases: int
    weight: float
    mean_said: float
    mean_came: float
    standard_error: float | None


class NetRForesight(NamedTuple):
    """A table from the worst foretold to the best, and the figures under it.

    `skill` is the share of the squared error of stating the mean of the same cases that is gone.
    """

    bins: tuple[NetRBin, ...]
    mean_net_r: float
    squared_error: float
    skill: float


def net_r_foresight(foretold: Sequence[ForetoldR], effective_size: float, bins: int = 5) -> NetRForesight:
    """Sum up what was foretold, in bins of nearly equal counts; equal figures share a bin.

    `effective_size` is what all cases are worth together; a bin has its share by weight. Raises ValueError
    without cases of any weight.
    """
    weights = [one.weight for one in foretold]
    mean = weighted_mean([one.came for one in foretold], weights)
    error = weighted_mean([(one.said - one.came) ** 2 for one in foretold], weights)
    plain_error = weighted_mean([(mean - one.came) ** 2 for one in foretold], weights)
    table = _table(foretold, effective_size / math.fsum(weights), bins)
    return NetRForesight(table, mean, error, skill(error, plain_error))


def _table(foretold: Sequence[ForetoldR], worth: float, bins: int) -> tuple[NetRBin, ...]:
    ranked = sorted(one for one in foretold if one.weight > 0.0)
    table: list[NetRBin] = []
    start = 0
    for part in range(1, bins + 1):
        end = _past_equals(ranked, max(start, len(ranked) * part // bins))
        if end > start:
            table.append(_bin(ranked[start:end], worth))
            start = end
    return tuple(table)


def _past_equals(ranked: Sequence[ForetoldR], cut: int) -> int:
    while 0 < cut < len(ranked) and ranked[cut].said == ranked[cut - 1].said:
        cut += 1
    return cut


def _bin(held: Sequence[ForetoldR], worth: float) -> NetRBin:
    weights = [one.weight for one in held]
    came = weighted_mean([one.came for one in held], weights)
    return NetRBin(
        cases=len(held),
        weight=math.fsum(weights),
        mean_said=weighted_mean([one.said for one in held], weights),
        mean_came=came,
        standard_error=_standard_error(held, came, math.fsum(weights) * worth),
    )


def _standard_error(held: Sequence[ForetoldR], mean: float, size: float) -> float | None:
    """Give sqrt(variance / (n - 1)), n being how many independent cases the bin is worth."""
    if size <= 1.0:
        return None
    weights = [one.weight for one in held]
    variance = weighted_mean([(one.came - mean) ** 2 for one in held], weights)
    return math.sqrt(variance / (size - 1.0))
