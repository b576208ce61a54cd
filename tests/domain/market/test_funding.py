from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.funding import FUNDING_INTERVAL_MS, funding_moments, funding_payment, next_funding_ms

EIGHT = 8 * 3_600_000


def test_funding_comes_at_midnight_eight_and_sixteen() -> None:
    assert list(funding_moments(0, 3 * EIGHT)) == [EIGHT, 2 * EIGHT, 3 * EIGHT]


def test_the_start_is_left_out_and_the_end_is_taken() -> None:
    assert list(funding_moments(EIGHT, EIGHT)) == []
    assert list(funding_moments(EIGHT - 1, EIGHT)) == [EIGHT]
    assert list(funding_moments(EIGHT, 2 * EIGHT - 1)) == []


def test_other_intervals_count_from_midnight_too() -> None:
    assert next_funding_ms(EIGHT + 1, EIGHT // 2) == EIGHT + EIGHT // 2


@given(st.integers(0, 10**13), st.integers(0, 10**9))
def test_splitting_a_stretch_of_time_loses_and_doubles_no_moment(start: int, length: int) -> None:
    middle, end = start + length // 3, start + length
    split = [*funding_moments(start, middle), *funding_moments(middle, end)]
    assert split == list(funding_moments(start, end))
    assert all(start < moment <= end and moment % FUNDING_INTERVAL_MS == 0 for moment in split)


@pytest.mark.parametrize(
    ("quantity", "rate", "payment"),
    [("2", "0.0001", "-0.02"), ("-2", "0.0001", "0.02"), ("2", "-0.0001", "0.02"), ("0", "0.0001", "0")],
)
def test_longs_pay_while_the_rate_is_above_zero(quantity: str, rate: str, payment: str) -> None:
    assert funding_payment(Decimal(quantity), Decimal(100), Decimal(rate)) == Decimal(payment)


def test_a_payment_is_booked_to_eight_decimals() -> None:
    paid = funding_payment(Decimal("0.001"), Decimal("1234.56789"), Decimal("0.00012345"))
    assert str(paid) == "-0.00015241"
