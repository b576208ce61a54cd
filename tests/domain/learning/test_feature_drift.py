import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.feature_drift import FeatureSpread, excess_drift, spread_of, stability_index

values = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=60)


def gauss(seed: int, cases: int, mean: float = 0.0) -> list[float]:
    chance = random.Random(seed)
    return [chance.gauss(mean, 1.0) for _ in range(cases)]


def test_a_spread_is_cut_at_its_quantiles() -> None:
    spread = spread_of([float(value) for value in range(1, 101)], 100.0)
    assert spread.edges == (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
    assert spread.shares == pytest.approx((0.1,) * 10)


def test_equal_values_share_a_bin() -> None:
    assert spread_of([1.0] * 50 + [0.0] * 50, 100.0).edges == (0.0,)
    assert spread_of([1.0] * 50, 50.0) == FeatureSpread((), (1.0,), 50.0)
    assert spread_of([1.0, 2.0], 2.0).edges == (1.0,)


@given(values, values)
def test_the_index_is_zero_for_the_same_and_above_for_any_other(then: list[float], now: list[float]) -> None:
    spread = spread_of(then, 10.0)
    assert sum(spread.shares) == pytest.approx(1.0)
    assert stability_index(spread, then) == pytest.approx(0.0)
    assert stability_index(spread, now) >= -1e-12


@given(values)
def test_every_training_value_lies_in_the_first_bin_that_reaches_it(then: list[float]) -> None:
    spread = spread_of(then, 10.0)
    edges = (-math.inf, *spread.edges, math.inf)
    for place, share in enumerate(spread.shares):
        count = sum(edges[place] < value <= edges[place + 1] for value in then)
        assert share == pytest.approx((count + 0.5) / (len(then) + 0.5 * len(spread.shares)))


def test_a_known_index() -> None:
    spread = FeatureSpread((0.0,), (0.5, 0.5), 100.0)
    now = [-1.0] * 79 + [1.0] * 20
    assert stability_index(spread, now) == pytest.approx(
        (0.795 - 0.5) * math.log(0.795 / 0.5) + (0.205 - 0.5) * math.log(0.205 / 0.5)
    )


def test_chance_alone_is_no_drift_and_a_shift_is() -> None:
    spread = spread_of(gauss(1, 2_000), 2_000.0)
    same = [excess_drift(spread, gauss(seed, 200), 200.0) for seed in range(2, 42)]
    assert sum(same) / len(same) < 0.02
    assert excess_drift(spread, gauss(2, 200, mean=0.8), 200.0) > 0.25


def test_values_that_hang_together_prove_less() -> None:
    spread = spread_of(gauss(1, 2_000), 2_000.0)
    moved = gauss(2, 200, mean=0.3)
    assert excess_drift(spread, moved, 20.0) < excess_drift(spread, moved, 200.0)


def test_nothing_to_compare_is_no_drift() -> None:
    spread = spread_of([1.0, 2.0], 2.0)
    assert stability_index(spread, []) == 0.0
    assert excess_drift(spread, [], 0.0) == 0.0
    assert excess_drift(FeatureSpread((), (1.0,), 0.0), [1.0], 1.0) == 0.0


def test_no_values_have_no_spread() -> None:
    with pytest.raises(ValueError, match="no values"):
        spread_of([], 0.0)
