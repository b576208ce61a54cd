from decimal import Decimal

import pytest

from domain.market.wallet_unit import in_wallet_units


@pytest.mark.parametrize(
    ("amount", "booked"),
    [
        ("1", "1.00000000"),
        ("0.123456785", "0.12345678"),
        ("0.123456775", "0.12345678"),
        ("-0.000000005", "0E-8"),
        ("-0.000000015", "-2E-8"),
    ],
)
def test_amounts_are_booked_to_eight_decimals_half_to_even(amount: str, booked: str) -> None:
    assert str(in_wallet_units(Decimal(amount))) == booked
