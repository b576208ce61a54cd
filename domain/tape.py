"""The union of every event the desk can see, in the order of one tape."""

from decimal import Decimal
from typing import NamedTuple

from domain.market.candle import Candle
from domain.orders.fill import Fill


class SessionOpened(NamedTuple):
    """The session starts with this wallet balance and an empty book."""

    at_ms: int
    wallet: Decimal


class CandleClosed(NamedTuple):
    """A one-minute candle closed; `at_ms` is the moment it ended."""

    at_ms: int
    symbol: str
    candle: Candle


class PriceMoved(NamedTuple):
    """The last price of a symbol."""

    at_ms: int
    symbol: str
    price: float


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


class FundingSettled(NamedTuple):
    """Funding was booked; `payment` is positive when the wallet received it."""

    at_ms: int
    symbol: str
    rate: Decimal
    payment: Decimal


class SessionEnding(NamedTuple):
    """No more market will come; what is open is closed now."""

    at_ms: int


OrderEvent = OrderAccepted | OrderRejected | OrderFilled | OrderCancelled | OrderExpired
Event = SessionOpened | CandleClosed | PriceMoved | OrderEvent | FundingSettled | SessionEnding
