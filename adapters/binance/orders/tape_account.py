"""What the broker tells the tape, and what that comes to."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from domain.connection_events import (
    AccountCompared,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
)
from domain.orders.order_events import OrderEvent, OrderFilled
from domain.tape import FundingSettled, InstrumentChanged, SessionOpened, SessionResumed, WalletMoved

BrokerEvent = (
    SessionOpened
    | SessionResumed
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
        self._is_held = False

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
        """Give what was told since the last time; nothing while it is held back."""
        if self._is_held:
            return ()
        told, self._told = self._told, []
        return told

    def take_over(self, wallet: Decimal | None, positions: Mapping[str, Decimal]) -> None:
        """Begin with the account as an earlier run of the session knew it, and hold back what is told."""
        self.wallet = wallet
        self._positions = dict(positions)
        self._is_held = True

    def release(self, first: SessionResumed) -> None:
        """Hand over what was held back: first this, then the rest in the order in which it happened."""
        self._told = [first, *_last_fills_last(sorted(self._told, key=_happened_at_ms))]
        self._is_held = False

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


def _happened_at_ms(event: BrokerEvent) -> int:
    return event.fill.at_ms if isinstance(event, OrderFilled) else event.at_ms


def _last_fills_last(told: Sequence[BrokerEvent]) -> list[BrokerEvent]:
    """Let what was the last fill of an order to be found give that name to the last one that happened."""
    fills = [event.fill for event in told if isinstance(event, OrderFilled)]
    done = {fill.order_id for fill in fills if fill.is_last}
    last = {fill.order_id: fill.fill_id for fill in fills if fill.order_id in done}
    return [
        event._replace(fill=event.fill._replace(is_last=last[event.fill.order_id] == event.fill.fill_id))
        if isinstance(event, OrderFilled) and event.fill.order_id in done
        else event
        for event in told
    ]
