import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.probability_score import (
    SUREST,
    brier_score,
    log_loss,
    logistic,
    logit_of,
    skill,
    weighted_mean,
)

probabilities = st.floats(0.0, 1.0)


@given(st.floats(SUREST, 1.0 - SUREST))
def test_a_probability_comes_back_from_its_logit(probability: float) -> None:
    assert logistic(logit_of(probability)) == pytest.approx(probability, rel=1e-9)


@given(st.floats(-1e6, 1e6))
def test_mirrored_logits_give_complements(logit: float) -> None:
    assert logistic(logit) + logistic(-logit) == pytest.approx(1.0)


def test_certainty_is_held_at_the_surest_that_is_scored() -> None:
    assert log_loss(0.0, is_won=True) == log_loss(1.0, is_won=False) == pytest.approx(-math.log(SUREST))
    assert [logit_of(1.0), -logit_of(0.0)] == pytest.approx([math.log(1.0 / SUREST)] * 2, abs=1e-5)


def test_known_scores() -> None:
    assert log_loss(0.25, is_won=True) == pytest.approx(math.log(4.0))
    assert log_loss(0.25, is_won=False) == pytest.approx(math.log(4.0 / 3.0))
    assert brier_score(0.25, is_won=True) == 0.5625
    assert brier_score(0.25, is_won=False) == 0.0625


@given(st.floats(0.01, 0.99), probabilities)
def test_nobody_scores_better_on_average_than_by_the_truth(truth: float, stated: float) -> None:
    def expected(said: float) -> tuple[float, float]:
        losses = truth * log_loss(said, is_won=True) + (1 - truth) * log_loss(said, is_won=False)
        squares = truth * brier_score(said, is_won=True) + (1 - truth) * brier_score(said, is_won=False)
        return losses, squares

    for honest, other in zip(expected(truth), expected(stated), strict=True):
        assert honest <= other + 1e-12


def test_a_mean_is_weighted() -> None:
    assert weighted_mean([1.0, 4.0], [2.0, 1.0]) == 2.0


@pytest.mark.parametrize("weights", [[], [0.0]])
def test_there_is_no_mean_of_nothing(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="no mean of"):
        weighted_mean([1.0] * len(weights), weights)


def test_skill_is_the_share_of_the_loss_that_is_gone() -> None:
    assert skill(0.2, 0.25) == pytest.approx(0.2)
    assert skill(0.3, 0.25) == pytest.approx(-0.2)
    assert skill(0.3, 0.0) == 0.0
