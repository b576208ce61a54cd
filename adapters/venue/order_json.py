"""Orders and trades as the wire shows them."""

from decimal import Decimal
from typing import Final

from adapters.venue.exchange import Order, Stop, Trade
from domain.market.instrument import Instrument

Json = dict[str, object]
_LOWEST_MONEY: Final = Decimal("0.00000001")


def number(amount: Decimal) -> str:
    """Write a decimal without exponent."""
    return f"{amount:f}"


def money(amount: Decimal) -> str:
    """Write an amount of the margin asset with eight decimals."""
    return f"{amount.quantize(_LOWEST_MONEY):f}"


def price_text(price: Decimal, grid: Instrument) -> str:
    """Write a price with the decimals of the tick."""
    return f"{price.quantize(grid.tick):f}" if price else f"{Decimal(0).quantize(grid.tick):f}"


def average_text(price: Decimal, grid: Instrument) -> str:
    """Write an average price: the decimals of the tick, and up to eight where it needs them."""
    exact = price.quantize(_LOWEST_MONEY).normalize()
    exponent = exact.as_tuple().exponent
    is_finer = isinstance(exponent, int) and exponent < int(grid.tick.as_tuple().exponent)
    return f"{exact:f}" if is_finer else price_text(exact, grid)


def size_text(quantity: Decimal, grid: Instrument) -> str:
    """Write a quantity with the decimals of the lot."""
    return f"{quantity.quantize(grid.lot):f}"


def order_reply(order: Order, grid: Instrument, *, has_average: bool = False) -> Json:
    """Give the answer to placing, changing or cancelling an order."""
    reply: Json = {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": order.status,
        "clientOrderId": order.client_id,
        "price": price_text(order.price, grid),
        "origQty": size_text(order.quantity, grid),
        "executedQty": size_text(order.filled, grid),
        "cumQty": size_text(order.filled, grid),
        "timeInForce": order.time_in_force,
        "type": order.kind,
        "reduceOnly": order.is_reduce_only,
        "closePosition": order.closes_position,
        "side": order.side.name,
        "positionSide": order.position_side,
        "stopPrice": price_text(order.stop_price, grid),
        "workingType": order.working_type,
        "priceProtect": order.is_price_protected,
        "origType": order.original_kind,
        "priceMatch": order.price_match,
        "selfTradePreventionMode": order.self_trade,
        "goodTillDate": order.good_till_ms,
        "updateTime": order.updated_ms,
    }
    if has_average:
        reply["avgPrice"] = average_text(order.average_price, grid)
        reply["cumQuote"] = number(order.filled_cost)
    return reply


def order_row(order: Order, grid: Instrument) -> Json:
    """Give an order as the queries show it, richer than the replies."""
    row = order_reply(order, grid)
    del row["cumQty"]
    return row | {
        "avgPrice": average_text(order.average_price, grid),
        "cumQuote": number(order.filled_cost) if order.filled_cost else "0",
        "time": order.created_ms,
    }


def stop_reply(stop: Stop, grid: Instrument) -> Json:
    """Give the answer to placing a conditional order."""
    is_trailing = stop.kind == "TRAILING_STOP_MARKET"
    return {
        "algoId": stop.algo_id,
        "clientAlgoId": stop.client_id,
        "algoType": "CONDITIONAL",
        "orderType": stop.kind,
        "symbol": stop.symbol,
        "side": stop.side.name,
        "positionSide": stop.position_side,
        "timeInForce": stop.time_in_force,
        "quantity": "0" if stop.closes_position else size_text(stop.quantity, grid),
        "algoStatus": stop.status,
        "triggerPrice": price_text(stop.trigger_price, grid),
        "price": price_text(stop.price, grid),
        "icebergQuantity": None,
        "selfTradePreventionMode": stop.self_trade,
        "workingType": stop.working_type,
        "priceMatch": stop.price_match,
        "closePosition": stop.closes_position,
        "priceProtect": stop.is_price_protected,
        "reduceOnly": stop.is_reduce_only,
        "activatePrice": price_text(stop.activate_price, grid) if is_trailing else "",
        "callbackRate": number(stop.callback_rate) if is_trailing else "",
        "createTime": stop.created_ms,
        "updateTime": stop.updated_ms,
        "triggerTime": stop.triggered_ms,
        "goodTillDate": stop.good_till_ms,
    }


def stop_row(stop: Stop, grid: Instrument) -> Json:
    """Give a conditional order as the queries show it."""
    return stop_reply(stop, grid) | {
        "actualOrderId": str(stop.actual_order_id) if stop.actual_order_id else "",
        "actualPrice": average_text(stop.average_price, grid),
        "actualType": stop.actual_kind,
        "actualQty": size_text(stop.filled, grid),
        "tpTriggerPrice": "0.000",
        "tpPrice": "0.000",
        "slTriggerPrice": "0.000",
        "slPrice": "0.000",
        "tpOrderType": "",
    }


def trade_row(trade: Trade, grid: Instrument) -> Json:
    """Give one of our trades as userTrades shows it."""
    return {
        "buyer": trade.side.name == "BUY",
        "commission": money(trade.fee),
        "commissionAsset": "USDT",
        "id": trade.trade_id,
        "maker": trade.is_maker,
        "orderId": trade.order_id,
        "price": price_text(trade.price, grid),
        "qty": size_text(trade.quantity, grid),
        "quoteQty": number(trade.price * trade.quantity),
        "realizedPnl": money(trade.realized_pnl) if trade.realized_pnl else "0",
        "side": trade.side.name,
        "positionSide": trade.position_side,
        "symbol": trade.symbol,
        "time": trade.at_ms,
    }
