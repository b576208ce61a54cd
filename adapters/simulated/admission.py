"""What the simulated venue objects to in an order; codes and order of checks follow the real one."""

from decimal import Decimal
from typing import Final, NamedTuple

from adapters.simulated.matching import would_take, would_trigger
from adapters.simulated.resting_orders import RestingOrder, resting_order
from domain.market.direction import side_that_closes
from domain.market.instrument import Instrument
from domain.orders.order import Order
from domain.orders.order_validator import OrderValidator
from domain.position.margin import initial_margin
from domain.position.position import Position

_VALIDATOR: Final = OrderValidator()


class Objection(NamedTuple):
    """Why the venue refuses; `may_retry` when the same order may be welcome a moment later."""

    reason: str
    may_retry: bool


UNKNOWN_SYMBOL: Final = Objection("-1121 invalid symbol", may_retry=False)
NO_PRICE: Final = Objection("no price of this symbol yet", may_retry=True)
DUPLICATE_ID: Final = Objection("-4116 an open order has this id", may_retry=False)
NOTHING_TO_REDUCE: Final = Objection("-2022 nothing to reduce on this side", may_retry=False)
WOULD_TAKE: Final = Objection("-5022 a post-only order would take", may_retry=True)
WOULD_TRIGGER: Final = Objection("-2021 order would trigger at once", may_retry=False)
TOO_LITTLE_MARGIN: Final = Objection("-2019 margin is insufficient", may_retry=False)


def objection_to(
    order: Order, instrument: Instrument, position: Position | None, last_price: float
) -> Objection | None:
    """Name the first rule of form or market that the order breaks, or None; margin is looked at apart."""
    fault = _VALIDATOR.check(order, instrument, instrument.nearest_price(last_price))
    if fault is not None:
        return Objection(f"{fault.reason.value}: {fault.detail}", may_retry=False)
    if order.is_reduce_only and not _reduces(order, position):
        return NOTHING_TO_REDUCE
    return _market_objection(resting_order(order, instrument, 0), last_price)


def margin_of(order: Order, last_price: Decimal) -> Decimal:
    """Give the initial margin an order asks for; one that only reduces asks for none."""
    if order.leverage is None:
        return Decimal(0)
    price = order.price or order.trigger_price or last_price
    return initial_margin(order.quantity * price, order.leverage)


def _reduces(order: Order, position: Position | None) -> bool:
    return position is not None and order.side is side_that_closes(position.direction)


def _market_objection(resting: RestingOrder, last_price: float) -> Objection | None:
    if would_take(resting, last_price):
        return WOULD_TAKE
    if would_trigger(resting, last_price):
        return WOULD_TRIGGER
    return None
