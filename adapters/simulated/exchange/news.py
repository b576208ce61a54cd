"""What the exchange tells the holder of an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder, HeldStop, Trade


@dataclass(slots=True)
class PositionNow:
    """A position as it stands at the mark price; the amount is negative for a short."""

    symbol: str
    position_side: str
    amount: Decimal
    entry_price: Decimal
    break_even_price: Decimal
    mark_price: Decimal
    realized: Decimal
    unrealized: Decimal
    notional: Decimal
    leverage: int
    is_isolated: bool
    isolated_wallet: Decimal
    initial_margin: Decimal
    maintenance_margin: Decimal
    order_margin: Decimal
    liquidation_price: Decimal
    bid_notional: Decimal
    ask_notional: Decimal
    adl: int
    updated_ms: int


@dataclass(slots=True)
class WalletNow:
    """The account in the margin asset."""

    balance: Decimal
    cross_balance: Decimal
    unrealized: Decimal
    cross_unrealized: Decimal
    initial_margin: Decimal
    order_margin: Decimal
    maintenance_margin: Decimal
    available: Decimal
    updated_ms: int


@dataclass(slots=True)
class News:
    """One thing that happened; `kind` is order, stop, account, leverage, assets_mode or margin_call.

    `what` is the execution type of an order, the reason of an account change. `amount` is a balance
    change other than P&L and fee, or the new leverage. `is_over` tells whether the order was over then.
    Told in full, orders and stops are copies of that moment, and the account is valued at each change.
    """

    kind: str
    at_ms: int
    symbol: str
    what: str = ""
    order: HeldOrder | None = None
    trade: Trade | None = None
    stop: HeldStop | None = None
    wallet: WalletNow | None = None
    positions: Sequence[PositionNow] = ()
    amount: Decimal = NOTHING
    bid_notional: Decimal = NOTHING
    ask_notional: Decimal = NOTHING
    is_over: bool = False


@dataclass(slots=True)
class Answer:
    """What the exchange answers: code zero and the thing done, or why it refuses."""

    code: int = 0
    message: str = ""
    order: HeldOrder | None = None
    stop: HeldStop | None = None


DONE = Answer()
