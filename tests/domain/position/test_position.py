from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.halt import TradingHalt
from domain.market.direction import Direction, Side, side_that_closes, side_that_opens
from domain.orders.fill import Fill
from domain.position.position import Position, open_position, realized_by
from tests.order_samples import a_fill

QUANTITIES = st.decimals("0.001", "50", places=3)
PRICES = st.decimals("0.01", "9000", places=2)
FEES = st.decimals("-1", "1", places=8)
STEPS = st.lists(st.tuples(st.booleans(), QUANTITIES, PRICES, FEES), min_size=1, max_size=30)


def test_a_buy_opens_a_long_and_a_sell_a_short() -> None:
    long = open_position(a_fill(Side.BUY, "100", "2", fee="0.1", at_ms=7))
    assert long == Position(
        symbol="ETHUSDT",
        direction=Direction.LONG,
        quantity=Decimal(2),
        open_cost=Decimal(200),
        opened_at_ms=7,
        entered_quantity=Decimal(2),
        entered_cost=Decimal(200),
        exited_quantity=Decimal(0),
        exited_cost=Decimal(0),
        realized_pnl=Decimal(0),
        fees=Decimal("0.1"),
        funding=Decimal(0),
    )
    short = open_position(a_fill(Side.SELL, "100", "2", realized="0.5"))
    assert (short.direction, short.signed_quantity, short.realized_pnl) == (
        Direction.SHORT,
        Decimal(-2),
        Decimal("0.5"),
    )
    assert long.signed_quantity == 2


def test_adding_averages_the_entry() -> None:
    position = open_position(a_fill(price="100", quantity="2", fee="0.1"))
    more = position.after(a_fill(price="103", quantity="1", fee="0.2", realized="0.01", at_ms=9))
    assert more == replace(
        position,
        quantity=Decimal(3),
        open_cost=Decimal(303),
        entered_quantity=Decimal(3),
        entered_cost=Decimal(303),
        fees=Decimal("0.3"),
        realized_pnl=Decimal("0.01"),
    )
    assert more.entry_price == 101


def test_closing_a_part_books_the_venues_own_figure_and_keeps_the_rest() -> None:
    position = open_position(a_fill(price="100", quantity="3", fee="0.1"))
    less = position.after(a_fill(Side.SELL, "110", "1", fee="0.2", realized="9.99"))
    assert less == replace(
        position,
        quantity=Decimal(2),
        open_cost=Decimal("199.99"),
        exited_quantity=Decimal(1),
        exited_cost=Decimal(110),
        realized_pnl=Decimal("9.99"),
        fees=Decimal("0.3"),
    )
    assert not less.is_flat
    assert less.entry_price == 100
    assert less.exit_price == 110


def test_a_short_closes_by_buying() -> None:
    position = open_position(a_fill(Side.SELL, "100", "3"))
    less = position.after(a_fill(Side.BUY, "90", "1", realized="10"))
    assert less.open_cost == 200
    assert less.realized_pnl == 10
    assert less.unrealized_pnl(Decimal(95)) == 10
    assert less.unrealized_pnl(Decimal(105)) == -10


def test_a_whole_life_leaves_nothing_open() -> None:
    position = open_position(a_fill(price="100", quantity="3"))
    flat = position.after(a_fill(Side.SELL, "110", "3", realized="29.99999999"))
    assert flat.is_flat
    assert flat.quantity == flat.open_cost == 0
    assert flat.realized_pnl == Decimal("29.99999999")
    assert flat.exit_price == 110


def test_averages_are_shown_to_eight_decimals() -> None:
    position = open_position(a_fill(price="1", quantity="2")).after(a_fill(price="2", quantity="1"))
    assert str(position.entry_price) == "1.33333333"
    closed = position.after(a_fill(Side.SELL, "1", "1")).after(a_fill(Side.SELL, "3", "2"))
    assert str(closed.exit_price) == "2.33333333"


def test_there_is_no_exit_price_before_the_first_exit() -> None:
    with pytest.raises(LookupError, match="nothing of ETHUSDT was closed yet"):
        _ = open_position(a_fill()).exit_price


def test_funding_is_kept_apart_from_the_rest() -> None:
    position = open_position(a_fill())
    paid = position.after_funding(Decimal("-0.5")).after_funding(Decimal("0.2"))
    assert paid == replace(position, funding=Decimal("-0.3"))


@pytest.mark.parametrize("direction", Direction)
def test_a_fill_larger_than_the_rest_never_flips_the_position(direction: Direction) -> None:
    position = open_position(a_fill(side_that_opens(direction), quantity="1"))
    with pytest.raises(TradingHalt, match=r"fill f1 closes 1.001 of the 1 held"):
        position.after(a_fill(side_that_closes(direction), quantity="1.001"))


@pytest.mark.parametrize(
    "foreign",
    [a_fill(symbol="BTCUSDT"), a_fill(quantity="0"), a_fill(quantity="-1"), a_fill(Side.SELL, quantity="0")],
)
def test_a_fill_of_another_symbol_or_of_nothing_halts(foreign: Fill) -> None:
    with pytest.raises(TradingHalt, match="does not belong to"):
        open_position(a_fill()).after(foreign)


@pytest.mark.parametrize("side", Side)
def test_nothing_follows_a_flat_position(side: Side) -> None:
    flat = open_position(a_fill()).after(a_fill(Side.SELL))
    with pytest.raises(TradingHalt, match="does not belong to"):
        flat.after(a_fill(side))


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_fill_of_nothing_opens_nothing(quantity: str) -> None:
    with pytest.raises(TradingHalt, match=f"opens a position of {quantity}"):
        open_position(a_fill(quantity=quantity))


def test_a_part_realises_its_share_to_eight_decimals() -> None:
    position = open_position(a_fill(price="1", quantity="2")).after(a_fill(price="2", quantity="1"))
    assert str(realized_by(position, Decimal(2), Decimal(1))) == "0.66666667"
    assert realized_by(position, Decimal(2), Decimal(3)) == 2
    short = open_position(a_fill(Side.SELL, "1", "2")).after(a_fill(Side.SELL, "2", "1"))
    assert str(realized_by(short, Decimal(2), Decimal(1))) == "-0.66666667"


@given(st.sampled_from(Direction), PRICES, QUANTITIES, PRICES, st.data())
def test_a_part_realises_its_share_of_the_whole_to_half_a_unit(
    direction: Direction, entry: Decimal, quantity: Decimal, price: Decimal, data: st.DataObject
) -> None:
    position = open_position(a_fill(side_that_opens(direction), str(entry), str(quantity)))
    part = data.draw(st.decimals("0.001", quantity, places=3))
    exact = direction.sign * Fraction(price - entry) * Fraction(part)
    assert abs(Fraction(realized_by(position, price, part)) - exact) <= Fraction(1, 2 * 10**8)


def test_a_position_changes_by_fills_only() -> None:
    with pytest.raises(FrozenInstanceError):
        open_position(a_fill()).quantity = Decimal(2)  # type: ignore[misc]


def test_the_close_of_the_rest_takes_up_what_rounding_left() -> None:
    position = open_position(a_fill(price="1", quantity="2")).after(a_fill(price="2", quantity="1"))
    third = realized_by(position, Decimal(2), Decimal(1))
    rest = position.after(a_fill(Side.SELL, "2", "1", realized=str(third)))
    assert third + realized_by(rest, Decimal(2), Decimal(2)) == 2


@given(st.sampled_from(Direction), PRICES, QUANTITIES, STEPS)
def test_a_whole_life_realises_the_cash_that_moved_to_the_last_digit(
    direction: Direction,
    price: Decimal,
    quantity: Decimal,
    steps: list[tuple[bool, Decimal, Decimal, Decimal]],
) -> None:
    first = a_fill(side_that_opens(direction), str(price), str(quantity))
    position, cash, fees = open_position(first), -Fraction(price * quantity), Decimal(0)
    for is_more, step_quantity, step_price, fee in steps:
        if position.is_flat:
            break
        moved = step_quantity if is_more else min(step_quantity, position.quantity)
        side = side_that_opens(direction) if is_more else side_that_closes(direction)
        realized = Decimal(0) if is_more else realized_by(position, step_price, moved)
        cash += Fraction(step_price * moved) * (-1 if is_more else 1)
        fees += fee
        fill = a_fill(side, str(step_price), str(moved), fee=str(fee), realized=str(realized))
        position = position.after(fill)
        assert position.quantity >= 0
        assert position.quantity == position.entered_quantity - position.exited_quantity
        total = position.realized_pnl + position.unrealized_pnl(step_price)
        in_hand = cash + Fraction(step_price * position.quantity)
        assert Fraction(total) == direction.sign * in_hand
    assert position.fees == fees
    if position.is_flat:
        assert Fraction(position.realized_pnl) == direction.sign * cash
