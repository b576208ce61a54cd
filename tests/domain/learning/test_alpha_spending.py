import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.alpha_spending import alpha_of_attempt, alpha_spent


def test_the_first_attempt_may_take_three_fifths() -> None:
    assert alpha_of_attempt(1, 0.05) == pytest.approx(0.05 * 6.0 / math.pi**2)
    assert alpha_of_attempt(2, 0.05) == pytest.approx(alpha_of_attempt(1, 0.05) / 4.0)


@given(st.integers(1, 500), st.floats(0.001, 0.5))
def test_however_often_it_is_tried_less_than_the_total_is_spent(attempts: int, total: float) -> None:
    assert alpha_spent(attempts, total) < total
    assert alpha_spent(attempts, total) > alpha_spent(attempts - 1, total)


def test_what_is_left_after_many_attempts_is_little() -> None:
    assert alpha_spent(0, 0.05) == 0.0
    assert alpha_spent(1_000, 0.05) == pytest.approx(0.05, abs=1e-4)


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1, not 0"):
        alpha_of_attempt(0, 0.05)
