"""Calibrate on what was over, and state probabilities for what came after."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.learning.calibration import Calibration, CalibrationRules, calibration_of
from domain.learning.reliability import Forecast
from domain.learning.sample_weights import Lifetime, WeightRules, sample_weights


class Scored(NamedTuple):
    """A resolved sample, and the score of a model that had not learned from it."""

    lifetime: Lifetime
    is_won: bool
    score: float


class Forecasts(NamedTuple):
    """Probabilities beside what came, in order of the folds, and what all are worth together."""

    forecasts: tuple[Forecast, ...]
    effective_size: float


def calibration_on(
    scored: Sequence[Scored], now_ms: int, weights: WeightRules, rules: CalibrationRules
) -> Calibration:
    """Fit a calibration to out-of-fold scores as they weigh now. Raises ValueError without any."""
    weighed = sample_weights([one.lifetime for one in scored], now_ms, weights)
    scores, wins = [one.score for one in scored], [one.is_won for one in scored]
    return calibration_of(scores, wins, weighed.weights, weighed.effective_size, rules)


def forward_forecasts(
    folds: Sequence[Sequence[Scored]], embargo_ms: int, weights: WeightRules, rules: CalibrationRules
) -> Forecasts:
    """State a probability for each sample of each fold, as it could have been stated then.

    A fold's calibration has seen only scores of earlier folds that were resolved no later than the
    embargo before its first decision: a calibration that is judged on what it was fitted to always
    looks good. Folds before which nothing was over, the first among them, are not judged.
    """
    lifetimes, probabilities, wins = [], [], []
    for place, fold in enumerate(folds):
        begins_ms = min(one.lifetime.decided_at_ms for one in fold)
        known = [one for before in folds[:place] for one in before if _was_over(one, begins_ms - embargo_ms)]
        if known:
            calibration = calibration_on(known, begins_ms, weights, rules)
            lifetimes += [one.lifetime for one in fold]
            probabilities += [calibration.probability(one.score) for one in fold]
            wins += [one.is_won for one in fold]
    now_ms = max((one.resolved_at_ms for one in lifetimes), default=0)
    weighed = sample_weights(lifetimes, now_ms, weights)
    forecasts = map(Forecast, probabilities, wins, weighed.weights)
    return Forecasts(tuple(forecasts), weighed.effective_size)


def _was_over(scored: Scored, at_ms: int) -> bool:
    return scored.lifetime.resolved_at_ms <= at_ms
