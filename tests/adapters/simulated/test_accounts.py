from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulated.accounts import Accounts, Execution
from application.market_minutes import CalmPrices
from domain.market.direction import Direction, Side
from domain.market.wallet_unit import in_wallet_units
from domain.orders.fill import Fill
from domain.position.account import Account
from tests.order_samples import INSTRUMENT, SYMBOL

MARKS = {SYMBOL: Decimal(110)}


def accounts() -> Accounts:
    return Accounts(Decimal(1000), {SYMBOL: INSTRUMENT})


def execution(side: Side, quantity: str, price: str = "100", fee_rate: str = "0.001") -> Execution:
    return Execution(
        order_id="a",
        symbol=SYMBOL,
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee_rate=Decimal(fee_rate),
        is_maker=False,
        at_ms=7,
    )


def test_a_trade_pays_its_fee_and_opens_a_position() -> None:
    books = accounts()
    (fill,) = books.trade(execution(Side.BUY, "2"))
    assert fill == Fill(
        fill_id=f"{SYMBOL}-1",
        order_id="a",
        symbol=SYMBOL,
        side=Side.BUY,
        price=Decimal(100),
        quantity=Decimal(2),
        fee=Decimal("0.2"),
        realized_pnl=Decimal(0),
        is_maker=False,
        is_last=True,
        at_ms=7,
    )
    assert books.positions[SYMBOL].quantity == 2
    assert books.account.wallet == Decimal("999.8")


def test_a_trade_the_other_way_closes_and_realises() -> None:
    books = accounts()
    books.trade(execution(Side.BUY, "2", fee_rate="0"))
    (part,) = books.trade(execution(Side.SELL, "1", "110", "0"))
    assert (part.realized_pnl, part.is_last, part.fill_id) == (Decimal(10), True, f"{SYMBOL}-2")
    (rest,) = books.trade(execution(Side.SELL, "1", "90", "0"))
    assert rest.realized_pnl == -10
    assert books.positions == {}
    assert books.account == Account(Decimal(1000))


def test_a_trade_that_turns_the_position_around_makes_two_fills() -> None:
    books = accounts()
    books.trade(execution(Side.BUY, "2", fee_rate="0"))
    closing, opening = books.trade(execution(Side.SELL, "5", "110"))
    assert (closing.quantity, closing.realized_pnl, closing.is_last) == (Decimal(2), Decimal(20), False)
    assert (opening.quantity, opening.realized_pnl, opening.is_last) == (Decimal(3), Decimal(0), True)
    assert (closing.fee, opening.fee) == (Decimal("0.22"), Decimal("0.33"))
    assert books.positions[SYMBOL].direction is Direction.SHORT


def test_turning_around_by_a_little_makes_two_fills_too() -> None:
    books = accounts()
    books.trade(execution(Side.SELL, "2", fee_rate="0"))
    assert [fill.quantity for fill in books.trade(execution(Side.BUY, "2.001"))] == [2, Decimal("0.001")]


def test_the_liquidation_price_leaves_the_others_their_maintenance() -> None:
    other = "BTCUSDT"
    books = Accounts(Decimal(1000), {SYMBOL: INSTRUMENT, other: replace(INSTRUMENT, symbol=other)})
    books.trade(execution(Side.BUY, "20", fee_rate="0"))
    books.trade(execution(Side.SELL, "5", fee_rate="0")._replace(symbol=other))
    found = books.liquidation_price(SYMBOL, {SYMBOL: Decimal(1), other: Decimal(110)})
    balance = 1000 - 50 - Decimal("5.5")
    assert found == in_wallet_units((balance - 2000) / (20 * (Decimal("0.01") - 1)))


def test_fees_are_booked_to_eight_decimals() -> None:
    (fill,) = accounts().trade(execution(Side.BUY, "0.001", "0.1", "0.00012345"))
    assert str(fill.fee) == "1E-8"


def test_funding_moves_wallet_and_position() -> None:
    books = accounts()
    books.trade(execution(Side.BUY, "2", fee_rate="0"))
    assert books.settle_funding(SYMBOL, Decimal(100), Decimal("0.0001"), 9) == Decimal("-0.02")
    assert books.account.wallet == Decimal("999.98")
    assert books.positions[SYMBOL].funding == Decimal("-0.02")


def test_free_margin_is_equity_less_what_stands_behind_positions() -> None:
    books = accounts()
    assert books.free_margin({}) == 1000
    books.leverages[SYMBOL] = 4
    books.trade(execution(Side.BUY, "2", fee_rate="0"))
    assert books.free_margin(MARKS) == 1000 + 20 - 55


@pytest.mark.parametrize(("price", "is_far"), [(100.0, True), (58.0, True), (57.0, False), (40.0, False)])
def test_far_from_liquidation_is_told_by_the_highest_rate(price: float, is_far: bool) -> None:
    books = accounts()
    books.trade(execution(Side.BUY, "20", fee_rate="0"))
    assert books.is_far_from_liquidation(SYMBOL, price, {}) is is_far


@given(
    st.lists(st.sampled_from(Side), min_size=2, max_size=2),
    st.lists(st.decimals("0.1", "50", places=1), min_size=2, max_size=2),
    st.lists(st.tuples(st.floats(1.0, 300.0), st.floats(1.0, 300.0)), min_size=2, max_size=2),
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2),
)
def test_what_stays_far_from_liquidation_between_prices_is_far_at_each_of_them(
    sides: list[Side], quantities: list[Decimal], ends: list[tuple[float, float]], shares: list[float]
) -> None:
    symbols = (SYMBOL, "BTCUSDT")
    books = Accounts(Decimal(1000), {name: replace(INSTRUMENT, symbol=name) for name in symbols})
    calm = {name: CalmPrices(min(two), max(two)) for name, two in zip(symbols, ends, strict=True)}
    prices = {}
    for name, side, quantity, share in zip(symbols, sides, quantities, shares, strict=True):
        books.trade(execution(side, str(quantity))._replace(symbol=name))
        prices[name] = calm[name].below + share * (calm[name].above - calm[name].below)
    stays_far = books.stays_far_from_liquidation(calm)
    are_far = [books.is_far_from_liquidation(name, prices[name], prices) for name in symbols]
    assert all(are_far) or not stays_far


def test_what_may_come_near_its_liquidation_does_not_stay_far() -> None:
    books = accounts()
    books.trade(execution(Side.BUY, "20", fee_rate="0"))
    assert books.stays_far_from_liquidation({SYMBOL: CalmPrices(58.0, 500.0)})
    assert not books.stays_far_from_liquidation({SYMBOL: CalmPrices(57.0, 500.0)})


@given(
    st.sampled_from(Side),
    st.decimals("0.1", "500", places=1),
    st.decimals("0.1", "500", places=1),
    st.decimals("0.1", "500", places=1),
)
def test_nothing_is_far_from_liquidation_where_the_exact_price_is_reached(
    side: Side, quantity: Decimal, other_quantity: Decimal, other_mark: Decimal
) -> None:
    other = "BTCUSDT"
    books = Accounts(Decimal(1000), {SYMBOL: INSTRUMENT, other: replace(INSTRUMENT, symbol=other)})
    books.trade(execution(side, str(quantity)))
    books.trade(execution(Side.BUY, str(other_quantity))._replace(symbol=other))
    exact = books.liquidation_price(SYMBOL, {SYMBOL: Decimal(100), other: other_mark})
    if exact is not None:
        assert not books.is_far_from_liquidation(SYMBOL, float(exact), {other: float(other_mark)})
