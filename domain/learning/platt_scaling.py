"""A score becomes a probability along one S-shaped curve."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.learning.probability_score import logistic

_SMALLEST_STEP: Final = 1e-10
_CLOSE_ENOUGH: Final = 1e-9
_ENOUGH_DESCENT: Final = 1e-4


@dataclass(frozen=True, slots=True)
class PlattScaling:
    """p = logistic(intercept + slope z) with z = (score - centre) / spread, and how sure the curve is.

    `slope_variance`, `intercept_variance` and `covariance` are of the two coefficients.
    """

    centre: float
    spread: float
    slope: float
    intercept: float
    slope_variance: float
    intercept_variance: float
    covariance: float

    def probability(self, score: float) -> float:
        """Give the chance to win."""
        return logistic(self.intercept + self.slope * self._standing(score))

    def lower_bound(self, score: float, z: float) -> float:
        """Give the chance that is exceeded with the confidence of a one-sided normal quantile.

        The delta method on the logit: its variance at z is a quadratic form of the coefficients' own.
        """
        at = self._standing(score)
        variance = self.slope_variance * at * at + 2.0 * self.covariance * at + self.intercept_variance
        return logistic(self.intercept + self.slope * at - z * math.sqrt(max(0.0, variance)))

    def _standing(self, score: float) -> float:
        return (score - self.centre) / self.spread


class _Case(NamedTuple):
    """A standardised score, the smoothed target, and what the case weighs."""

    at: float
    target: float
    weight: float


class _Curve(NamedTuple):
    slope: float
    intercept: float


class _Hessian(NamedTuple):
    slope: float
    intercept: float
    cross: float

    @property
    def determinant(self) -> float:
        return self.slope * self.intercept - self.cross * self.cross


def platt_scaling(
    scores: Sequence[float],
    wins: Sequence[bool],
    weights: Sequence[float],
    effective_size: float,
    slope_sd: float,
) -> PlattScaling:
    """Fit the curve to out-of-fold scores (Platt 1999; Newton's method after Lin, Lin and Weng 2007).

    Targets are smoothed as Platt's: (N+ + 1) / (N+ + 2) and 1 / (N- + 2). All counts are effective:
    weights are scaled to sum to `effective_size`. The slope of the standardised score has a normal prior
    of mean 0 and deviation `slope_sd`: the fewer the samples, the nearer every probability is to the base
    rate. Raises ValueError without samples, or when an effective size or weight makes no sense.
    """
    total = math.fsum(weights)
    if not (total > 0.0 and effective_size > 0.0 and min(weights) >= 0.0):
        raise ValueError(f"{len(scores)} scores of weight {total}, worth {effective_size}, fit no curve")
    scale = effective_size / total
    held = [weight * scale for weight in weights]
    centre = math.fsum(s * w for s, w in zip(scores, held, strict=True)) / effective_size
    variance = math.fsum((s - centre) ** 2 * w for s, w in zip(scores, held, strict=True)) / effective_size
    spread = math.sqrt(variance) if variance > 0.0 else 1.0
    cases = _cases(scores, wins, held, centre, spread)
    precision = 1.0 / (slope_sd * slope_sd)
    curve = _fitted(cases, precision)
    hessian = _derivatives(cases, curve, precision)[1]
    return PlattScaling(
        centre=centre,
        spread=spread,
        slope=curve.slope,
        intercept=curve.intercept,
        slope_variance=hessian.intercept / hessian.determinant,
        intercept_variance=hessian.slope / hessian.determinant,
        covariance=-hessian.cross / hessian.determinant,
    )


def _cases(
    scores: Sequence[float], wins: Sequence[bool], weights: Sequence[float], centre: float, spread: float
) -> list[_Case]:
    won = math.fsum(weight for weight, is_won in zip(weights, wins, strict=True) if is_won)
    lost = math.fsum(weights) - won
    if_won, if_lost = (won + 1.0) / (won + 2.0), 1.0 / (lost + 2.0)
    return [
        _Case((score - centre) / spread, if_won if is_won else if_lost, weight)
        for score, is_won, weight in zip(scores, wins, weights, strict=True)
    ]


def _fitted(cases: Sequence[_Case], precision: float) -> _Curve:
    """Walk down Newton's steps until the slope is flat, or rounding hides any further descent."""
    curve = _Curve(0.0, _start(cases))
    while True:
        gradient, hessian = _derivatives(cases, curve, precision)
        if max(abs(gradient.slope), abs(gradient.intercept)) < _CLOSE_ENOUGH:
            return curve
        lower = _descended(cases, curve, gradient, _newton_step(gradient, hessian), precision)
        if lower is None:
            return curve
        curve = lower


def _descended(
    cases: Sequence[_Case], curve: _Curve, gradient: _Curve, step: _Curve, precision: float
) -> _Curve | None:
    """Take a step, halved until it descends enough (Armijo 1966), or None where none does."""
    value = _objective(cases, curve, precision)
    descent = gradient.slope * step.slope + gradient.intercept * step.intercept
    size = 1.0
    while size >= _SMALLEST_STEP:
        tried = _Curve(curve.slope + size * step.slope, curve.intercept + size * step.intercept)
        if _objective(cases, tried, precision) < value + _ENOUGH_DESCENT * size * descent:
            return tried
        size /= 2.0
    return None


def _start(cases: Sequence[_Case]) -> float:
    """Give the logit of the smoothed base rate."""
    won = math.fsum(case.target * case.weight for case in cases)
    lost = math.fsum((1.0 - case.target) * case.weight for case in cases)
    return math.log(won / lost)


def _objective(cases: Sequence[_Case], curve: _Curve, precision: float) -> float:
    """Give the negative log posterior, without overflow: ln(1 + e^x) - t x for every case."""
    surprise = 0.0
    for at, target, weight in cases:
        logit = curve.intercept + curve.slope * at
        softened = logit + math.log1p(math.exp(-logit)) if logit >= 0.0 else math.log1p(math.exp(logit))
        surprise += weight * (softened - target * logit)
    return surprise + precision * curve.slope * curve.slope / 2.0


def _derivatives(cases: Sequence[_Case], curve: _Curve, precision: float) -> tuple[_Curve, _Hessian]:
    slope, intercept = precision * curve.slope, 0.0
    slopes, intercepts, cross = precision, 0.0, 0.0
    for at, target, weight in cases:
        p = logistic(curve.intercept + curve.slope * at)
        miss, curvature = weight * (p - target), weight * p * (1.0 - p)
        slope += miss * at
        intercept += miss
        slopes += curvature * at * at
        intercepts += curvature
        cross += curvature * at
    return _Curve(slope, intercept), _Hessian(slopes, intercepts, cross)


def _newton_step(gradient: _Curve, hessian: _Hessian) -> _Curve:
    determinant = hessian.determinant
    return _Curve(
        -(hessian.intercept * gradient.slope - hessian.cross * gradient.intercept) / determinant,
        -(hessian.slope * gradient.intercept - hessian.cross * gradient.slope) / determinant,
    )
