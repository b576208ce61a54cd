"""What the broker tells the tape, and what that comes to."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from domain.connection_events import (
    AccountCompared,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
)
from domain.orders.order_events import OrderEvent, OrderFilled
from domain.tape import FundingSettled, InstrumentChanged, SessionOpened, WalletMoved

BrokerEvent = (
    SessionOpened
    | OrderEvent
    | FundingSettled
    | WalletMoved
    | AccountUnsure
    | AccountCompared
    | AccountSettingChanged
    | ConnectionChanged
    | InstrumentChanged
)

_NOTHING: Final = Decimal(0)


class TapeAccount:
    """The account as the events told so far have made it; the venue's own word must come to the same."""

    def __init__(self) -> None:
        self.wallet: Decimal | None = None
        self._positions: dict[str, Decimal] = {}
        self._told: list[BrokerEvent] = []

    @property
    def positions(self) -> dict[str, Decimal]:
        """Signed quantities of what is not flat."""
        return {symbol: held for symbol, held in self._positions.items() if held}

    def tell(self, events: Iterable[BrokerEvent]) -> None:
        """Tell events, in order."""
        for event in events:
            self._hear(event)
            self._told.append(event)

    def take_told(self) -> Sequence[BrokerEvent]:
        """Give what was told since the last time."""
        told, self._told = self._told, []
        return told

    def _hear(self, event: BrokerEvent) -> None:
        if isinstance(event, OrderFilled):
            fill = event.fill
            held = self._positions.get(event.symbol, _NOTHING)
            self._positions[event.symbol] = held + fill.side.sign * fill.quantity
            self._move_wallet(fill.realized_pnl - fill.fee)
        elif isinstance(event, WalletMoved):
            self._move_wallet(event.amount)
        elif isinstance(event, FundingSettled):
            self._move_wallet(event.payment)
        elif isinstance(event, SessionOpened):
            self.wallet = event.wallet

    def _move_wallet(self, change: Decimal) -> None:
        if self.wallet is not None:
            self.wallet += change
