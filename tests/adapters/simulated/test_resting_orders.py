from decimal import Decimal

import pytest

from adapters.simulated.resting_orders import RestingOrders, resting_order
from domain.market.direction import Side
from domain.orders.order import Order
from tests.order_samples import INSTRUMENT, SYMBOL, entry, limit_exit, market_exit, stop, target


@pytest.mark.parametrize(
    ("order", "acts_below", "level", "own_price"),
    [
        (entry(price="99.0"), True, 98.9, "99.0"),
        (entry(side=Side.SELL, price="101.0"), False, 101.1, "101.0"),
        (limit_exit("a", Side.SELL, "1", "101.0"), False, 101.1, "101.0"),
        (stop("98.0"), True, 98.0, "98.0"),
        (stop("102.0", side=Side.BUY), False, 102.0, "102.0"),
        (target("102.0"), False, 102.0, "102.0"),
        (target("98.0", side=Side.BUY), True, 98.0, "98.0"),
        (market_exit(), True, 0.0, "0"),
    ],
)
def test_where_an_order_acts(order: Order, acts_below: bool, level: float, own_price: str) -> None:
    resting = resting_order(order, INSTRUMENT, 5)
    assert resting.acts_below is acts_below
    assert resting.level == level
    assert resting.own_price == Decimal(own_price)
    assert resting.sequence == 5
    assert resting.kind is order.kind


def test_orders_are_held_by_symbol_oldest_first() -> None:
    held = RestingOrders()
    held.add(entry("a", price="99"), INSTRUMENT)
    held.add(entry("b", price="98"), INSTRUMENT)
    assert [resting.order.order_id for resting in held.of(SYMBOL)] == ["a", "b"]
    assert [resting.sequence for resting in held.all()] == [0, 1]
    assert held.next_sequence == 2
    assert held.of("BTCUSDT") == []
    assert held.holds(SYMBOL, "a")
    assert not held.holds("BTCUSDT", "a")


def test_a_symbol_without_orders_is_forgotten() -> None:
    held = RestingOrders()
    held.add(entry("a", price="99"), INSTRUMENT)
    held.add(entry("b", price="99"), INSTRUMENT)
    held.remove(SYMBOL, "a")
    assert SYMBOL in held.by_symbol
    held.remove(SYMBOL, "b")
    assert held.by_symbol == {}


def test_an_order_is_cut_where_it_rests() -> None:
    held = RestingOrders()
    held.add(stop("98"), INSTRUMENT)
    held.cut(held.of(SYMBOL)[0], Decimal("0.5"))
    assert held.of(SYMBOL)[0].order == stop("98", quantity="0.5")


@pytest.mark.parametrize(
    ("low", "high", "may_act"),
    [(98.1, 101.9, False), (98.0, 101.9, True), (98.1, 102.0, True), (90.0, 110.0, True)],
)
def test_between_the_nearest_levels_nothing_acts(low: float, high: float, may_act: bool) -> None:
    held = RestingOrders()
    for order in (
        stop("98.0", "a"),
        stop("97.0", "b"),
        target("103.0", "c"),
        target("102.0", "d"),
        stop("99.0", "gone"),
    ):
        held.add(order, INSTRUMENT)
    held.remove(SYMBOL, "gone")
    assert held.may_act(SYMBOL, low, high) is may_act


def test_a_market_order_acts_at_any_price_and_no_order_never() -> None:
    held = RestingOrders()
    assert not held.may_act(SYMBOL, 0.1, 1e9)
    held.add(market_exit(), INSTRUMENT)
    assert held.may_act(SYMBOL, 100.0, 100.0)
    held.remove(SYMBOL, "a-x1")
    assert not held.may_act(SYMBOL, 0.1, 1e9)
