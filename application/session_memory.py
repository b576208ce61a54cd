"""What a session that broke off had under way, as its journal tells."""

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.orders.order import ApprovedOrder, Order
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.tape import (
    AccountCompared,
    CandleClosed,
    CandleRebuilt,
    CandleRecalled,
    Event,
    FundingSettled,
    HistoryLost,
    InstrumentChanged,
    PriceMoved,
    SessionOpened,
    TimePassed,
    WalletMoved,
)

_NOTHING: Final = Decimal(0)
_FILLS_REMEMBERED: Final = 20_000
_PAYMENTS_REMEMBERED: Final = 1_000
_FREQUENT: Final = frozenset({PriceMoved, TimePassed})


@dataclass(slots=True)
class RememberedOrder:
    """An order the desk decided on, and what the tape said of it; whether the venue ever got it is open."""

    order: Order
    decided_at_ms: int
    filled: Decimal = _NOTHING
    is_accepted: bool = False
    is_cancel_wanted: bool = False
    is_over: bool = False


@dataclass(slots=True)
class SessionMemory:
    """Follows a recorded session as its broker, and knows at the end what may still be open.

    `wallet` and `positions` (signed quantities) are as the tape made them; `wallet` is None before the
    session was opened. They were the venue's own at `agreed_at_ms`, or the session was opened then.
    `fills` and `payments` are what was told last. `candles` are the last of each symbol whose history
    is known, `instruments` the rules that changed.
    """

    orders: dict[str, RememberedOrder] = field(default_factory=dict)
    wallet: Decimal | None = None
    opened_at_ms: int = 0
    agreed_at_ms: int = 0
    last_at_ms: int = 0
    candles: dict[str, Candle] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    fills: deque[OrderFilled] = field(default_factory=lambda: deque(maxlen=_FILLS_REMEMBERED))
    payments: deque[FundingSettled | WalletMoved] = field(
        default_factory=lambda: deque(maxlen=_PAYMENTS_REMEMBERED)
    )
    _held: dict[str, Decimal] = field(default_factory=dict)

    @property
    def positions(self) -> Mapping[str, Decimal]:
        """Signed quantities of what is not flat."""
        return {symbol: held for symbol, held in self._held.items() if held}

    @property
    def open_orders(self) -> list[RememberedOrder]:
        """The orders that may still trade, oldest first."""
        return [order for order in self.orders.values() if not order.is_over]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was held, and no order could still trade."""
        return not self.positions and not self.open_orders

    async def follow(self, tape: AsyncIterable[Event]) -> AsyncIterator[Event]:
        """Give the events of a tape, and take each of them in."""
        async for event in tape:
            self.hear(event)
            yield event

    async def submit(self, order: ApprovedOrder) -> None:
        """Take in that an order was decided on."""
        self.orders[order.order.order_id] = RememberedOrder(order.order, self.last_at_ms)

    async def cancel(self, symbol: str, order_id: str) -> None:
        """Take in that an order was to be taken away."""
        known = self.orders.get(order_id)
        if known is not None and known.order.symbol == symbol:
            known.is_cancel_wanted = True

    def hear(self, event: Event) -> None:
        """Take in one event."""
        self.last_at_ms = event.at_ms
        if type(event) in _FREQUENT:
            return
        match event:
            case CandleClosed() | CandleRebuilt() | CandleRecalled():
                self.candles[event.symbol] = event.candle
            case HistoryLost():
                self.candles.pop(event.symbol, None)
            case InstrumentChanged():
                self.instruments[event.symbol] = event.instrument
            case OrderFilled():
                self._on_fill(event)
            case OrderAccepted() | OrderRejected() | OrderCancelled() | OrderExpired():
                self._on_told(event)
            case _:
                self._on_account(event)

    def _on_fill(self, event: OrderFilled) -> None:
        fill = event.fill
        self.fills.append(event)
        self._held[event.symbol] = self._held.get(event.symbol, _NOTHING) + fill.side.sign * fill.quantity
        self._move_wallet(fill.realized_pnl - fill.fee)
        known = self.orders.get(fill.order_id)
        if known is not None:
            known.filled += fill.quantity
            known.is_accepted = True
            known.is_over = known.is_over or fill.is_last

    def _on_told(self, event: OrderAccepted | OrderRejected | OrderCancelled | OrderExpired) -> None:
        known = self.orders.get(event.order_id)
        if known is None:
            return
        if isinstance(event, OrderAccepted):
            known.is_accepted = True
        else:
            known.is_over = True

    def _on_account(self, event: Event) -> None:
        match event:
            case SessionOpened():
                self.wallet = event.wallet
                self.opened_at_ms = self.agreed_at_ms = event.at_ms
            case AccountCompared():
                told = {position.symbol: position.signed_quantity for position in event.positions}
                if (event.wallet, told) == (self.wallet, self.positions):
                    self.agreed_at_ms = event.at_ms
            case FundingSettled():
                self.payments.append(event)
                self._move_wallet(event.payment)
            case WalletMoved():
                self.payments.append(event)
                self._move_wallet(event.amount)

    def _move_wallet(self, change: Decimal) -> None:
        if self.wallet is not None:
            self.wallet += change
