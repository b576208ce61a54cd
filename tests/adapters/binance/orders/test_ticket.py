"""Whatever comes in whatever order, the tape is told a story that a book can follow."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.orders.moment import Moment
from adapters.binance.orders.ticket import NEXT, Ticket, TicketState, TicketStep
from domain.halt import TradingHalt
from domain.orders.fill import Fill
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.orders.order_life import WorkingOrder
from tests.adapters.binance.wire.order_samples import ENTRY, STOP

NEWS = st.sampled_from(["accept", "fill", "cancel", "expire", "reject", "give_up", "last"])


def a_ticket() -> Ticket:
    ticket = Ticket(ENTRY, 0)
    ticket.step(TicketStep.SENT)
    return ticket


def a_fill(quantity: str, number: int = 1, *, is_last: bool = False) -> Fill:
    return Fill(
        str(number),
        ENTRY.order_id,
        ENTRY.symbol,
        ENTRY.side,
        Decimal(91_800),
        Decimal(quantity),
        Decimal(0),
        Decimal(0),
        is_maker=True,
        is_last=is_last,
        at_ms=0,
    )


def cancelled() -> OrderCancelled:
    return OrderCancelled(9, ENTRY.symbol, ENTRY.order_id)


def hear(ticket: Ticket, news: str, number: int) -> list[OrderEvent]:
    """Tell a ticket something; of five fills of a fifth, the last completes the order."""
    left = ENTRY.quantity - ticket.filled
    match news:
        case "accept":
            return ticket.accept(number)
        case "fill" | "last" if left:
            is_last = news == "last"
            if is_last:
                ticket.claim(ENTRY.quantity)
            return ticket.fill(a_fill("0.1", number, is_last=is_last), number)
        case "cancel":
            return ticket.end(cancelled())
        case "expire":
            return ticket.end(OrderExpired(number, ENTRY.symbol, ENTRY.order_id, "why"))
        case "reject":
            return ticket.reject(number, "why", may_retry=True)
        case _:
            return ticket.give_up_missing()


@given(st.lists(NEWS, max_size=12))
def test_no_order_of_news_tells_a_story_that_halts_a_book(all_news: list[str]) -> None:
    ticket, book = a_ticket(), WorkingOrder(ENTRY)
    ends = 0
    for number, news in enumerate(all_news):
        for event in hear(ticket, news, number):
            book = book.after(event)
            ends += isinstance(event, OrderCancelled | OrderExpired | OrderRejected)
    assert ends <= 1
    assert book.filled_quantity == ticket.filled


@given(st.lists(NEWS, max_size=12))
def test_once_the_end_is_told_nothing_but_late_fills_follows(all_news: list[str]) -> None:
    ticket = a_ticket()
    told = [event for number, news in enumerate(all_news) for event in hear(ticket, news, number)]
    for end, event in enumerate(told):
        if not isinstance(event, OrderAccepted | OrderFilled):
            rest = told[end + 1 :]
            assert all(isinstance(one, OrderFilled) and not one.fill.is_last for one in rest)


def test_an_end_waits_for_the_fills_before_it() -> None:
    ticket = a_ticket()
    ticket.claim(Decimal("0.2"))
    assert ticket.end(cancelled()) == []
    assert ticket.is_open
    filled, ended = ticket.fill(a_fill("0.2"), 9)
    assert isinstance(filled, OrderFilled)
    assert ended == cancelled()
    assert not ticket.is_open


def test_a_rejection_of_what_was_accepted_is_an_expiry() -> None:
    ticket = a_ticket()
    ticket.accept(1)
    assert ticket.reject(2, "-2021 why", may_retry=False) == [
        OrderExpired(2, ENTRY.symbol, ENTRY.order_id, "-2021 why")
    ]


def test_what_the_venue_filled_less_of_and_calls_complete_is_over_with_its_last_fill() -> None:
    ticket = a_ticket()
    (event,) = ticket.fill(a_fill("0.3", is_last=True), 9)
    assert isinstance(event, OrderFilled)
    assert event.fill.is_last
    assert ticket.state is TicketState.OVER


def test_an_order_cannot_be_sent_twice_without_being_put_back() -> None:
    ticket = a_ticket()
    with pytest.raises(TradingHalt, match="on its way and cannot be sent"):
        ticket.step(TicketStep.SENT)


def test_what_is_over_stays_over_whatever_comes() -> None:
    assert set(NEXT[TicketState.OVER].values()) == {TicketState.OVER}
    assert set(NEXT) == set(TicketState)


def test_a_ticket_knows_where_its_order_rests_and_when_it_was_sent() -> None:
    ticket = Ticket(STOP, 5)
    assert ticket.is_resident
    assert not ticket.is_entry
    assert ticket.sent_ms == 5
    ticket.sent_at = Moment(9, 0)
    assert ticket.sent_ms == 9
