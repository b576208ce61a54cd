"""What a model's score is worth as a probability."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.allowed_range import require_above_zero, require_within
from domain.learning.isotonic_regression import IsotonicRegression, isotonic_regression
from domain.learning.platt_scaling import PlattScaling, platt_scaling

Calibration = PlattScaling | IsotonicRegression
"""Either has `probability(score)` and `lower_bound(score, z)`."""


@dataclass(frozen=True, slots=True)
class CalibrationRules:
    """How probabilities are made. Raises ValueError for numbers that make no sense.

    A staircase needs `isotonic_from` effective samples; below that it is a curve whose slope has a normal
    prior of deviation `slope_sd`. `bound_z` is the one-sided normal quantile of the lower bound that
    Kelly uses: 1.2816 is exceeded nine times in ten.
    """

    isotonic_from: float = 1_000.0
    slope_sd: float = 0.5
    bound_z: float = 1.2816

    def __post_init__(self) -> None:
        require_within("isotonic_from", self.isotonic_from, 1)
        require_above_zero("slope_sd", self.slope_sd)
        require_within("bound_z", self.bound_z, 0, 10)


def calibration_of(
    scores: Sequence[float],
    wins: Sequence[bool],
    weights: Sequence[float],
    effective_size: float,
    rules: CalibrationRules,
) -> Calibration:
    """Fit a calibration to out-of-fold scores; `effective_size` is that of sample_weights, not a count.

    Raises ValueError without samples, or when weights or effective size make no sense.
    """
    if effective_size >= rules.isotonic_from:
        return isotonic_regression(scores, wins, weights, effective_size)
    return platt_scaling(scores, wins, weights, effective_size, rules.slope_sd)
