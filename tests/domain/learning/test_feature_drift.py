import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.feature_drift import WINDOW, FeatureSpread, excess_drift, spread_of, stability_index

values = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=60)


def gauss(seed: int, cases: int, mean: float = 0.0) -> list[float]:
    chance = random.Random(seed)
    return [chance.gauss(mean, 1.0) for _ in range(cases)]


def moody(seed: int, cases: int, memory: float = 0.99) -> list[float]:
    """Give what wanders slowly about zero with deviation one, as structure does for days."""
    chance, at, wandered = random.Random(seed), 0.0, []
    for _ in range(cases):
        at = memory * at + chance.gauss(0.0, math.sqrt(1.0 - memory * memory))
        wandered.append(at)
    return wandered


def test_a_spread_is_cut_at_its_quantiles() -> None:
    spread = spread_of([float(value) for value in range(1, 101)])
    assert spread.edges == (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
    assert spread.shares == pytest.approx((0.1,) * 10)


def test_equal_values_share_a_bin() -> None:
    assert spread_of([1.0] * 50 + [0.0] * 50).edges == (0.0,)
    assert spread_of([1.0] * 50) == FeatureSpread((), (1.0,), 0.0)
    assert spread_of([1.0, 2.0]).edges == (1.0,)


@given(values, values)
def test_the_index_is_zero_for_the_same_and_above_for_any_other(then: list[float], now: list[float]) -> None:
    spread = spread_of(then)
    assert sum(spread.shares) == pytest.approx(1.0)
    assert stability_index(spread, then) == pytest.approx(0.0)
    assert stability_index(spread, now) >= -1e-12
    assert 0.0 <= excess_drift(spread, now) <= max(0.0, stability_index(spread, now))


@given(values)
def test_every_training_value_lies_in_the_first_bin_that_reaches_it(then: list[float]) -> None:
    spread = spread_of(then)
    edges = (-math.inf, *spread.edges, math.inf)
    for place, share in enumerate(spread.shares):
        count = sum(edges[place] < value <= edges[place + 1] for value in then)
        assert share == pytest.approx((count + 0.5) / (len(then) + 0.5 * len(spread.shares)))


def test_a_known_index() -> None:
    spread = FeatureSpread((0.0,), (0.5, 0.5), 0.1)
    now = [-1.0] * 79 + [1.0] * 20
    index = (0.795 - 0.5) * math.log(0.795 / 0.5) + (0.205 - 0.5) * math.log(0.205 / 0.5)
    assert stability_index(spread, now) == pytest.approx(index)
    assert excess_drift(spread, now) == pytest.approx(index - 0.1)


def test_usual_is_the_highest_index_of_a_window_against_the_rest() -> None:
    """Of four windows of two that overlap by half, the last, all ones against three zeros, differs most."""
    spread = spread_of([0.0, 0.0, 0.0, 1.0, 1.0] * 2, window=2)
    now, then = (2.5 / 3, 0.5 / 3), (4.5 / 9, 4.5 / 9)
    ones, others = (0.5 / 3, 2.5 / 3), (6.5 / 9, 2.5 / 9)
    index_of_zeros = sum((n - t) * math.log(n / t) for n, t in zip(now, then, strict=True))
    index_of_ones = sum((n - t) * math.log(n / t) for n, t in zip(ones, others, strict=True))
    assert spread.usual == pytest.approx(max(index_of_zeros, index_of_ones))


def test_windows_overlap_by_half() -> None:
    """A run of four odd values is whole in the second of the windows that begin every two values."""
    straight = spread_of([0.0] * 2 + [1.0] * 4 + [0.0] * 14, window=4)
    shifted = spread_of([0.0] * 4 + [1.0] * 4 + [0.0] * 12, window=4)
    assert straight.usual == shifted.usual > 2.0


def test_a_short_training_is_cut_into_five_windows() -> None:
    then = gauss(1, 100)
    assert spread_of(then).usual == spread_of(then, window=20).usual
    assert spread_of(then, window=10).usual != spread_of(then, window=20).usual


def test_chance_alone_is_no_drift_and_a_shift_is() -> None:
    spread = spread_of(gauss(1, 4_000))
    same = [excess_drift(spread, gauss(seed, WINDOW)) for seed in range(2, 42)]
    assert max(same) < 0.05
    assert excess_drift(spread, gauss(2, WINDOW, mean=0.8)) > 0.25


def test_what_wandered_in_training_may_wander_afterwards() -> None:
    then = moody(1, 4_000)
    spread = spread_of(then)
    windows = [moody(seed, WINDOW) for seed in range(2, 42)]
    indices = sorted(stability_index(spread, window) for window in windows)
    excess = sorted(excess_drift(spread, window) for window in windows)
    assert indices[20] > 0.5
    assert excess[30] < 0.5
    assert spread.usual > 10 * spread_of(random.Random(1).sample(then, len(then))).usual


def test_no_values_are_no_drift() -> None:
    spread = spread_of([1.0, 2.0])
    assert stability_index(spread, []) == 0.0
    assert excess_drift(spread, []) == 0.0


def test_no_values_have_no_spread() -> None:
    with pytest.raises(ValueError, match="no values"):
        spread_of([])
