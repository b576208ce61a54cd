"""Plain orders: place, cancel, look."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from adapters.venue.exchange import Answer, Order
from adapters.venue.order_json import Json, order_reply, order_row, price_text, size_text, trade_row
from adapters.venue.order_reading import contract_of, read_order
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.venue import Venue
from domain.market.timeframe import DAY_MS

ALL_CANCELLED: Final[Json] = {"code": 200, "msg": "The operation of cancel all open order is done."}
_LONGEST_SPAN_MS: Final = 7 * DAY_MS
_INVISIBLE_MS: Final = 1_000


def place_order(venue: Venue, asked: Parameters) -> object:
    """Take a limit or market order."""
    request = read_order(asked, venue.exchange, venue.unused_id(), venue.now_ms())
    refuse_when_throttled(venue, asked)
    order = done_order(venue.exchange.place(request))
    reply = reply_of(venue, order)
    if asked.choice("newOrderRespType", {"ACK", "RESULT"}, "ACK") == "RESULT":
        return reply
    nothing = size_text(Decimal(0), venue.exchange.contracts[order.symbol].instrument)
    return reply | {"status": "NEW", "executedQty": nothing, "cumQty": nothing}


def test_order(venue: Venue, asked: Parameters) -> object:
    """Check an order and do nothing; the answer looks like that of a placed one, averages included."""
    request = read_order(asked, venue.exchange, venue.unused_id(), venue.now_ms())
    refuse(venue.exchange.test(request))
    grid = venue.exchange.contracts[request.symbol].instrument
    nothing = size_text(Decimal(0), grid)
    return {
        "orderId": 0,
        "symbol": request.symbol,
        "status": "NEW",
        "clientOrderId": request.client_id,
        "price": price_text(request.price, grid),
        "avgPrice": "0.00",
        "origQty": size_text(request.quantity, grid),
        "executedQty": nothing,
        "cumQty": nothing,
        "cumQuote": "0",
        "timeInForce": request.time_in_force,
        "type": request.kind,
        "reduceOnly": request.is_reduce_only,
        "closePosition": False,
        "side": request.side.name,
        "positionSide": request.position_side,
        "stopPrice": price_text(Decimal(0), grid),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "origType": request.kind,
        "priceMatch": request.price_match,
        "selfTradePreventionMode": request.self_trade,
        "goodTillDate": request.good_till_ms,
        "updateTime": venue.now_ms(),
    }


def query_order(venue: Venue, asked: Parameters) -> object:
    """Give one order, open or over."""
    order = _found(venue, asked)
    return order_row(order, venue.exchange.contracts[order.symbol].instrument)


def query_open_order(venue: Venue, asked: Parameters) -> object:
    """Give one open order."""
    order = _found(venue, asked)
    if not order.is_open:
        raise RequestRefused(-2013, "Order does not exist.")
    return order_row(order, venue.exchange.contracts[order.symbol].instrument)


def cancel_order(venue: Venue, asked: Parameters) -> object:
    """Take one order away."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    order = done_order(venue.exchange.cancel(symbol, *name_of(asked)))
    return reply_of(venue, order)


def cancel_open_orders(venue: Venue, asked: Parameters) -> object:
    """Take every order of a symbol away."""
    venue.exchange.cancel_all(contract_of(asked, venue.exchange).instrument.symbol)
    return ALL_CANCELLED


def open_orders(venue: Venue, asked: Parameters) -> object:
    """List open orders of a symbol, or of all."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol if "symbol" in asked else None
    return _rows(venue, venue.exchange.open_orders(symbol))


def open_orders_weight(asked: Parameters) -> int:
    """Give the weight of a list, which is dear without a symbol."""
    return 1 if "symbol" in asked else 40


def all_orders(venue: Venue, asked: Parameters) -> object:
    """List orders, open and over, of at most seven days."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol if "symbol" in asked else None
    start_ms, end_ms = span_asked(asked, venue.now_ms())
    least = asked.whole("orderId", 0)
    found = [
        order
        for order in venue.exchange.all_orders(symbol)
        if start_ms <= order.created_ms <= end_ms and order.order_id >= least
    ]
    limit = asked.limit(500, 1_000)
    return _rows(venue, found[:limit] if "orderId" in asked or "startTime" in asked else found[-limit:])


def user_trades(venue: Venue, asked: Parameters) -> object:
    """List our own trades, of at most seven days."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    if "fromId" in asked and ("startTime" in asked or "endTime" in asked):
        raise RequestRefused(-1128, "Combination of optional parameters invalid.")
    start_ms, end_ms = (0, venue.now_ms()) if "fromId" in asked else span_asked(asked, venue.now_ms())
    order_id, least = asked.whole("orderId", 0), asked.whole("fromId", 0)
    found = [
        trade
        for trade in venue.exchange.trades(symbol)
        if start_ms <= trade.at_ms <= end_ms and trade.trade_id >= least and order_id in {0, trade.order_id}
    ]
    limit = asked.limit(500, 1_000)
    chosen = found[:limit] if "fromId" in asked or "startTime" in asked else found[-limit:]
    return [trade_row(trade, venue.exchange.contracts[symbol].instrument) for trade in chosen]


def countdown(venue: Venue, asked: Parameters) -> object:
    """Arm or disarm the dead man's switch of a symbol."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    countdown_ms = asked.whole("countdownTime")
    if countdown_ms < 0:
        raise RequestRefused(-1130, "Data sent for parameter 'countdownTime' is not valid.")
    venue.exchange.set_countdown(symbol, countdown_ms)
    return {"symbol": symbol, "countdownTime": str(countdown_ms)}


def refuse(answer: Answer) -> None:
    """Refuse a request if the exchange did."""
    if answer.code:
        raise RequestRefused(answer.code, answer.message)


def done_order(answer: Answer) -> Order:
    """Give the order that the exchange took, changed or cancelled."""
    refuse(answer)
    if answer.order is None:
        raise RequestRefused(-1000, "An unknown error occurred while processing the request.")
    return answer.order


def reply_of(venue: Venue, order: Order) -> Json:
    """Give the answer about an order, with averages only where a fault wants them."""
    has_average = venue.faults.is_on("replies_with_average_price", venue.now_ms())
    return order_reply(order, venue.exchange.contracts[order.symbol].instrument, has_average=has_average)


def name_of(asked: Parameters) -> tuple[int, str]:
    """Give the number and the name by which an order is asked for; one of them must be there."""
    if "orderId" not in asked and "origClientOrderId" not in asked:
        message = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
        raise RequestRefused(-1102, message)
    return asked.whole("orderId", 0), asked.text("origClientOrderId", "")


def span_asked(asked: Parameters, now_ms: int) -> tuple[int, int]:
    """Give the time span asked for; the last seven days when none is."""
    start_ms, end_ms = asked.whole("startTime", 0), asked.whole("endTime", 0)
    if start_ms and end_ms and start_ms > end_ms:
        raise RequestRefused(-1023, "Start time is greater than end time.")
    if start_ms and end_ms and end_ms - start_ms > _LONGEST_SPAN_MS:
        raise RequestRefused(-4165, "Invalid time interval, the maximum time interval is 7 days")
    if start_ms:
        return start_ms, end_ms or start_ms + _LONGEST_SPAN_MS
    end_ms = end_ms or now_ms
    return end_ms - _LONGEST_SPAN_MS, end_ms


def refuse_when_throttled(venue: Venue, asked: Parameters) -> None:
    """Refuse what may open a position while the venue is overloaded; exits go through."""
    is_exit = "reduceOnly" in asked and asked.flag("reduceOnly")
    is_exit = is_exit or asked.text("closePosition", "").lower() == "true"
    hedged_exit = (asked.text("positionSide", ""), asked.text("side", "")) in {
        ("LONG", "SELL"),
        ("SHORT", "BUY"),
    }
    now_ms = venue.now_ms()
    if not is_exit and not hedged_exit and venue.faults.strikes("openings_throttled", now_ms):
        message = (
            "Request throttled by system-level protection. Reduce-only/close-position orders are exempt."
        )
        raise RequestRefused(-1008, message, 503)
    if venue.faults.strikes("engine_window_missed", now_ms):
        raise RequestRefused(-5028, "Timestamp for this request is outside of the ME recvWindow.")


def _found(venue: Venue, asked: Parameters) -> Order:
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    order = venue.exchange.order(symbol, *name_of(asked))
    now_ms = venue.now_ms()
    is_fresh = order is not None and now_ms - order.created_ms < _INVISIBLE_MS
    if order is None or (is_fresh and venue.faults.strikes("order_invisible", now_ms)):
        raise RequestRefused(-2013, "Order does not exist.")
    return order


def _rows(venue: Venue, orders: Sequence[Order]) -> list[Json]:
    return [order_row(order, venue.exchange.contracts[order.symbol].instrument) for order in orders]
