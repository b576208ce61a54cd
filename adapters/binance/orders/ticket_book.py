"""Every order this session handed to the venue, and what the tape was told in sum."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from adapters.binance.orders.ticket import Ticket
from domain.orders.order_events import OrderFilled
from domain.tape import FundingSettled

_MOST_REMEMBERED: Final = 20_000
_NOTHING: Final = Decimal(0)


class TicketBook:
    """Finds tickets by our id and by the venue's number; those that are over are kept for a long while."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}
        self._open: dict[str, Ticket] = {}
        self._by_number: dict[int, Ticket] = {}

    def add(self, ticket: Ticket) -> None:
        """Take a new order in."""
        self._tickets[ticket.order_id] = self._open[ticket.order_id] = ticket
        if len(self._tickets) > _MOST_REMEMBERED:
            oldest = next(iter(self._tickets.values()))
            if not oldest.is_open:
                del self._tickets[oldest.order_id]
                self._by_number.pop(oldest.number, None)

    def get(self, order_id: str) -> Ticket | None:
        """Find an order by our id."""
        return self._tickets.get(order_id)

    def of_number(self, number: int) -> Ticket | None:
        """Find an order by the venue's number."""
        return self._by_number.get(number)

    def number(self, ticket: Ticket, number: int) -> None:
        """Learn under which number the venue has an order."""
        if number > 0:
            ticket.number = number
            self._by_number[number] = ticket

    def reopen(self, ticket: Ticket) -> None:
        """Something is to be asked about an order that seemed to be over."""
        self._open[ticket.order_id] = ticket

    def open(self) -> Iterator[Ticket]:
        """Give the orders about which something is still to be done or heard, oldest first."""
        for order_id, ticket in tuple(self._open.items()):
            if ticket.is_open:
                yield ticket
            elif not ticket.busy:
                del self._open[order_id]


class TapeAccount:
    """The account as the events on the tape have made it; the venue's own word must come to the same."""

    def __init__(self) -> None:
        self.wallet: Decimal | None = None
        self._positions: dict[str, Decimal] = {}
        self._last_fill_ms: dict[str, int] = {}

    @property
    def positions(self) -> dict[str, Decimal]:
        """Signed quantities of what is not flat."""
        return {symbol: held for symbol, held in self._positions.items() if held}

    def last_fill_ms(self, symbol: str) -> int | None:
        """Tell when the last fill of a symbol was."""
        return self._last_fill_ms.get(symbol)

    def hear(self, event: object) -> None:
        """Take an event that is being told."""
        if isinstance(event, OrderFilled):
            fill = event.fill
            self._positions[event.symbol] = (
                self._positions.get(event.symbol, _NOTHING) + fill.side.sign * fill.quantity
            )
            self._last_fill_ms[event.symbol] = fill.at_ms
            self._move_wallet(fill.realized_pnl - fill.fee)
        elif isinstance(event, FundingSettled):
            self._move_wallet(event.payment)

    def _move_wallet(self, change: Decimal) -> None:
        if self.wallet is not None:
            self.wallet += change
