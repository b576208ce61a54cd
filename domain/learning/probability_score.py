"""How good stated probabilities were, once the trades are over."""

import math
from collections.abc import Sequence
from typing import Final

SUREST: Final = 1e-6
"""No forecast is scored as surer than this: one miss of certainty would outweigh everything else."""


def logistic(logit: float) -> float:
    """Give the probability of a logit, without overflow."""
    if logit >= 0.0:
        return 1.0 / (1.0 + math.exp(-logit))
    odds = math.exp(logit)
    return odds / (1.0 + odds)


def logit_of(probability: float) -> float:
    """Give the logit of a probability, no surer than SUREST."""
    held = min(max(probability, SUREST), 1.0 - SUREST)
    return math.log(held / (1.0 - held))


def log_loss(probability: float, *, is_won: bool) -> float:
    """Give the surprise of one outcome: -ln of the probability it was given, no surer than SUREST."""
    given = probability if is_won else 1.0 - probability
    return -math.log(min(max(given, SUREST), 1.0 - SUREST))


def brier_score(probability: float, *, is_won: bool) -> float:
    """Give the squared error of one forecast (Brier 1950)."""
    return (probability - is_won) ** 2


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Give the weighted mean. Raises ValueError without any weight."""
    total = math.fsum(weights)
    if not total > 0.0:
        raise ValueError(f"no mean of {len(values)} values of total weight {total}")
    return math.fsum(value * weight for value, weight in zip(values, weights, strict=True)) / total


def skill(score: float, reference: float) -> float:
    """Give how much of the reference's loss is gone: 1 - score / reference; 0 where that had none."""
    return 1.0 - score / reference if reference > 0.0 else 0.0
