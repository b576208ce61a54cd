"""Against the worked example of Bailey and Lopez de Prado (2014), and against simple truths."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.performance.deflated_sharpe import (
    SharpeRatio,
    best_by_luck,
    deflated_sharpe,
    sharpe_ratio,
)

PAPER = SharpeRatio(ratio=2.5 / math.sqrt(250), skewness=-3.0, kurtosis=10.0, returns=1_250)


def test_the_papers_example_without_its_trials() -> None:
    spread = math.sqrt(1.0 + 3.0 * PAPER.ratio + 9.0 / 4.0 * PAPER.ratio**2)
    expected = statistics.NormalDist().cdf(PAPER.ratio * math.sqrt(1_249) / spread)
    assert deflated_sharpe(PAPER, 1) == pytest.approx(expected)


def test_the_papers_best_of_a_hundred_by_luck() -> None:
    """There the trials' annual ratios vary by 1/2, and the best is to be expected at 0.1132 a day."""
    a_day = math.sqrt(0.5 / 250)
    assert best_by_luck(1_250, 100) * math.sqrt(1_249) * a_day == pytest.approx(0.1132, abs=5e-5)


def test_the_best_of_many_lucky_ones_is_as_good_as_expected() -> None:
    draw = random.Random(3).gauss
    best = [max(draw(0.0, 1.0) for _ in range(50)) for _ in range(2_000)]
    assert best_by_luck(101, 50) * 10.0 == pytest.approx(statistics.fmean(best), abs=0.05)


def test_a_single_try_is_held_to_zero() -> None:
    assert best_by_luck(500, 1) == 0.0
    assert deflated_sharpe(SharpeRatio(0.0, 0.0, 3.0, 500), 1) == pytest.approx(0.5)


def test_no_tries_at_all_make_no_sense() -> None:
    with pytest.raises(ValueError, match="0 trials"):
        deflated_sharpe(PAPER, 0)


@given(st.integers(1, 10_000), st.floats(-1, 1), st.integers(10, 2_000))
def test_more_tries_never_make_skill_likelier(trials: int, ratio: float, returns: int) -> None:
    found = SharpeRatio(ratio, 0.0, 3.0, returns)
    assert deflated_sharpe(found, trials + 1) <= deflated_sharpe(found, trials)


@given(st.lists(st.floats(-0.1, 0.1), min_size=3, max_size=50))
def test_moments_are_those_of_the_returns(returns: list[float]) -> None:
    found = sharpe_ratio(returns)
    if found is None:
        assert statistics.pvariance(returns) == pytest.approx(0.0, abs=1e-12)
        return
    spread = statistics.stdev(returns)
    assert found.ratio == pytest.approx(statistics.fmean(returns) / spread, rel=1e-6, abs=1e-9)
    assert found.kurtosis >= 1.0 - 1e-6
    assert found.returns == len(returns)


def test_skewness_and_kurtosis_of_a_known_sample() -> None:
    found = sharpe_ratio([0.0, 0.0, 0.0, 4.0])
    assert found is not None
    assert found.skewness == pytest.approx(2 / math.sqrt(3))
    assert found.kurtosis == pytest.approx(7 / 3)
    assert found.ratio == pytest.approx(0.5)
    assert found.a_year == pytest.approx(0.5 * math.sqrt(365))


@pytest.mark.parametrize("returns", [[], [0.1, 0.2], [0.0] * 50, [0.1] * 10])
def test_what_does_not_vary_has_no_ratio(returns: list[float]) -> None:
    assert sharpe_ratio(returns) is None
