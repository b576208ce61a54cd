import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.structure.squash import added_up, recency, saturation, squash


@pytest.mark.parametrize(("x", "expected"), [(0.0, 0.0), (1.0, 0.5), (-1.0, -0.5), (3.0, 0.75)])
def test_squash_halves_one_and_keeps_the_sign(x: float, expected: float) -> None:
    assert squash(x) == expected


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_squash_stays_within_one_and_is_odd(x: float) -> None:
    assert -1.0 <= squash(x) <= 1.0
    assert squash(-x) == -squash(x)


@pytest.mark.parametrize(("age", "expected"), [(0, 1.0), (6, 0.5), (18, 0.25)])
def test_what_happened_a_half_life_ago_counts_half(age: int, expected: float) -> None:
    assert recency(age, 6) == expected


@pytest.mark.parametrize(
    ("x", "expected"), [(0.0, 0.0), (1.5, 0.5), (4.5, 0.75), (1e301, 1.0), (math.inf, 1.0)]
)
def test_saturation_rises_from_zero_over_a_half_to_one(x: float, expected: float) -> None:
    assert saturation(x, 1.5) == expected


def test_numbers_are_added_from_first_to_last_without_compensation() -> None:
    assert added_up([1e16, 1.0, 1.0, -1e16]) == 0.0
    assert added_up([1.0, 1.0, 1e16, -1e16]) == 2.0
    assert added_up([]) == 0.0
