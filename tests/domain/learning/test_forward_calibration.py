import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.calibration import CalibrationRules
from domain.learning.forward_calibration import Scored, calibration_on, forward_forecasts
from domain.learning.isotonic_regression import IsotonicRegression
from domain.learning.platt_scaling import PlattScaling
from domain.learning.sample_weights import Lifetime, WeightRules

RULES, WEIGHTS = CalibrationRules(), WeightRules()
STEP_MS, HOLD_MS = 1_000, 500
EMBARGO_MS = 200


def scored(place: int, score: float, *, is_won: bool) -> Scored:
    return Scored(Lifetime(place * STEP_MS, place * STEP_MS + HOLD_MS), is_won, score)


def fold_of(start: int, wins: list[bool]) -> list[Scored]:
    return [scored(start + i, (1.0 if won else -1.0) + 0.1 * i, is_won=won) for i, won in enumerate(wins)]


FOLDS = [fold_of(0, [True, False] * 10), fold_of(20, [False, True] * 10), fold_of(40, [True, False] * 10)]


def test_the_first_fold_is_only_learned_from() -> None:
    judged = forward_forecasts(FOLDS, EMBARGO_MS, WEIGHTS, RULES)
    assert [one.is_won for one in judged.forecasts] == [one.is_won for fold in FOLDS[1:] for one in fold]
    assert judged.effective_size == pytest.approx(40.0)


def test_each_fold_is_stated_by_what_all_before_it_taught() -> None:
    judged = forward_forecasts(FOLDS, EMBARGO_MS, WEIGHTS, RULES)
    taught = calibration_on([*FOLDS[0], *FOLDS[1]], 40 * STEP_MS, WEIGHTS, RULES)
    assert [one.probability for one in judged.forecasts[20:]] == [
        taught.probability(one.score) for one in FOLDS[2]
    ]


@given(wins=st.lists(st.booleans(), min_size=20, max_size=20), shift=st.floats(-50.0, 50.0))
def test_what_came_later_changes_nothing_that_was_stated_before(wins: list[bool], shift: float) -> None:
    later = [one._replace(score=one.score + shift) for one in fold_of(40, wins)]
    before = forward_forecasts(FOLDS, EMBARGO_MS, WEIGHTS, RULES).forecasts[:20]
    after = forward_forecasts([*FOLDS[:2], later], EMBARGO_MS, WEIGHTS, RULES).forecasts[:20]
    assert [one.probability for one in after] == [one.probability for one in before]


def test_a_scaler_that_had_seen_all_data_would_be_noticed() -> None:
    """The trap of the test above, with the defect planted."""

    def stated(folds: list[list[Scored]]) -> list[float]:
        leaky = calibration_on([one for fold in folds for one in fold], 60 * STEP_MS, WEIGHTS, RULES)
        return [leaky.probability(one.score) for one in folds[1]]

    later = [one._replace(score=one.score + 50.0) for one in FOLDS[2]]
    assert stated([*FOLDS[:2], later]) != stated(FOLDS)


def test_what_was_not_over_before_the_embargo_teaches_nothing() -> None:
    just_over, too_late = HOLD_MS, HOLD_MS + 1
    for embargo_ms, judged in ((just_over, 20), (too_late, 20), (20 * STEP_MS, 0)):
        forecasts = forward_forecasts(FOLDS[:2], embargo_ms, WEIGHTS, RULES).forecasts
        assert len(forecasts) == judged
    all_known = calibration_on(FOLDS[0], 20 * STEP_MS, WEIGHTS, RULES)
    but_the_last = calibration_on(FOLDS[0][:-1], 20 * STEP_MS, WEIGHTS, RULES)
    for embargo_ms, taught in ((just_over, all_known), (too_late, but_the_last)):
        first = forward_forecasts(FOLDS[:2], embargo_ms, WEIGHTS, RULES).forecasts[0]
        assert first.probability == taught.probability(FOLDS[1][0].score)


def test_without_an_earlier_fold_nothing_is_judged() -> None:
    assert forward_forecasts([], EMBARGO_MS, WEIGHTS, RULES) == ((), 0.0)
    assert forward_forecasts(FOLDS[:1], EMBARGO_MS, WEIGHTS, RULES) == ((), 0.0)


def test_a_staircase_takes_a_thousand_independent_samples() -> None:
    many = fold_of(0, [True, False] * 500)
    last_ms = many[-1].lifetime.resolved_at_ms
    assert isinstance(
        calibration_on(many, last_ms, WEIGHTS, CalibrationRules(isotonic_from=999.0)), IsotonicRegression
    )
    overlapping = [one._replace(lifetime=Lifetime(0, last_ms)) for one in many]
    assert isinstance(
        calibration_on(overlapping, last_ms, WEIGHTS, CalibrationRules(isotonic_from=999.0)), PlattScaling
    )


def test_a_good_score_is_stated_as_likelier_to_win() -> None:
    calibration = calibration_on([one for fold in FOLDS for one in fold], 60 * STEP_MS, WEIGHTS, RULES)
    assert calibration.probability(2.0) > 0.5 > calibration.probability(-1.0)
    assert calibration.lower_bound(2.0, 1.28) < calibration.probability(2.0)
    assert math.isfinite(calibration.probability(1e9))
