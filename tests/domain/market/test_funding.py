from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.funding import FUNDING_INTERVAL_MS, funding_payment, next_funding_ms
from domain.market.timeframe import HOUR_MS

EIGHT = 8 * HOUR_MS


def test_funding_comes_at_midnight_eight_and_sixteen() -> None:
    assert [next_funding_ms(hour * HOUR_MS) for hour in (0, 7, 15, 23)] == [
        EIGHT,
        EIGHT,
        2 * EIGHT,
        3 * EIGHT,
    ]


def test_the_moment_itself_is_left_out() -> None:
    assert next_funding_ms(EIGHT - 1) == EIGHT
    assert next_funding_ms(EIGHT) == 2 * EIGHT


def test_other_intervals_count_from_midnight_too() -> None:
    assert next_funding_ms(EIGHT + 1, EIGHT // 2) == EIGHT + EIGHT // 2


@given(st.integers(0, 10**13))
def test_the_next_moment_is_the_nearest_ahead(after_ms: int) -> None:
    moment = next_funding_ms(after_ms)
    assert moment - FUNDING_INTERVAL_MS <= after_ms < moment
    assert moment % FUNDING_INTERVAL_MS == 0


@pytest.mark.parametrize(
    ("quantity", "rate", "payment"),
    [("2", "0.0001", "-0.02"), ("-2", "0.0001", "0.02"), ("2", "-0.0001", "0.02"), ("0", "0.0001", "0")],
)
def test_longs_pay_while_the_rate_is_above_zero(quantity: str, rate: str, payment: str) -> None:
    assert funding_payment(Decimal(quantity), Decimal(100), Decimal(rate)) == Decimal(payment)


def test_a_payment_is_booked_to_eight_decimals() -> None:
    paid = funding_payment(Decimal("0.001"), Decimal("1234.56789"), Decimal("0.00012345"))
    assert str(paid) == "-0.00015241"
