import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.platt_scaling import PlattScaling, platt_scaling
from domain.learning.probability_score import logistic

LOOSE = 1e6


def draw(seed: int, cases: int, slope: float = 1.0, intercept: float = 0.0) -> tuple[list[float], list[bool]]:
    chance = random.Random(seed)
    scores = [chance.gauss(0.0, 1.0) for _ in range(cases)]
    wins = [chance.random() < logistic(intercept + slope * score) for score in scores]
    return scores, wins


def fitted(scores: list[float], wins: list[bool], size: float | None = None, sd: float = 0.5) -> PlattScaling:
    return platt_scaling(scores, wins, [1.0] * len(scores), len(scores) if size is None else size, sd)


cases = st.lists(st.tuples(st.floats(-50.0, 50.0), st.booleans()), min_size=1, max_size=30)


def test_many_samples_give_the_curve_they_were_drawn_from() -> None:
    curve = fitted(*draw(1, 4_000, slope=0.8, intercept=-0.4), sd=LOOSE)
    for score in (-2.0, 0.0, 2.0):
        assert curve.probability(score) == pytest.approx(logistic(0.8 * score - 0.4), abs=0.03)


def test_the_fitted_curve_foretells_as_many_wins_as_there_were() -> None:
    scores, wins = draw(2, 500)
    curve = fitted(scores, wins, sd=LOOSE)
    won, lost = sum(wins), len(wins) - sum(wins)
    smoothed = won * (won + 1) / (won + 2) + lost / (lost + 2)
    assert math.fsum(map(curve.probability, scores)) == pytest.approx(smoothed)


@given(cases)
def test_the_fit_is_where_no_small_step_does_better(drawn: list[tuple[float, bool]]) -> None:
    scores, wins = [score for score, _ in drawn], [is_won for _, is_won in drawn]
    curve = fitted(scores, wins)
    won = sum(wins)
    lost = len(wins) - won
    targets = [(won + 1) / (won + 2) if is_won else 1 / (lost + 2) for is_won in wins]

    def loss(slope: float, intercept: float) -> float:
        total = slope * slope / (2 * 0.25)
        for score, target in zip(scores, targets, strict=True):
            logit = intercept + slope * (score - curve.centre) / curve.spread
            total += math.log1p(math.exp(-abs(logit))) + max(logit, 0.0) - target * logit
        return total

    least = loss(curve.slope, curve.intercept)
    for step in (-1e-3, 1e-3):
        assert least <= loss(curve.slope + step, curve.intercept) + 1e-9
        assert least <= loss(curve.slope, curve.intercept + step) + 1e-9


@given(cases, st.floats(-100.0, 100.0), st.floats(0.0, 4.0))
def test_the_lower_bound_is_a_probability_no_higher_than_the_curve(
    drawn: list[tuple[float, bool]], score: float, z: float
) -> None:
    curve = fitted([score for score, _ in drawn], [is_won for _, is_won in drawn])
    assert 0.0 <= curve.lower_bound(score, z) <= curve.probability(score) <= 1.0
    assert curve.lower_bound(score, 0.0) == curve.probability(score)


def test_the_bound_holds_as_often_as_it_says() -> None:
    held = 0
    for seed in range(120):
        curve = fitted(*draw(seed, 200, slope=0.4, intercept=-0.2), sd=LOOSE)
        held += curve.lower_bound(1.0, 1.2816) <= logistic(0.2)
    assert 0.84 <= held / 120 <= 0.96


def test_few_samples_stay_near_the_base_rate_and_many_leave_it() -> None:
    scores, wins = draw(3, 400, slope=1.0)
    few, many = fitted(scores, wins, size=10.0), fitted(scores, wins, size=400.0)
    assert abs(few.slope) < abs(many.slope)
    base = sum(wins) / len(wins)
    assert abs(few.probability(2.0) - base) < abs(many.probability(2.0) - base)
    assert few.slope_variance > many.slope_variance


def test_samples_that_overlap_widen_the_bound() -> None:
    scores, wins = draw(4, 400)
    assert fitted(scores, wins, size=40.0).lower_bound(0.0, 1.2816) < fitted(scores, wins).lower_bound(
        0.0, 1.2816
    )


def test_weights_count_as_so_many_samples() -> None:
    scores, wins = [0.0, 1.0, 2.0, 3.0], [False, True, False, True]
    doubled = platt_scaling(scores, wins, [1.0, 2.0, 1.0, 2.0], 6.0, 0.5)
    written_out = platt_scaling([*scores, 1.0, 3.0], [*wins, True, True], [1.0] * 6, 6.0, 0.5)
    assert doubled.probability(1.5) == pytest.approx(written_out.probability(1.5))


def test_scores_that_all_agree_give_the_smoothed_base_rate() -> None:
    curve = fitted([7.0] * 8, [True] * 2 + [False] * 6)
    assert curve.slope == 0.0
    assert curve.probability(7.0) == pytest.approx((2 * 3 / 4 + 6 / 8) / 8)


def test_perfect_separation_stays_finite() -> None:
    curve = fitted([-1.0] * 20 + [1.0] * 20, [False] * 20 + [True] * 20, sd=LOOSE)
    assert curve.probability(1.0) == pytest.approx(21 / 22)


def test_far_scores_are_walked_to_in_halved_steps() -> None:
    scores = [0.0] * 50 + [1e6]
    curve = fitted(scores, [True, False] * 25 + [True], sd=LOOSE)
    assert 0.0 < curve.probability(0.0) < curve.probability(1e6) <= 1.0


@pytest.mark.parametrize(
    ("weights", "size"), [([], 1.0), ([0.0], 1.0), ([1.0], 0.0), ([2.0, -1.0], 1.0), ([math.nan], 1.0)]
)
def test_what_is_worth_nothing_fits_no_curve(weights: list[float], size: float) -> None:
    arguments: tuple[Any, ...] = ([0.0] * len(weights), [True] * len(weights), weights, size, 0.5)
    with pytest.raises(ValueError, match="fit no curve"):
        platt_scaling(*arguments)
