"""Going on with the orders and the account of a session that broke off."""

from typing import Final

from adapters.binance.orders.account_keeper import AccountKeeper
from adapters.binance.orders.account_reader import AccountReader
from adapters.binance.orders.errand import Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.tape_account import TapeAccount
from adapters.binance.orders.ticket import Ticket, TicketState
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.orders.trade_search import TradeSearch
from application.session_memory import RememberedOrder, SessionMemory
from domain.orders.order import OrderKind
from domain.tape import SessionResumed

_LOOKS: Final = frozenset({Task.LOOK_UP, Task.FIND_FILLS})
_UNTIL_STOPS_ARE_LINKED_MS: Final = 1_000
_ON_THEIR_WAY: Final = frozenset({TicketState.WAITING, TicketState.SENT})


class Takeover:
    """Looks for what became of everything, and tells it at once: SessionResumed, then what was missed.

    What was missed is told in the order in which it happened, so that funding meets the position it was
    paid for. An order that was not found holds nothing up, even if it may come to be. If the venue is
    slow to tell, the session goes on with what is known after `longest_ms`.
    """

    def __init__(
        self,
        book: TicketBook,
        account: TapeAccount,
        reader: AccountReader,
        search: TradeSearch,
        keeper: AccountKeeper,
        longest_ms: int,
    ) -> None:
        self._book = book
        self._account = account
        self._reader = reader
        self._search = search
        self._keeper = keeper
        self._longest_ms = longest_ms
        self._looks_since_ms: int | None = None

    def begin(self, memory: SessionMemory, now: Moment) -> None:
        """Take over what the session had under way; nothing is told before its end."""
        for remembered in memory.orders.values():
            self._book.add(ticket_of(remembered, memory.last_at_ms, now))
        self._reader.take_over(memory)
        self._search.take_over(memory.opened_at_ms, memory.agreed_at_ms)
        self._account.take_over(memory.wallet, memory.positions)
        self._keeper.is_resumed = True

    def is_over(self, now: Moment) -> bool:
        """Tell what was held back, once nothing is looked for any more; True when that is done."""
        if not self._keeper.is_open:
            return False
        if self._looks_since_ms is None:
            self._looks_since_ms = now.steady_ms
            for symbol in sorted(self._reader.symbols_with_fees_due):
                self._search.want_trades(symbol, now.steady_ms + _UNTIL_STOPS_ARE_LINKED_MS)
        is_late = now.steady_ms - self._looks_since_ms >= self._longest_ms
        if not is_late and (self._search.is_under_way or any(map(_is_in_question, self._book.open()))):
            return False
        self._account.release(SessionResumed(now.venue_ms))
        return True


def ticket_of(remembered: RememberedOrder, broke_off_ms: int, now: Moment) -> Ticket:
    """Give the ticket of an order of before; whether the venue has one that was not answered is open.

    It was first sent when it was decided on, and may have been sent again until the session broke off.
    """
    age_ms = max(0, now.venue_ms - remembered.decided_at_ms)
    sent_at = Moment(now.steady_ms - age_ms, remembered.decided_at_ms)
    ticket = Ticket(
        remembered.order,
        submitted_ms=now.steady_ms,
        state=TicketState.HELD,
        sent_at=sent_at,
        doubted_ms=now.steady_ms - max(0, now.venue_ms - broke_off_ms),
        claimed=remembered.filled,
        filled=remembered.filled,
        is_cancel_wanted=remembered.is_cancel_wanted,
        is_accepted_told=remembered.is_accepted,
        is_end_told=remembered.is_over,
    )
    if remembered.is_over:
        ticket.state = TicketState.OVER
    elif not remembered.is_accepted:
        ticket.state, ticket.may_be_twin, ticket.look_due_ms = TicketState.UNSURE, True, now.steady_ms
    return ticket


def symbols_of_entries(memory: SessionMemory) -> set[str]:
    """Give the symbols in which an entry may have rested."""
    orders = (remembered.order for remembered in memory.orders.values())
    return {order.symbol for order in orders if order.kind is OrderKind.POST_ONLY_LIMIT}


def _is_in_question(ticket: Ticket) -> bool:
    if ticket.state in _ON_THEIR_WAY or ticket.is_missing:
        return False
    is_asked_about = ticket.look_due_ms is not None or ticket.fills_due_ms is not None
    return ticket.state is TicketState.UNSURE or is_asked_about or bool(ticket.busy & _LOOKS)
