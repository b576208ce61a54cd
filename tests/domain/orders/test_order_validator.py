from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Side
from domain.market.instrument import Instrument
from domain.orders.order import Order, OrderKind, OrderPurpose
from domain.orders.order_validator import OrderFaultReason, OrderValidator
from tests.order_samples import INSTRUMENT, SYMBOL, entry, limit_exit, market_exit, stop, target

VALIDATOR = OrderValidator()
LAST = Decimal(100)


def reason_of(order: Order) -> OrderFaultReason | None:
    fault = VALIDATOR.check(order, INSTRUMENT, LAST)
    return None if fault is None else fault.reason


def mended(order: Order) -> Order | None:
    fault = VALIDATOR.check(order, INSTRUMENT, LAST)
    assert fault is not None
    return fault.nearest_valid


def altered(order: Order, **changes: Any) -> Order:  # noqa: ANN401 - wrong types are the point
    return replace(order, **changes)


@pytest.mark.parametrize(
    "order",
    [
        entry(),
        entry(price="99.9"),
        entry(quantity="100", price="99.9"),
        entry(quantity="50"),
        entry(quantity="0.05"),
        entry(leverage=25),
        entry(leverage=1),
        stop("90.0"),
        target("110.0"),
        market_exit(quantity="0.002"),
        limit_exit("a-x1", Side.SELL, "0.002", "100.1"),
    ],
)
def test_orders_within_the_rules_are_fine(order: Order) -> None:
    assert VALIDATOR.check(order, INSTRUMENT, LAST) is None


@pytest.mark.parametrize(
    ("order", "reason", "detail"),
    [
        (entry("a b"), OrderFaultReason.BAD_ID, "'a b' is not 1 to 36 characters"),
        (entry(symbol="BTCUSDT"), OrderFaultReason.OTHER_SYMBOL, "order for BTCUSDT, rules of ETHUSDT"),
        (altered(entry(), quantity=1.0), OrderFaultReason.NOT_DECIMAL, "quantity 1.0 is no finite Decimal"),
        (altered(entry(), quantity=None), OrderFaultReason.NOT_DECIMAL, "quantity None"),
        (altered(entry(price="99"), price=99.0), OrderFaultReason.NOT_DECIMAL, "price 99.0"),
        (entry(price="NaN"), OrderFaultReason.NOT_DECIMAL, "price Decimal('NaN')"),
        (stop("Infinity"), OrderFaultReason.NOT_DECIMAL, "trigger_price Decimal('Infinity')"),
        (altered(entry(), price=LAST), OrderFaultReason.WRONG_PRICES, "market with price 100"),
        (altered(entry(), trigger_price=LAST), OrderFaultReason.WRONG_PRICES, "trigger price 100"),
        (
            altered(entry(price="99"), price=None),
            OrderFaultReason.WRONG_PRICES,
            "post_only_limit with price None",
        ),
        (altered(entry(price="99"), trigger_price=LAST), OrderFaultReason.WRONG_PRICES, "post_only_limit"),
        (altered(stop("90"), trigger_price=None), OrderFaultReason.WRONG_PRICES, "stop_market"),
        (altered(target("90"), price=LAST), OrderFaultReason.WRONG_PRICES, "take_profit_market"),
        (altered(stop("90"), leverage=2), OrderFaultReason.LEVERAGE_UNWANTED, "sets leverage 2"),
        (altered(entry(), leverage=None), OrderFaultReason.LEVERAGE_MISSING, "has leverage None"),
        (entry(leverage=0), OrderFaultReason.LEVERAGE_MISSING, "has leverage 0"),
    ],
)
def test_an_order_of_the_wrong_form_cannot_be_mended(
    order: Order, reason: OrderFaultReason, detail: str
) -> None:
    fault = VALIDATOR.check(order, INSTRUMENT, LAST)
    assert fault is not None
    assert fault.reason is reason
    assert detail in fault.detail
    assert fault.nearest_valid is None


@pytest.mark.parametrize(
    ("order", "reason", "nearest"),
    [
        (entry(price="99.95"), OrderFaultReason.OFF_TICK, entry(price="99.90")),
        (
            entry(side=Side.SELL, price="99.95"),
            OrderFaultReason.OFF_TICK,
            entry(side=Side.SELL, price="100.00"),
        ),
        (stop("90.04"), OrderFaultReason.OFF_TICK, stop("90.00")),
        (target("90.06"), OrderFaultReason.OFF_TICK, target("90.10")),
        (entry(quantity="1.0019"), OrderFaultReason.OFF_LOT, entry(quantity="1.001")),
        (entry(quantity="51"), OrderFaultReason.TOO_LARGE, entry(quantity="50")),
        (stop("90", quantity="50.001"), OrderFaultReason.TOO_LARGE, stop("90", quantity="50")),
        (target("110", quantity="50.001"), OrderFaultReason.TOO_LARGE, target("110", quantity="50")),
        (entry(quantity="100.001", price="99"), OrderFaultReason.TOO_LARGE, entry(quantity="50", price="99")),
        (entry(leverage=26), OrderFaultReason.LEVERAGE_TOO_HIGH, entry(leverage=25)),
        (
            altered(entry(quantity="60.0001", price="1000.01"), leverage=20),
            OrderFaultReason.OFF_TICK,
            altered(entry(quantity="50", price="1000"), leverage=20),
        ),
    ],
)
def test_the_nearest_valid_order_never_pays_more_or_trades_more(
    order: Order, reason: OrderFaultReason, nearest: Order
) -> None:
    assert reason_of(order) is reason
    assert mended(order) == nearest


@pytest.mark.parametrize(
    ("order", "reason", "detail"),
    [
        (entry(price="0"), OrderFaultReason.PRICE_NOT_POSITIVE, "price 0 is not above zero"),
        (entry(price="-1"), OrderFaultReason.PRICE_NOT_POSITIVE, "price -1 is not above zero"),
        (stop("0"), OrderFaultReason.PRICE_NOT_POSITIVE, "price 0 is not above zero"),
        (entry(price="0.05"), OrderFaultReason.OFF_TICK, "price 0.05 is no multiple of the tick 0.10"),
        (entry(quantity="0"), OrderFaultReason.TOO_SMALL, "quantity 0 of at least 0.002"),
        (market_exit(quantity="0.001"), OrderFaultReason.TOO_SMALL, "quantity 0.001 of at least 0.002"),
        (
            entry(quantity="0.0001"),
            OrderFaultReason.OFF_LOT,
            "quantity 0.0001 is no multiple of the lot 0.001",
        ),
        (entry(quantity="0.049"), OrderFaultReason.NOTIONAL_TOO_SMALL, "notional 4.900 of at least 5"),
        (
            entry(quantity="0.05", price="99.9"),
            OrderFaultReason.NOTIONAL_TOO_SMALL,
            "notional 4.995 of at least 5",
        ),
    ],
)
def test_what_is_too_small_has_no_valid_neighbour(
    order: Order, reason: OrderFaultReason, detail: str
) -> None:
    fault = VALIDATOR.check(order, INSTRUMENT, LAST)
    assert fault is not None
    assert fault.reason is reason
    assert detail in fault.detail
    assert fault.nearest_valid is None


def test_a_quantity_below_zero_is_too_small_whatever_the_venue_asks_for() -> None:
    lenient = replace(INSTRUMENT, min_quantity=Decimal(-1), min_notional=Decimal(-1000))
    for quantity in ("0", "-0.5"):
        fault = VALIDATOR.check(entry(quantity=quantity), lenient, LAST)
        assert fault is not None
        assert fault.reason is OrderFaultReason.TOO_SMALL


def test_the_smaller_of_the_two_greatest_quantities_holds_for_market_orders() -> None:
    instrument = replace(INSTRUMENT, max_quantity=Decimal(10))
    fault = VALIDATOR.check(entry(quantity="11"), instrument, LAST)
    assert fault is not None
    assert (fault.reason, fault.detail) == (OrderFaultReason.TOO_LARGE, "quantity 11 of at most 10")


def test_a_triggered_entry_is_valued_at_its_trigger() -> None:
    breakout = altered(
        stop("101", quantity="0.0495"), is_reduce_only=False, leverage=2, quantity=Decimal("0.049")
    )
    fault = VALIDATOR.check(breakout, INSTRUMENT, Decimal(1000))
    assert fault is not None
    assert fault.detail == "notional 4.949 of at least 5"


def test_leverage_is_bound_by_the_notional_it_would_hold() -> None:
    order = entry(quantity="50", price="1000.1", leverage=20)
    fault = VALIDATOR.check(order, INSTRUMENT, LAST)
    assert fault is not None
    assert fault.detail == "leverage 20 of at most 10 at notional 50005.0"
    assert fault.nearest_valid == replace(order, leverage=10)


BOUND = replace(
    INSTRUMENT,
    min_price=Decimal(10),
    max_price=Decimal(1_000),
    lowest_sell_to_mark=Decimal("0.9"),
    highest_buy_to_mark=Decimal("1.1"),
)


@pytest.mark.parametrize(
    ("order", "reason", "nearest"),
    [
        (entry(price="110.1"), OrderFaultReason.PRICE_TOO_FAR, entry(price="110.0")),
        (
            entry(side=Side.SELL, price="89.9"),
            OrderFaultReason.PRICE_TOO_FAR,
            entry(side=Side.SELL, price="90.0"),
        ),
        (
            limit_exit("a-x1", Side.SELL, "1", "1000.1"),
            OrderFaultReason.PRICE_OUT_OF_RANGE,
            None,
        ),
        (entry(price="9.9"), OrderFaultReason.PRICE_OUT_OF_RANGE, None),
        (entry(price="1000.1"), OrderFaultReason.PRICE_OUT_OF_RANGE, entry(price="110.0")),
        (stop("9.9"), OrderFaultReason.PRICE_OUT_OF_RANGE, stop("10.0")),
        (target("1000.1"), OrderFaultReason.PRICE_OUT_OF_RANGE, target("1000.0")),
    ],
)
def test_a_price_beyond_the_venues_bounds_is_brought_back_only_when_it_pays_no_more(
    order: Order, reason: OrderFaultReason, nearest: Order | None
) -> None:
    fault = VALIDATOR.check(order, BOUND, LAST)
    assert fault is not None
    assert (fault.reason, fault.nearest_valid) == (reason, nearest)


@pytest.mark.parametrize(
    "order",
    [
        entry(price="110.0"),
        entry(price="10"),
        entry(side=Side.SELL, price="90.0"),
        entry(side=Side.SELL, price="1000"),
        stop("10"),
        target("1000"),
    ],
)
def test_the_bounds_themselves_are_fine(order: Order) -> None:
    assert VALIDATOR.check(order, BOUND, LAST) is None


def test_a_price_too_far_says_where_the_market_is() -> None:
    fault = VALIDATOR.check(entry(price="110.1"), BOUND, LAST)
    assert fault is not None
    assert fault.detail == "price 110.1 is not within 10 to 110.0 while the market is at 100"


def test_an_order_that_only_reduces_need_not_reach_the_least_notional() -> None:
    tiny = limit_exit("a-x1", Side.SELL, "0.002", "100.1")
    assert VALIDATOR.check(tiny, BOUND, LAST) is None
    assert VALIDATOR.check(market_exit(quantity="0.002"), BOUND, LAST) is None


def test_a_market_without_a_price_bounds_nothing_by_it() -> None:
    assert VALIDATOR.check(entry(price="100"), INSTRUMENT, Decimal(0)) is None


@given(
    st.sampled_from([INSTRUMENT, BOUND]),
    st.sampled_from(OrderKind),
    st.sampled_from(Side),
    st.decimals("-1", "200", places=4),
    st.decimals("-1", "2000", places=3),
    st.booleans(),
    st.integers(-1, 40),
)
def test_the_nearest_valid_order_is_valid(
    rules: Instrument,
    kind: OrderKind,
    side: Side,
    quantity: Decimal,
    price: Decimal,
    is_reduce_only: bool,
    leverage: int,
) -> None:
    order = Order(
        "a-e",
        SYMBOL,
        side,
        kind,
        OrderPurpose.ENTRY,
        quantity,
        price=price if kind is OrderKind.POST_ONLY_LIMIT else None,
        trigger_price=price if kind in (OrderKind.STOP_MARKET, OrderKind.TAKE_PROFIT_MARKET) else None,
        is_reduce_only=is_reduce_only,
        leverage=None if is_reduce_only else leverage,
    )
    fault = VALIDATOR.check(order, rules, LAST)
    if fault is None or fault.nearest_valid is None:
        return
    assert VALIDATOR.check(fault.nearest_valid, rules, LAST) is None
    assert 0 < fault.nearest_valid.quantity <= order.quantity
    assert (fault.nearest_valid.leverage or 0) <= (order.leverage or 0)
    if order.price is not None and fault.nearest_valid.price is not None:
        assert (fault.nearest_valid.price - order.price) * order.side.sign <= 0


def test_what_closes_the_position_has_no_quantity_to_object_to() -> None:
    odd = stop("90.0", quantity="0.0005")
    assert reason_of(odd) is OrderFaultReason.OFF_LOT
    assert reason_of(replace(odd, closes_position=True)) is None
