"""What a venue says about an order."""

from typing import NamedTuple

from domain.orders.fill import Fill


class OrderAccepted(NamedTuple):
    """The venue holds the order."""

    at_ms: int
    symbol: str
    order_id: str


class OrderRejected(NamedTuple):
    """The venue refused the order, with its own reason."""

    at_ms: int
    symbol: str
    order_id: str
    reason: str
    may_retry: bool


class OrderFilled(NamedTuple):
    """The venue executed all or part of an order."""

    at_ms: int
    symbol: str
    fill: Fill


class OrderCancelled(NamedTuple):
    """The order is gone because we asked."""

    at_ms: int
    symbol: str
    order_id: str


class OrderExpired(NamedTuple):
    """The order is gone because the venue took it away."""

    at_ms: int
    symbol: str
    order_id: str
    reason: str


OrderEvent = OrderAccepted | OrderRejected | OrderFilled | OrderCancelled | OrderExpired
