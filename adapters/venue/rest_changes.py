"""Orders that are changed while they rest, and what they were before."""

from decimal import Decimal

from adapters.venue.exchange import Order
from adapters.venue.order_json import Json, price_text, size_text
from adapters.venue.order_reading import contract_of, read_change
from adapters.venue.parameters import Parameters
from adapters.venue.rest_orders import done_order, name_of, reply_of
from adapters.venue.venue import Venue


def change_order(venue: Venue, asked: Parameters) -> object:
    """Change price and quantity of a limit order."""
    order_id, client_id = name_of(asked)
    request = read_change(asked, venue.exchange)
    before = venue.exchange.order(request.symbol, order_id, client_id)
    was = None if before is None else (before.price, before.quantity)
    answer = venue.exchange.amend_by(order_id, client_id, request, _modify_id(asked))
    order = done_order(answer)
    if was is not None:
        _note_change(venue, order, *was)
    reply = reply_of(venue, order) | {"pair": order.symbol}
    return reply | {"modifyId": int(order.modify_id)} if order.modify_id else reply


def changes(venue: Venue, asked: Parameters) -> object:
    """List how orders of a symbol were changed, oldest first."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    start_ms, end_ms = asked.whole("startTime", 0), asked.whole("endTime", venue.now_ms())
    order_id, client_id = asked.whole("orderId", 0), asked.text("origClientOrderId", "")
    found = [
        row
        for row in venue.notes.amendments
        if row["symbol"] == symbol
        and start_ms <= int(str(row["time"])) <= end_ms
        and order_id in {0, row["orderId"]}
        and client_id in {"", row["clientOrderId"]}
    ]
    return found[-asked.limit(50, 100) :]


def _modify_id(asked: Parameters) -> str:
    return str(asked.whole("modifyId")) if "modifyId" in asked else ""


def _note_change(venue: Venue, order: Order, price: Decimal, quantity: Decimal) -> None:
    grid, notes = venue.exchange.contracts[order.symbol].instrument, venue.notes.amendments
    amendment: Json = {
        "price": {"before": price_text(price, grid), "after": price_text(order.price, grid)},
        "origQty": {"before": size_text(quantity, grid), "after": size_text(order.quantity, grid)},
        "count": 1 + sum(row["orderId"] == order.order_id for row in notes),
    }
    if order.modify_id:
        amendment["modifyId"] = int(order.modify_id)
    notes.append(
        {
            "amendmentId": venue.unused_number(),
            "symbol": order.symbol,
            "pair": order.symbol,
            "orderId": order.order_id,
            "clientOrderId": order.client_id,
            "time": venue.now_ms(),
            "amendment": amendment,
        }
    )
