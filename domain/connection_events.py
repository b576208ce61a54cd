"""What the tape says about our lines to the venue, about the account as the venue has it, and about time."""

from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

ACCOUNT_FEED: Final = "account"
"""The feed that brings what happens on the account."""


class ConnectionChanged(NamedTuple):
    """A feed can be relied upon again, or no longer."""

    at_ms: int
    feed: str
    is_up: bool


class AccountUnsure(NamedTuple):
    """The account at the venue may differ from our book: no entries until it was compared."""

    at_ms: int
    reason: str


class PositionTold(NamedTuple):
    """A position as the venue has it; short quantities are negative."""

    symbol: str
    signed_quantity: Decimal
    entry_price: Decimal


class AccountCompared(NamedTuple):
    """The venue's own word on the account, once everything before it on the tape was told.

    `wallet` is the balance without unrealised P&L. `positions` are those that are not flat and
    `open_orders` the ids of ours that may still trade there, each in alphabetical order;
    `strangers_orders` counts open orders that are none of ours. `stuck_orders` are stops and targets of
    ours that fired and hang there: they are taken for over, and the venue does not let them go.
    """

    at_ms: int
    wallet: Decimal
    positions: tuple[PositionTold, ...]
    open_orders: tuple[str, ...]
    strangers_orders: int
    stuck_orders: tuple[str, ...] = ()


class WalletMoved(NamedTuple):
    """The wallet changed without a trade or funding; `amount` is positive when it received something.

    `is_transfer` when somebody paid in or took out; else it is what trading came to cost, such as the
    insurance fund's share of a forced close.
    """

    at_ms: int
    symbol: str
    amount: Decimal
    reason: str
    is_transfer: bool


class HistoryLost(NamedTuple):
    """Candles of a symbol are missing for good: its structure begins anew, no entries until it is known."""

    at_ms: int
    symbol: str
    reason: str


class TimePassed(NamedTuple):
    """Nothing but time went by; told once a second."""

    at_ms: int


class AccountSetting(StrEnum):
    """What of an account may be set."""

    LEVERAGE = "leverage"
    MARGIN_TYPE = "margin type"
    POSITION_MODE = "position mode"
    ASSETS_MODE = "assets mode"
    FEE_ASSET = "fee asset"


class AccountSettingChanged(NamedTuple):
    """Somebody else changed a setting; `symbol` is empty where it holds for the whole account."""

    at_ms: int
    symbol: str
    setting: AccountSetting
    value: str
