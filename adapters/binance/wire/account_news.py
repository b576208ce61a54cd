"""What an account's stream means to a trader, beyond the events every venue has."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from adapters.binance.wire.account_events import (
    AccountConfigUpdate,
    AccountUpdate,
    ListenKeyExpired,
    MarginCall,
    TriggerRejected,
)
from adapters.binance.wire.other_frames import Unknown
from domain.orders.order_events import OrderEvent, OrderFilled
from domain.tape import FundingSettled, WalletMoved


class ForeignCause(StrEnum):
    """Who traded on our account when it was not us."""

    LIQUIDATION = "liquidation"
    DELEVERAGING = "deleveraging"
    SETTLEMENT = "settlement"
    STRANGER = "stranger"


class ForeignFilled(NamedTuple):
    """An order that is none of ours traded on our account; the fill carries the venue's own id."""

    cause: ForeignCause
    filled: OrderFilled


class FeeNote(NamedTuple):
    """The fee of a fill was not taken from the wallet's own asset, or was not told (empty asset).

    The fill says zero; what it cost is here, or in the account's list of trades.
    """

    at_ms: int
    symbol: str
    order_id: str
    fill_id: str
    asset: str
    amount: Decimal


class StopTriggering(NamedTuple):
    """A resident order was triggered and is on its way to the market; it may hang there."""

    at_ms: int
    symbol: str
    order_id: str


class OrderAmended(NamedTuple):
    """A resting order has another price or quantity now."""

    at_ms: int
    symbol: str
    order_id: str
    price: Decimal
    quantity: Decimal


class FundingUnassigned(NamedTuple):
    """Funding was booked without saying for which symbol, or how much; the income list knows."""

    at_ms: int
    asset: str
    payment: Decimal | None


class MoveUntold(NamedTuple):
    """The wallet moved beside trading, and not by a sum that can be believed; the income list knows."""

    at_ms: int
    reason: str


class Untold(NamedTuple):
    """The stream kept something back; ask the venue for this order's trades."""

    at_ms: int
    symbol: str
    order_id: str
    what: str


AccountNews = (
    OrderEvent
    | FundingSettled
    | ForeignFilled
    | FeeNote
    | StopTriggering
    | OrderAmended
    | FundingUnassigned
    | WalletMoved
    | MoveUntold
    | Untold
    | AccountUpdate
    | AccountConfigUpdate
    | MarginCall
    | ListenKeyExpired
    | TriggerRejected
    | Unknown
)
