"""Tickets by our id and by the venue's number, and no more of them than a long session needs."""

from dataclasses import replace

from adapters.binance.orders.ticket import Ticket
from adapters.binance.orders.ticket_book import TicketBook
from domain.orders.order_events import OrderCancelled
from tests.adapters.binance.wire.order_samples import ENTRY


def test_an_order_is_found_by_its_id_and_by_the_venues_number() -> None:
    book, ticket = TicketBook(), Ticket(ENTRY, 0)
    book.add(ticket)
    book.number(ticket, 7)
    book.number(ticket, 0)
    assert book.get(ENTRY.order_id) is ticket
    assert book.of_number(7) is ticket
    assert book.of_number(0) is None


def test_an_order_that_is_over_is_not_open_and_may_be_opened_again() -> None:
    book, ticket = TicketBook(), Ticket(ENTRY, 0)
    book.add(ticket)
    ticket.end(OrderCancelled(0, ENTRY.symbol, ENTRY.order_id))
    assert list(book.open()) == []
    ticket.look_due_ms = 5
    book.reopen(ticket)
    assert list(book.open()) == [ticket]


def test_the_oldest_orders_that_are_over_are_forgotten_in_the_end() -> None:
    book = TicketBook()
    for number in range(20_002):
        ticket = Ticket(replace(ENTRY, order_id=f"a.b.{number}-e"), 0)
        book.add(ticket)
        ticket.end(OrderCancelled(0, ENTRY.symbol, ticket.order_id))
    assert book.get("a.b.0-e") is None
    assert book.get("a.b.20001-e") is not None
