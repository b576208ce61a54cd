"""Whether what was called seventy percent came true seven times in ten."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from domain.learning.confidence_bound import Interval, wilson_interval
from domain.learning.probability_score import brier_score, log_loss, skill, weighted_mean


class Forecast(NamedTuple):
    """A probability that was stated, what came, and what the case weighs."""

    probability: float
    is_won: bool
    weight: float = 1.0


class ReliabilityBin(NamedTuple):
    """Forecasts of nearly one probability: how many, what they said, what came, and how sure that is."""

    low: float
    high: float
    cases: int
    weight: float
    mean_predicted: float
    observed: float
    interval: Interval


class Reliability(NamedTuple):
    """A table and the figures under it.

    The skills are against stating the base rate of the same cases every time; `calibration_error` is the
    weighted mean distance between what bins said and what came (expected calibration error, Naeini et
    al. 2015).
    """

    bins: tuple[ReliabilityBin, ...]
    base_rate: float
    brier: float
    brier_skill: float
    log_loss: float
    log_loss_skill: float
    calibration_error: float


def reliability(
    forecasts: Sequence[Forecast], effective_size: float, bins: int = 10, z: float = 1.6449
) -> Reliability:
    """Sum forecasts up, in bins of nearly equal counts; equal probabilities share a bin.

    `effective_size` is what all forecasts are worth together; a bin has its share by weight. Raises
    ValueError without forecasts of any weight.
    """
    weights = [one.weight for one in forecasts]
    won = [float(one.is_won) for one in forecasts]
    base_rate = weighted_mean(won, weights)
    brier = weighted_mean([brier_score(one.probability, is_won=one.is_won) for one in forecasts], weights)
    loss = weighted_mean([log_loss(one.probability, is_won=one.is_won) for one in forecasts], weights)
    plain_loss = weighted_mean([log_loss(base_rate, is_won=one.is_won) for one in forecasts], weights)
    table = _table(forecasts, effective_size / math.fsum(weights), bins, z)
    return Reliability(
        bins=table,
        base_rate=base_rate,
        brier=brier,
        brier_skill=skill(brier, base_rate * (1.0 - base_rate)),
        log_loss=loss,
        log_loss_skill=skill(loss, plain_loss),
        calibration_error=weighted_mean(
            [abs(one.mean_predicted - one.observed) for one in table], [one.weight for one in table]
        ),
    )


def _table(forecasts: Sequence[Forecast], worth: float, bins: int, z: float) -> tuple[ReliabilityBin, ...]:
    ranked = sorted(one for one in forecasts if one.weight > 0.0)
    table: list[ReliabilityBin] = []
    start = 0
    for part in range(1, bins + 1):
        end = _past_equals(ranked, max(start, len(ranked) * part // bins))
        if end > start:
            table.append(_bin(ranked[start:end], worth, z))
            start = end
    return tuple(table)


def _past_equals(ranked: Sequence[Forecast], cut: int) -> int:
    while 0 < cut < len(ranked) and ranked[cut].probability == ranked[cut - 1].probability:
        cut += 1
    return cut


def _bin(held: Sequence[Forecast], worth: float, z: float) -> ReliabilityBin:
    weights = [one.weight for one in held]
    weight = math.fsum(weights)
    observed = weighted_mean([float(one.is_won) for one in held], weights)
    return ReliabilityBin(
        low=held[0].probability,
        high=held[-1].probability,
        cases=len(held),
        weight=weight,
        mean_predicted=weighted_mean([one.probability for one in held], weights),
        observed=observed,
        interval=wilson_interval(observed, weight * worth, z),
    )
