import pytest

from domain.learning.calibration import CalibrationRules, calibration_of
from domain.learning.isotonic_regression import IsotonicRegression, isotonic_regression
from domain.learning.platt_scaling import PlattScaling, platt_scaling

SCORES, WINS, WEIGHTS = [0.0, 1.0, 2.0, 3.0], [False, True, False, True], [1.0] * 4
RULES = CalibrationRules()


def test_below_a_thousand_effective_samples_it_is_a_curve() -> None:
    found = calibration_of(SCORES, WINS, WEIGHTS, 999.9, RULES)
    assert isinstance(found, PlattScaling)
    assert found == platt_scaling(SCORES, WINS, WEIGHTS, 999.9, 0.5)


def test_from_a_thousand_on_it_is_a_staircase() -> None:
    found = calibration_of(SCORES, WINS, WEIGHTS, 1_000.0, RULES)
    assert isinstance(found, IsotonicRegression)
    assert found == isotonic_regression(SCORES, WINS, WEIGHTS, 1_000.0)


def test_ten_thousand_samples_that_overlap_are_not_ten_thousand() -> None:
    assert isinstance(
        calibration_of(SCORES * 2_500, WINS * 2_500, WEIGHTS * 2_500, 300.0, RULES), PlattScaling
    )


@pytest.mark.parametrize(
    "wrong", [{"isotonic_from": 0.5}, {"slope_sd": 0.0}, {"bound_z": -0.1}, {"bound_z": 10.1}]
)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CalibrationRules(**wrong)
