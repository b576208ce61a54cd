"""Orders as the exchange holds them."""

from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import Final, Protocol

from domain.market.direction import Side

NOTHING: Final = Decimal(0)
OPEN_STATES: Final = frozenset({"NEW", "PARTIALLY_FILLED"})
WAITING_STATES: Final = frozenset({"NEW", "TRIGGERING"})


class AskedOrder(Protocol):
    """A limit or market order as somebody asks for it; a price of zero is none."""

    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    is_reduce_only: bool
    good_till_ms: int
    price_match: str
    self_trade: str


class AskedStop(Protocol):
    """A conditional order as somebody asks for it."""

    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    trigger_price: Decimal
    working_type: str
    is_reduce_only: bool
    closes_position: bool
    is_price_protected: bool
    activate_price: Decimal
    callback_rate: Decimal
    good_till_ms: int
    price_match: str
    self_trade: str


@dataclass(slots=True)
class HeldOrder:
    """A plain order from its acceptance to its end; kept afterwards for whoever asks."""

    order_id: int
    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    original_kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    is_reduce_only: bool
    good_till_ms: int
    price_match: str
    self_trade: str
    created_ms: int
    updated_ms: int
    stop_price: Decimal = NOTHING
    working_type: str = "CONTRACT_PRICE"
    closes_position: bool = False
    is_price_protected: bool = False
    status: str = "NEW"
    filled: Decimal = NOTHING
    filled_cost: Decimal = NOTHING
    expiry_reason: int = 0
    modifications: int = 0
    modify_id: str = ""
    algo_id: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it can still trade."""
        return self.status in OPEN_STATES

    @property
    def rest(self) -> Decimal:
        """What has not traded yet."""
        return self.quantity - self.filled

    @property
    def average_price(self) -> Decimal:
        """The average price of what traded, zero before the first trade."""
        return self.filled_cost / self.filled if self.filled else NOTHING

    @property
    def closes_by_force(self) -> bool:
        """Whether the exchange itself sent it, to take a position away."""
        return self.client_id.startswith(("autoclose-", "adl_autoclose"))

    def as_it_stands(self) -> "HeldOrder":
        """Give a copy that later events do not change."""
        return HeldOrder(*_all_of_order(self))


@dataclass(slots=True)
class HeldStop:
    """A conditional order: NEW, TRIGGERING, TRIGGERED, FINISHED; or CANCELED, EXPIRED, REJECTED.

    `extreme` is the best price since a trailing stop was activated.
    """

    algo_id: int
    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    trigger_price: Decimal
    working_type: str
    is_reduce_only: bool
    closes_position: bool
    is_price_protected: bool
    activate_price: Decimal
    callback_rate: Decimal
    good_till_ms: int
    price_match: str
    self_trade: str
    created_ms: int
    updated_ms: int
    status: str = "NEW"
    triggered_ms: int = 0
    actual_order_id: int = 0
    actual_kind: str = ""
    filled: Decimal = NOTHING
    average_price: Decimal = NOTHING
    rejected_because: str = ""
    is_activated: bool = False
    extreme: Decimal = NOTHING

    @property
    def is_waiting(self) -> bool:
        """Whether it has not become a real order yet."""
        return self.status in WAITING_STATES

    @property
    def acts_below(self) -> bool:
        """Whether it fires when the price falls to its trigger."""
        return (self.side is Side.SELL) is not self.kind.startswith("TAKE_PROFIT")

    def as_it_stands(self) -> "HeldStop":
        """Give a copy that later events do not change."""
        return HeldStop(*_all_of_stop(self))


_all_of_order: Final = attrgetter(*(field.name for field in fields(HeldOrder)))
_all_of_stop: Final = attrgetter(*(field.name for field in fields(HeldStop)))


@dataclass(slots=True)
class Trade:
    """One execution of ours; the fee is what the wallet paid, the realised P&L is before it."""

    trade_id: int
    order_id: int
    symbol: str
    side: Side
    position_side: str
    price: Decimal
    quantity: Decimal
    fee: Decimal
    realized_pnl: Decimal
    is_maker: bool
    at_ms: int


@dataclass(slots=True)
class Income:
    """One change of the wallet."""

    kind: str
    symbol: str
    amount: Decimal
    at_ms: int
    number: int
    trade_id: int = 0
