"""The union of every event the desk can see, in the order of one tape."""

from decimal import Decimal
from typing import NamedTuple

from domain.market.candle import Candle
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)

__all__ = [
    "CandleClosed",
    "Event",
    "FundingSettled",
    "OrderAccepted",
    "OrderCancelled",
    "OrderEvent",
    "OrderExpired",
    "OrderFilled",
    "OrderRejected",
    "PriceMoved",
    "SessionEnding",
    "SessionOpened",
]


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


class FundingSettled(NamedTuple):
    """Funding was booked; `payment` is positive when the wallet received it."""

    at_ms: int
    symbol: str
    rate: Decimal
    payment: Decimal


class SessionEnding(NamedTuple):
    """No more market will come; what is open is closed now."""

    at_ms: int


Event = SessionOpened | CandleClosed | PriceMoved | OrderEvent | FundingSettled | SessionEnding
