"""Where open orders act, and in which order a candle takes them."""

from decimal import Decimal

import pytest

from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.waiting_order import WaitingOrder
from domain.market.direction import Side
from domain.orders.order import Order
from tests.adapters.simulated.candle_play import FREE, exchange_on_candles
from tests.order_samples import INSTRUMENT, SYMBOL, entry, limit_exit, market_exit, stop, target

LEVERAGE = 20


def waiting(*orders: Order, long: bool = True) -> list[WaitingOrder]:
    """Give orders as they wait at a price of 100, a position on the side that they close."""
    exchange = exchange_on_candles({SYMBOL: INSTRUMENT}, Decimal(100_000), FREE)
    broker = ExchangeBroker(exchange)
    exchange.candles.show(SYMBOL, 100.0)
    broker.place(entry("held", Side.BUY if long else Side.SELL, "10", leverage=LEVERAGE))
    exchange.candles.trade(exchange.candles.waiting(SYMBOL)[0], Decimal(100))
    for order in orders:
        broker.place(order)
    return list(exchange.candles.waiting(SYMBOL))


def one(order: Order) -> WaitingOrder:
    (found,) = waiting(order, long=order.side is Side.SELL or not order.is_reduce_only)
    return found


@pytest.mark.parametrize(
    ("order", "acts_below", "level", "own_price"),
    [
        (entry(price="99.0", leverage=LEVERAGE), True, 98.9, "99.0"),
        (entry(side=Side.SELL, price="101.0", leverage=LEVERAGE), False, 101.1, "101.0"),
        (limit_exit("a", Side.SELL, "1", "101.0"), False, 101.1, "101.0"),
        (stop("98.0"), True, 98.0, "98.0"),
        (stop("102.0", side=Side.BUY), False, 102.0, "102.0"),
        (target("102.0"), False, 102.0, "102.0"),
        (target("98.0", side=Side.BUY), True, 98.0, "98.0"),
        (market_exit(side=Side.BUY), True, 0.0, "0"),
    ],
)
def test_where_an_order_acts(order: Order, acts_below: bool, level: float, own_price: str) -> None:
    found = one(order)
    assert (found.acts_below, found.level, found.own_price) == (acts_below, level, Decimal(own_price))
    assert found.held.client_id == order.order_id


@pytest.mark.parametrize(
    ("order", "low", "high", "is_in_reach"),
    [
        (stop("98.0"), 98.0, 105.0, True),
        (stop("98.0"), 98.1, 105.0, False),
        (target("102.0"), 90.0, 102.0, True),
        (target("102.0"), 90.0, 101.9, False),
        (entry(price="99.0", leverage=LEVERAGE), 99.0, 105.0, False),
        (entry(price="99.0", leverage=LEVERAGE), 98.9, 105.0, True),
        (market_exit(), 100.0, 100.0, True),
    ],
)
def test_an_order_acts_when_the_range_comes_to_its_level(
    order: Order, low: float, high: float, is_in_reach: bool
) -> None:
    assert one(order).is_reached(low, high) is is_in_reach


def test_the_worst_for_us_comes_first() -> None:
    found = waiting(
        target("103.0", "t2", quantity="1"),
        stop("97.0", "s2"),
        entry("e2", price="98.5", leverage=LEVERAGE),
        entry("e3", price="98.5", leverage=LEVERAGE),
        target("102.0", "t1"),
        limit_exit("x2", Side.SELL, "1", "101.0"),
        entry("e1", price="99.0", leverage=LEVERAGE),
        stop("98.0", "s1"),
        market_exit("x1"),
    )
    ranked = sorted(found, key=lambda waits: waits.rank)
    assert [waits.held.client_id for waits in ranked] == [
        "x1",
        "s1",
        "s2",
        "e1",
        "e2",
        "e3",
        "x2",
        "t1",
        "t2",
    ]


def test_an_entry_comes_before_a_target_on_either_side() -> None:
    for long, order, taken in (
        (True, entry("e", price="99.0", leverage=LEVERAGE), target("102.0", "t")),
        (False, entry("e", Side.SELL, price="101.0", leverage=LEVERAGE), target("98.0", "t", Side.BUY)),
    ):
        ranked = sorted(waiting(taken, order, long=long), key=lambda waits: waits.rank)
        assert [waits.held.client_id for waits in ranked] == ["e", "t"]


def test_only_a_stop_before_the_forced_close_saves_from_it() -> None:
    saving = {order: one(order).saves_from(Decimal(97)) for order in (stop("97.0"), stop("96.9"))}
    assert list(saving.values()) == [True, False]
    assert one(stop("103.0", side=Side.BUY)).saves_from(Decimal(103))
    assert not one(stop("103.1", side=Side.BUY)).saves_from(Decimal(103))
    assert not one(target("102.0")).saves_from(Decimal(97))
