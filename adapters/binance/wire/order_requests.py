"""Our orders, as Binance wants them asked.

Conditional orders go to the algo service: the plain endpoint refuses them since December 2025.
"""

from enum import StrEnum
from typing import Final

from adapters.binance.wire.replies import AlgoCancelled, AlgoOrderTold, CountdownSet, OrderTold, Said
from adapters.binance.wire.reply_reader import reader_of
from adapters.binance.wire.request import Request, parameters
from domain.orders.order import Order, OrderKind

_ORDER: Final = "/fapi/v1/order"
_ALGO_ORDER: Final = "/fapi/v1/algoOrder"

_READ_ORDER: Final = reader_of(OrderTold)
_READ_ORDERS: Final = reader_of(tuple[OrderTold, ...])
_READ_ALGO: Final = reader_of(AlgoOrderTold)
_READ_ALGOS: Final = reader_of(tuple[AlgoOrderTold, ...])
_READ_ALGO_CANCELLED: Final = reader_of(AlgoCancelled)
_READ_SAID: Final = reader_of(Said)
_READ_COUNTDOWN: Final = reader_of(CountdownSet)

_RESIDENT_TYPES: Final = {
    OrderKind.STOP_MARKET: "STOP_MARKET",
    OrderKind.TAKE_PROFIT_MARKET: "TAKE_PROFIT_MARKET",
}


class TriggeredBy(StrEnum):
    """Which price triggers a resident stop or target."""

    MARK = "MARK_PRICE"
    LAST = "CONTRACT_PRICE"


def is_resident(order: Order) -> bool:
    """Tell whether an order rests with the algo service until its trigger is reached."""
    return order.kind in _RESIDENT_TYPES


def place(order: Order) -> Request[OrderTold]:
    """Place a post-only limit or a market order. Raises ValueError for a stop or target."""
    asked = parameters(
        symbol=order.symbol,
        side=order.side.name,
        **_plain_type(order),
        quantity=order.quantity,
        price=order.price,
        reduceOnly=True if order.is_reduce_only else None,
        newClientOrderId=order.order_id,
        newOrderRespType="RESULT",
    )
    return Request(
        "POST", _ORDER, asked, _READ_ORDER, weight=0, is_order=True, is_protective=order.is_reduce_only
    )


def place_resident(order: Order, triggered_by: TriggeredBy) -> Request[AlgoOrderTold]:
    """Place a stop or target by quantity, which only reduces: the one before it may still rest meanwhile.

    Raises ValueError for any other order.
    """
    amount = parameters(quantity=order.quantity, reduceOnly=True)
    return _resident(order, triggered_by, amount)


def place_closing_resident(order: Order, triggered_by: TriggeredBy) -> Request[AlgoOrderTold]:
    """Place a stop or target that closes whatever is held; refused while flat and while another one rests.

    Raises ValueError for any other order.
    """
    return _resident(order, triggered_by, parameters(closePosition=True))


def cancel(symbol: str, order_id: str) -> Request[OrderTold]:
    """Take a plain order away."""
    return Request("DELETE", _ORDER, _named(symbol, order_id), _READ_ORDER, is_protective=True)


def cancel_resident(order_id: str) -> Request[AlgoCancelled]:
    """Take a resident stop or target away."""
    asked = parameters(clientAlgoId=order_id)
    return Request("DELETE", _ALGO_ORDER, asked, _READ_ALGO_CANCELLED, is_protective=True)


def cancel_all(symbol: str) -> Request[Said]:
    """Take every plain order of a symbol away; stops and targets stay."""
    return _for_all(symbol, "/fapi/v1/allOpenOrders")


def cancel_all_residents(symbol: str) -> Request[Said]:
    """Take every resident stop and target of a symbol away."""
    return _for_all(symbol, "/fapi/v1/algoOpenOrders")


def cancel_all_after(symbol: str, countdown_ms: int) -> Request[CountdownSet]:
    """Let the venue take a symbol's orders away unless this is asked again in time; 0 calls it off."""
    asked = parameters(symbol=symbol, countdownTime=countdown_ms)
    path = "/fapi/v1/countdownCancelAll"
    return Request("POST", path, asked, _READ_COUNTDOWN, weight=10, is_protective=True)


def query(symbol: str, order_id: str) -> Request[OrderTold]:
    """Ask what became of a plain order."""
    return Request("GET", _ORDER, _named(symbol, order_id), _READ_ORDER, is_protective=True)


def query_resident(order_id: str) -> Request[AlgoOrderTold]:
    """Ask what became of a resident stop or target."""
    asked = parameters(clientAlgoId=order_id)
    return Request("GET", _ALGO_ORDER, asked, _READ_ALGO, is_protective=True)


def query_by_number(symbol: str, venue_order_id: int) -> Request[OrderTold]:
    """Ask what became of an order by the venue's number, as of the one a stop turned into."""
    asked = parameters(symbol=symbol, orderId=venue_order_id)
    return Request("GET", _ORDER, asked, _READ_ORDER, is_protective=True)


def open_orders(symbol: str | None = None) -> Request[tuple[OrderTold, ...]]:
    """Ask which plain orders rest, of one symbol or of all."""
    return Request(
        "GET",
        "/fapi/v1/openOrders",
        parameters(symbol=symbol),
        _READ_ORDERS,
        weight=_weight_of_list(symbol),
        is_protective=True,
    )


def open_residents(symbol: str | None = None) -> Request[tuple[AlgoOrderTold, ...]]:
    """Ask which stops and targets rest, of one symbol or of all."""
    return Request(
        "GET",
        "/fapi/v1/openAlgoOrders",
        parameters(symbol=symbol),
        _READ_ALGOS,
        weight=_weight_of_list(symbol),
        is_protective=True,
    )


def _plain_type(order: Order) -> dict[str, str]:
    if order.kind is OrderKind.MARKET:
        return {"type": "MARKET"}
    if order.kind is OrderKind.POST_ONLY_LIMIT:
        return {"type": "LIMIT", "timeInForce": "GTX"}
    raise ValueError(f"{order.kind.value} orders rest with the algo service")


def _resident(
    order: Order, triggered_by: TriggeredBy, amount: tuple[tuple[str, str], ...]
) -> Request[AlgoOrderTold]:
    if not is_resident(order):
        raise ValueError(f"{order.kind.value} orders do not rest with the algo service")
    asked = parameters(
        algoType="CONDITIONAL",
        symbol=order.symbol,
        side=order.side.name,
        type=_RESIDENT_TYPES[order.kind],
        triggerPrice=order.trigger_price,
        workingType=triggered_by.value,
        clientAlgoId=order.order_id,
        newOrderRespType="RESULT",
    )
    return Request(
        "POST", _ALGO_ORDER, asked + amount, _READ_ALGO, weight=0, is_order=True, is_protective=True
    )


def _named(symbol: str, order_id: str) -> tuple[tuple[str, str], ...]:
    return parameters(symbol=symbol, origClientOrderId=order_id)


def _for_all(symbol: str, path: str) -> Request[Said]:
    return Request("DELETE", path, parameters(symbol=symbol), _READ_SAID, is_protective=True)


def _weight_of_list(symbol: str | None) -> int:
    return 40 if symbol is None else 1
