import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.confidence import confidence_of

chances = st.floats(0.0, 1.0)
payoffs = st.floats(0.01, 100.0)


@given(chances)
def test_at_even_money_confidence_is_the_probability_itself(chance: float) -> None:
    assert confidence_of(chance, 1.0) == pytest.approx(chance, abs=1e-12)


@given(payoffs)
def test_a_trade_that_breaks_even_on_average_is_worth_one_half(payoff: float) -> None:
    assert confidence_of(1.0 / (1.0 + payoff), payoff) == pytest.approx(0.5, abs=1e-9)


@given(chances, payoffs)
def test_confidence_is_one_half_and_half_of_the_kelly_fraction(chance: float, payoff: float) -> None:
    kelly = chance - (1.0 - chance) / payoff
    assert confidence_of(chance, payoff) == pytest.approx(min(1.0, max(0.0, (1.0 + kelly) / 2.0)))


@given(chances, chances, payoffs)
def test_more_chance_never_means_less_confidence(one: float, other: float, payoff: float) -> None:
    assert confidence_of(min(one, other), payoff) <= confidence_of(max(one, other), payoff)


def test_a_known_case() -> None:
    assert confidence_of(0.5, 2.0) == 0.625
    assert confidence_of(0.0, 0.5) == 0.0
    assert confidence_of(1.0, 0.5) == 1.0


@pytest.mark.parametrize("chance", [-0.01, 1.01, math.nan, math.inf])
def test_a_probability_outside_zero_and_one_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match=f"^win probability is {chance}; it must be a number from 0 to 1$"):
        confidence_of(chance, 1.0)


@pytest.mark.parametrize("payoff", [0.0, -1.0, math.nan, math.inf])
def test_a_payoff_that_is_not_above_zero_is_refused(payoff: float) -> None:
    with pytest.raises(ValueError, match=f"^payoff is {payoff}; it must be a number above 0$"):
        confidence_of(0.5, payoff)
