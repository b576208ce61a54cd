"""Every order this session handed to the venue."""

from collections.abc import Iterator
from typing import Final

from adapters.binance.orders.ticket import Ticket

_MOST_REMEMBERED: Final = 20_000


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
