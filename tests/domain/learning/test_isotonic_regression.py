import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.confidence_bound import wilson_interval
from domain.learning.isotonic_regression import IsotonicRegression, Stair, isotonic_regression

cases = st.lists(
    st.tuples(st.integers(0, 10).map(float), st.booleans(), st.floats(0.1, 5.0)), min_size=1, max_size=40
)


def fitted(drawn: list[tuple[float, bool, float]], size: float = 10.0) -> IsotonicRegression:
    scores, wins, weights = zip(*drawn, strict=True)
    return isotonic_regression(scores, wins, weights, size)


def slow_isotonic(drawn: list[tuple[float, bool, float]]) -> dict[float, float]:
    """The max-min formula of isotonic regression, with the two doubts at the ends."""
    one = sum(weight for *_, weight in drawn) / len(drawn)
    scores = sorted({score for score, *_ in drawn})
    held = [*drawn, (scores[0], True, one), (scores[-1], False, one)]

    def share(low: float, high: float) -> float:
        within = [case for case in held if low <= case[0] <= high]
        return sum(weight for _, is_won, weight in within if is_won) / sum(case[2] for case in within)

    return {
        score: max(
            min(share(low, high) for high in scores if high >= score) for low in scores if low <= score
        )
        for score in scores
    }


@given(cases)
def test_it_is_the_best_staircase_that_never_falls(drawn: list[tuple[float, bool, float]]) -> None:
    staircase = fitted(drawn)
    for score, best in slow_isotonic(drawn).items():
        assert staircase.probability(score) == pytest.approx(best)


@given(cases, st.floats(-20.0, 20.0), st.floats(-20.0, 20.0))
def test_a_higher_score_never_means_less(
    drawn: list[tuple[float, bool, float]], one: float, other: float
) -> None:
    staircase = fitted(drawn)
    assert staircase.probability(min(one, other)) <= staircase.probability(max(one, other))


@given(cases, st.floats(-20.0, 20.0), st.floats(0.01, 4.0))
def test_nothing_is_certain_and_the_bound_is_below(
    drawn: list[tuple[float, bool, float]], score: float, z: float
) -> None:
    staircase = fitted(drawn)
    assert 0.0 <= staircase.lower_bound(score, z) < staircase.probability(score) < 1.0


def test_violators_are_pooled_and_equal_scores_share_a_stair() -> None:
    staircase = fitted(
        [(1.0, False, 1.0)] * 9 + [(2.0, True, 1.0), (3.0, False, 1.0)] + [(4.0, True, 1.0)] * 9
    )
    assert [(stair.from_score, stair.probability) for stair in staircase.stairs] == [
        (1.0, 0.1),
        (2.0, 0.5),
        (4.0, 0.9),
    ]


def test_scores_off_the_ends_stand_on_the_nearest_stair() -> None:
    staircase = IsotonicRegression((Stair(1.0, 0.25, 10.0), Stair(2.0, 0.5, 20.0), Stair(3.0, 0.75, 30.0)))
    assert [staircase.probability(score) for score in (-9.0, 1.0, 1.9, 2.0, 2.9, 3.0, 9.0)] == [
        0.25,
        0.25,
        0.25,
        0.5,
        0.5,
        0.75,
        0.75,
    ]


def test_the_bound_is_wilsons_on_the_effective_size_of_the_stair() -> None:
    staircase = IsotonicRegression((Stair(1.0, 0.5, 20.0),))
    assert staircase.lower_bound(1.0, 1.2816) == wilson_interval(0.5, 20.0, 1.2816).low


def test_samples_that_overlap_make_every_stair_worth_less() -> None:
    drawn = [(float(score), score > 4, 1.0) for score in range(10)] * 20
    assert [stair.effective_size for stair in fitted(drawn, 20.0).stairs] == pytest.approx(
        [stair.effective_size / 10.0 for stair in fitted(drawn, 200.0).stairs]
    )


def test_many_samples_give_the_curve_they_were_drawn_from() -> None:
    chance = random.Random(1)
    scores = [chance.random() for _ in range(20_000)]
    drawn = [(score, chance.random() < score, 1.0) for score in scores]
    staircase = fitted(drawn, 20_000.0)
    for score in (0.1, 0.3, 0.5, 0.7, 0.9):
        assert staircase.probability(score) == pytest.approx(score, abs=0.06)


@pytest.mark.parametrize("weights", [[], [0.0], [1.0, -1.0]])
def test_what_is_worth_nothing_makes_no_stairs(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="make no stairs"):
        isotonic_regression([0.0] * len(weights), [True] * len(weights), weights, 1.0)
