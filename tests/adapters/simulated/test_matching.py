from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulated.matching import is_reached, pessimistic_rank, taker_price, would_take, would_trigger
from adapters.simulated.resting_orders import RestingOrder, resting_order
from domain.market.direction import Side
from domain.orders.order import Order
from tests.order_samples import INSTRUMENT, entry, limit_exit, market_exit, stop, target


def resting(order: Order, sequence: int = 0) -> RestingOrder:
    return resting_order(order, INSTRUMENT, sequence)


@pytest.mark.parametrize(
    ("order", "low", "high", "is_in_reach"),
    [
        (stop("98.0"), 98.0, 105.0, True),
        (stop("98.0"), 98.1, 105.0, False),
        (target("102.0"), 90.0, 102.0, True),
        (target("102.0"), 90.0, 101.9, False),
        (entry(price="99.0"), 99.0, 105.0, False),
        (entry(price="99.0"), 98.9, 105.0, True),
    ],
)
def test_an_order_acts_when_the_range_comes_to_its_level(
    order: Order, low: float, high: float, is_in_reach: bool
) -> None:
    assert is_reached(resting(order), low, high) is is_in_reach


def test_a_stuck_order_never_acts() -> None:
    stuck = resting(stop("98.0"))
    stuck.is_stuck = True
    assert not is_reached(stuck, 1.0, 1000.0)


@pytest.mark.parametrize(
    ("order", "takes"),
    [
        (entry(price="100.0"), False),
        (entry(price="100.1"), True),
        (entry(side=Side.SELL, price="100.0"), False),
        (entry(side=Side.SELL, price="99.9"), True),
        (entry(), False),
        (stop("100.0"), False),
    ],
)
def test_a_limit_beyond_the_last_price_would_take(order: Order, takes: bool) -> None:
    assert would_take(resting(order), 100.0) is takes


@pytest.mark.parametrize(
    ("order", "triggers"),
    [
        (stop("100.0"), True),
        (stop("99.9"), False),
        (stop("100.0", side=Side.BUY), True),
        (stop("100.1", side=Side.BUY), False),
        (target("100.0"), True),
        (target("100.1"), False),
        (entry(price="99.0"), False),
        (market_exit(), False),
    ],
)
def test_a_stop_or_target_at_the_last_price_would_trigger(order: Order, triggers: bool) -> None:
    assert would_trigger(resting(order), 100.0) is triggers


def test_the_worst_for_us_comes_first() -> None:
    ranked = [
        resting(market_exit(), 9),
        resting(stop("98.0"), 8),
        resting(stop("97.0"), 1),
        resting(entry(price="99.0"), 7),
        resting(entry(price="98.5"), 0),
        resting(entry("b", price="98.5"), 2),
        resting(limit_exit("c", Side.SELL, "1", "101.0"), 3),
        resting(target("102.0"), 4),
        resting(target("103.0"), 2),
    ]
    ranked_again = sorted({id(one): one for one in ranked[::-1]}.values(), key=pessimistic_rank)
    assert ranked_again == ranked


def test_an_entry_comes_before_a_target_on_either_side() -> None:
    entered = resting(entry(side=Side.SELL, price="101.0"))
    taken = resting(target("98.0", side=Side.BUY))
    assert pessimistic_rank(entered) < pessimistic_rank(taken)
    assert pessimistic_rank(resting(entry(price="99.0"))) < pessimistic_rank(resting(target("102.0")))


@given(st.sampled_from(Side), st.decimals("0.1", "9000", places=1), st.decimals("0", "0.5", places=4))
def test_slippage_and_the_tick_are_against_us(side: Side, price: Decimal, slippage: Decimal) -> None:
    paid = taker_price(side, price, slippage, INSTRUMENT)
    slipped = price * (1 + side.sign * slippage)
    assert paid % INSTRUMENT.tick == 0
    assert paid > 0
    if side is Side.BUY:
        assert slipped <= paid < slipped + INSTRUMENT.tick
    else:
        assert paid <= max(slipped, INSTRUMENT.tick)
        assert paid > slipped - INSTRUMENT.tick
