from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Direction
from domain.market.leverage_bracket import CAUTIOUS_BRACKETS, LeverageBracket
from domain.position.margin import cross_balance, initial_margin, liquidation_price, maintenance_margin

VENUE = (LeverageBracket(Decimal(0), Decimal(10**9), 125, Decimal("0.004"), Decimal(0)),)
HALF = Decimal("0.5")
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("direction", "balance", "price"),
    [
        (Direction.LONG, "2250", "85843.37"),
        (Direction.SHORT, "2250", "94123.51"),
        (Direction.LONG, "10000", "70281.12"),
    ],
)
def test_the_venues_own_check_values(direction: Direction, balance: str, price: str) -> None:
    found = liquidation_price(direction, HALF, HALF * 90_000, Decimal(balance), VENUE)
    assert found is not None
    assert found.quantize(CENT) == Decimal(price)


def test_the_price_is_given_to_eight_decimals() -> None:
    found = liquidation_price(Direction.LONG, Decimal(3), Decimal(100), Decimal(1), VENUE)
    assert str(found) == "33.13253012"


def test_a_long_that_the_wallet_covers_to_zero_is_never_liquidated() -> None:
    assert liquidation_price(Direction.LONG, Decimal(1), Decimal(100), Decimal(100), VENUE) is None
    assert liquidation_price(Direction.LONG, Decimal(1), Decimal(100), Decimal(101), VENUE) is None


def test_the_bracket_is_that_of_the_liquidation_price_not_of_the_entry() -> None:
    cost, balance = Decimal(60_000), Decimal(15_000)
    found = liquidation_price(Direction.LONG, Decimal(1), cost, balance, CAUTIOUS_BRACKETS)
    assert found == Decimal("45454.54545455")
    dear = liquidation_price(Direction.SHORT, Decimal(1), Decimal(49_000), Decimal(5_000), CAUTIOUS_BRACKETS)
    assert dear is not None
    assert dear.quantize(CENT) == Decimal("53414.63")


def test_a_price_on_the_border_of_two_brackets_belongs_to_both() -> None:
    cost = Decimal(60_000)
    found = liquidation_price(Direction.LONG, Decimal(1), cost, Decimal(10_500), CAUTIOUS_BRACKETS)
    assert found == 50_000


def test_beyond_the_last_cap_the_last_bracket_still_holds() -> None:
    found = liquidation_price(
        Direction.SHORT, Decimal(1), Decimal(2_000_000), Decimal(100), CAUTIOUS_BRACKETS[:2]
    )
    assert found is not None
    assert found.quantize(CENT) == Decimal("1952048.78")


@given(
    st.sampled_from(Direction),
    st.decimals("0.001", "1000", places=3),
    st.decimals("1", "5000", places=2),
    st.decimals("0.01", "100000", places=2),
)
def test_at_the_liquidation_price_equity_is_the_maintenance_margin(
    direction: Direction, quantity: Decimal, entry: Decimal, balance: Decimal
) -> None:
    cost = quantity * entry
    price = liquidation_price(direction, quantity, cost, balance, CAUTIOUS_BRACKETS)
    if price is None:
        assert direction is Direction.LONG
        assert balance >= cost
        return
    equity = balance + direction.sign * (price * quantity - cost)
    assert abs(equity - maintenance_margin(price * quantity, CAUTIOUS_BRACKETS)) <= quantity * Decimal("1E-8")


def test_maintenance_is_the_rate_less_the_deduction_of_its_bracket() -> None:
    assert maintenance_margin(Decimal(1000), CAUTIOUS_BRACKETS) == 10
    assert maintenance_margin(Decimal(100_000), CAUTIOUS_BRACKETS) == 1750
    odd = (LeverageBracket(Decimal(0), Decimal(100), 5, Decimal("0.01"), Decimal(50)),)
    assert maintenance_margin(Decimal(10), odd) == 0


def test_initial_margin_is_notional_over_leverage() -> None:
    assert str(initial_margin(Decimal(100), 3)) == "33.33333333"


def test_a_cross_position_stands_on_the_wallet_and_what_the_others_leave() -> None:
    assert cross_balance(Decimal(100), Decimal(-20), Decimal(5)) == 75
