"""Answers to questions about orders, in the form of what the stream would have told."""

from typing import Final

from adapters.binance.wire.account_events import AlgoReport, AlgoUpdate, OrderReport, OrderTradeUpdate
from adapters.binance.wire.replies import AlgoOrderTold, OrderTold

_ENDED: Final = frozenset({"CANCELED", "EXPIRED", "EXPIRED_IN_MATCH", "REJECTED"})


def order_update(told: OrderTold, at_ms: int) -> OrderTradeUpdate:
    """Give an order's state as a report without a trade; what it filled is in its total only."""
    report = OrderReport(
        symbol=told.symbol,
        client_id=told.client_order_id,
        side=told.side,
        execution="EXPIRED" if told.status in _ENDED else "NEW",
        status=told.status,
        venue_order_id=told.order_id,
        at_ms=told.update_time or at_ms,
        kind=told.type,
        original_kind=told.orig_type,
        position_side=told.position_side,
        filled_quantity=told.executed_qty,
    )
    return OrderTradeUpdate(at_ms, report)


def algo_update(told: AlgoOrderTold, at_ms: int) -> AlgoUpdate:
    """Give a resident order's state as a report."""
    report = AlgoReport(
        client_id=told.client_algo_id,
        algo_id=told.algo_id,
        symbol=told.symbol,
        side=told.side,
        status=told.algo_status,
        kind=told.order_type,
        venue_order_id=str(told.actual_order_id),
        trigger_price=told.trigger_price,
    )
    return AlgoUpdate(at_ms, report)
