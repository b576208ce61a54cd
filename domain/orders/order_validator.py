"""The venue's rules for one order, checked before it is sent."""

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from domain.market.direction import Side
from domain.market.instrument import Instrument
from domain.orders.order import Order, OrderKind
from domain.orders.order_ids import ORDER_ID_LENGTH, is_valid_order_id

_TRIGGERED: Final = frozenset({OrderKind.STOP_MARKET, OrderKind.TAKE_PROFIT_MARKET})


class OrderFaultReason(StrEnum):
    """What is wrong with an order."""

    BAD_ID = "bad_id"
    OTHER_SYMBOL = "other_symbol"
    NOT_DECIMAL = "not_decimal"
    WRONG_PRICES = "wrong_prices"
    LEVERAGE_MISSING = "leverage_missing"
    LEVERAGE_UNWANTED = "leverage_unwanted"
    PRICE_NOT_POSITIVE = "price_not_positive"
    PRICE_OUT_OF_RANGE = "price_out_of_range"
    PRICE_TOO_FAR = "price_too_far"
    OFF_TICK = "off_tick"
    OFF_LOT = "off_lot"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOTIONAL_TOO_SMALL = "notional_too_small"
    LEVERAGE_TOO_HIGH = "leverage_too_high"


class OrderFault(NamedTuple):
    """Why an order is not sent; `nearest_valid` is the order a careful trader would send instead.

    It never pays more, never trades more and never uses more leverage; None when there is none.
    """

    reason: OrderFaultReason
    detail: str
    nearest_valid: Order | None


class _Finding(NamedTuple):
    reason: OrderFaultReason
    detail: str


class OrderValidator:
    """Knows the venue's static rules; whether the market has moved past an order only the venue knows."""

    def check(self, order: Order, instrument: Instrument, last_price: Decimal) -> OrderFault | None:
        """Name the first rule the order breaks, or None.

        `last_price` values market orders for the least notional, which reducing orders need not reach,
        and stands for the mark price from which a limit may not lie too far.
        """
        finding = _form(order, instrument) or _figures(order, instrument, last_price)
        if finding is None:
            return None
        return OrderFault(finding.reason, finding.detail, _nearest_valid(order, instrument, last_price))


def _nearest_valid(order: Order, instrument: Instrument, last_price: Decimal) -> Order | None:
    if _form(order, instrument) is not None:
        return None
    mended = _mended(order, instrument, last_price)
    return mended if _figures(mended, instrument, last_price) is None else None


def _mended(order: Order, instrument: Instrument, last_price: Decimal) -> Order:
    on_grid = replace(
        order,
        quantity=min(instrument.quantity_at_most(order.quantity), _most(order, instrument)),
        price=_careful_limit(order, instrument, last_price),
        trigger_price=_nearest_trigger(order, instrument),
    )
    if on_grid.leverage is None:
        return on_grid
    notional = on_grid.quantity * _price_for_notional(on_grid, last_price)
    return replace(on_grid, leverage=min(on_grid.leverage, instrument.max_leverage_at(notional)))


def _careful_limit(order: Order, instrument: Instrument, last_price: Decimal) -> Decimal | None:
    """Give the price on the tick that pays no more, brought back to where the venue still takes it."""
    if order.price is None:
        return None
    lowest, highest = _limits(order, instrument, last_price)
    if order.side is Side.BUY:
        return instrument.price_at_or_below(min(order.price, highest))
    return instrument.price_at_or_above(max(order.price, lowest))


def _nearest_trigger(order: Order, instrument: Instrument) -> Decimal | None:
    if order.trigger_price is None:
        return None
    within = min(max(order.trigger_price, instrument.min_price), instrument.max_price)
    return instrument.nearest_price(within)


def _limits(order: Order, instrument: Instrument, last_price: Decimal) -> tuple[Decimal, Decimal]:
    """Give the lowest and the highest limit price that the venue takes of this side."""
    if order.side is Side.BUY:
        times = instrument.highest_buy_to_mark
        highest = last_price * times if times.is_finite() else times
        return instrument.min_price, min(instrument.max_price, highest)
    return max(instrument.min_price, last_price * instrument.lowest_sell_to_mark), instrument.max_price


def _form(order: Order, instrument: Instrument) -> _Finding | None:
    if not is_valid_order_id(order.order_id):
        detail = f"{order.order_id!r} is not 1 to {ORDER_ID_LENGTH} characters out of . : / _ - a-z A-Z 0-9"
        return _Finding(OrderFaultReason.BAD_ID, detail)
    if order.symbol != instrument.symbol:
        detail = f"order for {order.symbol}, rules of {instrument.symbol}"
        return _Finding(OrderFaultReason.OTHER_SYMBOL, detail)
    return _numbers_form(order) or _prices_form(order) or _leverage_form(order)


def _numbers_form(order: Order) -> _Finding | None:
    for name in ("quantity", "price", "trigger_price"):
        number: object = getattr(order, name)
        is_absent = number is None and name != "quantity"
        if not is_absent and not (isinstance(number, Decimal) and number.is_finite()):
            return _Finding(OrderFaultReason.NOT_DECIMAL, f"{name} {number!r} is no finite Decimal")
    return None


def _prices_form(order: Order) -> _Finding | None:
    wants_price = order.kind is OrderKind.POST_ONLY_LIMIT
    wants_trigger = order.kind in _TRIGGERED
    if (order.price is not None) != wants_price or (order.trigger_price is not None) != wants_trigger:
        detail = f"{order.kind.value} with price {order.price} and trigger price {order.trigger_price}"
        return _Finding(OrderFaultReason.WRONG_PRICES, detail)
    return None


def _leverage_form(order: Order) -> _Finding | None:
    if order.is_reduce_only and order.leverage is not None:
        detail = f"an order that only reduces sets leverage {order.leverage}"
        return _Finding(OrderFaultReason.LEVERAGE_UNWANTED, detail)
    if not order.is_reduce_only and (order.leverage is None or order.leverage < 1):
        detail = f"an order that may open a position has leverage {order.leverage}"
        return _Finding(OrderFaultReason.LEVERAGE_MISSING, detail)
    return None


def _figures(order: Order, instrument: Instrument, last_price: Decimal) -> _Finding | None:
    return (
        _price_figures(order, instrument)
        or _distance_figures(order, instrument, last_price)
        or _quantity_figures(order, instrument)
        or _notional_figures(order, instrument, last_price)
    )


def _price_figures(order: Order, instrument: Instrument) -> _Finding | None:
    for price in (order.price, order.trigger_price):
        if price is not None and price <= 0:
            return _Finding(OrderFaultReason.PRICE_NOT_POSITIVE, f"price {price} is not above zero")
        if price is not None and price % instrument.tick:
            detail = f"price {price} is no multiple of the tick {instrument.tick}"
            return _Finding(OrderFaultReason.OFF_TICK, detail)
        if price is not None and not instrument.min_price <= price <= instrument.max_price:
            detail = f"price {price} is not within {instrument.min_price} to {instrument.max_price}"
            return _Finding(OrderFaultReason.PRICE_OUT_OF_RANGE, detail)
    return None


def _distance_figures(order: Order, instrument: Instrument, last_price: Decimal) -> _Finding | None:
    if order.price is None:
        return None
    lowest, highest = _limits(order, instrument, last_price)
    if lowest <= order.price <= highest:
        return None
    detail = f"price {order.price} is not within {lowest} to {highest} while the market is at {last_price}"
    return _Finding(OrderFaultReason.PRICE_TOO_FAR, detail)


def _quantity_figures(order: Order, instrument: Instrument) -> _Finding | None:
    if order.closes_position:
        return None
    if order.quantity % instrument.lot:
        detail = f"quantity {order.quantity} is no multiple of the lot {instrument.lot}"
        return _Finding(OrderFaultReason.OFF_LOT, detail)
    if order.quantity < instrument.min_quantity or order.quantity <= 0:
        detail = f"quantity {order.quantity} of at least {instrument.min_quantity}"
        return _Finding(OrderFaultReason.TOO_SMALL, detail)
    most = _most(order, instrument)
    if order.quantity > most:
        return _Finding(OrderFaultReason.TOO_LARGE, f"quantity {order.quantity} of at most {most}")
    return None


def _notional_figures(order: Order, instrument: Instrument, last_price: Decimal) -> _Finding | None:
    if order.leverage is None:
        return None
    notional = order.quantity * _price_for_notional(order, last_price)
    if notional < instrument.min_notional:
        detail = f"notional {notional} of at least {instrument.min_notional}"
        return _Finding(OrderFaultReason.NOTIONAL_TOO_SMALL, detail)
    most = instrument.max_leverage_at(notional)
    if order.leverage > most:
        detail = f"leverage {order.leverage} of at most {most} at notional {notional}"
        return _Finding(OrderFaultReason.LEVERAGE_TOO_HIGH, detail)
    return None


def _most(order: Order, instrument: Instrument) -> Decimal:
    if order.kind is OrderKind.POST_ONLY_LIMIT:
        return instrument.max_quantity
    return min(instrument.max_quantity, instrument.max_market_quantity)


def _price_for_notional(order: Order, last_price: Decimal) -> Decimal:
    return order.price or order.trigger_price or last_price
