"""What is asked of the venue."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.market.direction import Side


class OrderKind(StrEnum):
    """How an order trades."""

    MARKET = "market"
    POST_ONLY_LIMIT = "post_only_limit"
    STOP_MARKET = "stop_market"
    TAKE_PROFIT_MARKET = "take_profit_market"


class OrderPurpose(StrEnum):
    """What an order is for."""

    ENTRY = "entry"
    STOP = "stop"
    TARGET = "target"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `order_id` is a function of the setup and leg it names, at most 36 characters.

    `price` belongs to limits, `trigger_price` to stops and targets. `leverage` is what the venue
    must be set to before an entry, None for orders that reduce. A stop or target that `closes_position`
    closes whatever is held when it fires; its quantity is what was held when it was made.
    """

    order_id: str
    symbol: str
    side: Side
    kind: OrderKind
    purpose: OrderPurpose
    quantity: Decimal
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    is_reduce_only: bool = False
    leverage: int | None = None
    closes_position: bool = False


@dataclass(frozen=True, slots=True)
class ApprovedOrder:
    """An order the risk gate let through; only the gate makes one, and only it reaches a broker."""

    order: Order
