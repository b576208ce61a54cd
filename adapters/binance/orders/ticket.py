"""One order of ours: where it stands with the venue, and what the tape was told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from adapters.binance.orders.errand import Task
from adapters.binance.orders.moment import Moment
from adapters.binance.wire.order_requests import is_resident
from domain.halt import TradingHalt
from domain.orders.fill import Fill
from domain.orders.order import Order, OrderPurpose
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)

_NOTHING: Final = Decimal(0)


class TicketState(StrEnum):
    """Where an order stands with the venue."""

    WAITING = "not sent"
    SENT = "on its way"
    UNSURE = "nobody knows whether the venue has it"
    HELD = "the venue has it"
    OVER = "over"


class TicketStep(StrEnum):
    """What can happen to an order on its way."""

    SENT = "sent"
    PUT_BACK = "surely not taken, to be sent again"
    DOUBTED = "without an answer"
    FOUND = "known to be there"
    VANISHED = "not there any more, to be sent again"
    ENDED = "ended"


_S, _T = TicketState, TicketStep

# News on the stream may come before the answer to the request: what is HELD stays so, whatever the answer.
NEXT: Final[Mapping[TicketState, Mapping[TicketStep, TicketState]]] = {
    _S.WAITING: {
        _T.SENT: _S.SENT,
        _T.PUT_BACK: _S.WAITING,
        _T.DOUBTED: _S.WAITING,
        _T.FOUND: _S.HELD,
        _T.ENDED: _S.OVER,
    },
    _S.SENT: {_T.PUT_BACK: _S.WAITING, _T.DOUBTED: _S.UNSURE, _T.FOUND: _S.HELD, _T.ENDED: _S.OVER},
    _S.UNSURE: {_T.PUT_BACK: _S.WAITING, _T.DOUBTED: _S.UNSURE, _T.FOUND: _S.HELD, _T.ENDED: _S.OVER},
    _S.HELD: {
        _T.PUT_BACK: _S.HELD,
        _T.DOUBTED: _S.HELD,
        _T.FOUND: _S.HELD,
        _T.VANISHED: _S.WAITING,
        _T.ENDED: _S.OVER,
    },
    _S.OVER: {
        _T.PUT_BACK: _S.OVER,
        _T.DOUBTED: _S.OVER,
        _T.FOUND: _S.OVER,
        _T.ENDED: _S.OVER,
    },
}


@dataclass(slots=True)
class Ticket:
    """An order handed to the broker.

    `claimed` is how much the venue says was filled, `filled` how much of that the tape was told; the
    end of an order is told only when both agree. `doubted_ms` is when an answer was given up: the
    request went out before that. Times are steady milliseconds; `due_ms` is when the
    next request about it may go out, `look_due_ms` and `fills_due_ms` when to ask what became of it
    and for its trades, None when there is no need. `is_missing` says that it was looked for in vain.
    """

    order: Order
    submitted_ms: int
    state: TicketState = TicketState.WAITING
    sent_at: Moment | None = None
    doubted_ms: int = 0
    due_ms: int = 0
    look_due_ms: int | None = None
    fills_due_ms: int | None = None
    refused_since_ms: int | None = None
    triggering_since_ms: int | None = None
    refusals: int = 0
    absences: int = 0
    searches: int = 0
    number: int = 0
    claimed: Decimal = _NOTHING
    filled: Decimal = _NOTHING
    is_complete: bool = False
    is_cancel_wanted: bool = False
    may_be_twin: bool = False
    is_missing: bool = False
    is_let_go: bool = False
    is_accepted_told: bool = False
    is_end_told: bool = False
    refusal: str = ""
    ending: OrderCancelled | OrderExpired | None = None
    busy: set[Task] = field(default_factory=set)

    @property
    def order_id(self) -> str:
        """The id by which the order goes."""
        return self.order.order_id

    @property
    def symbol(self) -> str:
        """What it trades."""
        return self.order.symbol

    @property
    def is_entry(self) -> bool:
        """Whether it may open a position."""
        return self.order.purpose is OrderPurpose.ENTRY

    @property
    def is_resident(self) -> bool:
        """Whether it rests with the algo service until its trigger is reached."""
        return is_resident(self.order)

    @property
    def sent_ms(self) -> int:
        """When it was sent last; when it was handed in, before that."""
        return self.submitted_ms if self.sent_at is None else self.sent_at.steady_ms

    @property
    def is_short_of_fills(self) -> bool:
        """Whether the venue filled more than the tape was told."""
        return self.claimed > self.filled

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done or to be heard about it."""
        is_asked_about = self.look_due_ms is not None or self.fills_due_ms is not None
        return self.state is not TicketState.OVER or self.ending is not None or is_asked_about

    def step(self, step: TicketStep) -> None:
        """Go on to the next state. Raises TradingHalt for a step that the table does not have."""
        following = NEXT[self.state].get(step)
        if following is None:
            raise TradingHalt(f"order {self.order_id} is {self.state.value} and cannot be {step.value}")
        self.state = following

    def claim(self, filled: Decimal, *, is_complete: bool = False) -> None:
        """Take the venue's word on how much was filled in all."""
        self.claimed = max(self.claimed, filled)
        self.is_complete = self.is_complete or is_complete

    def accept(self, at_ms: int) -> list[OrderEvent]:
        """The venue has it; told once."""
        self.step(TicketStep.FOUND)
        self.refusal = ""
        if self.is_accepted_told or self.is_end_told or self.filled:
            return []
        self.is_accepted_told = True
        return [OrderAccepted(at_ms, self.symbol, self.order_id)]

    def fill(self, fill: Fill, at_ms: int) -> list[OrderEvent]:
        """Tell a fill; it is the last one only when no other is missing and nothing was said to be over.

        The end that waited for it follows.
        """
        self.is_accepted_told = True
        self.filled += fill.quantity
        is_all = self.filled >= self.order.quantity and not self.order.closes_position
        self.claim(self.filled, is_complete=fill.is_last or is_all)
        is_last = self.is_complete and not self.is_short_of_fills and not self.is_end_told
        told: list[OrderEvent] = [OrderFilled(at_ms, self.symbol, fill._replace(is_last=is_last))]
        if is_last:
            self.step(TicketStep.ENDED)
            self._end_is_told()
            self.ending = None
        elif self.state is not TicketState.OVER:
            self.step(TicketStep.FOUND)
        return told + self.tell_ending()

    def end(self, event: OrderCancelled | OrderExpired) -> list[OrderEvent]:
        """The venue took it away; told once, after the fills before it."""
        self.step(TicketStep.ENDED)
        if self.is_end_told or self.ending is not None:
            return []
        self.ending = event
        return self.tell_ending()

    def tell_ending(self) -> list[OrderEvent]:
        """Tell the end that waited, unless fills are still missing."""
        if self.ending is None or self.is_short_of_fills:
            return []
        ending, self.ending = self.ending, None
        self._end_is_told()
        return [ending]

    def reject(self, at_ms: int, reason: str, *, may_retry: bool) -> list[OrderEvent]:
        """The venue did not take it, or nothing of it was ever found; one that was taken has expired."""
        self.is_let_go = True
        if self.is_accepted_told:
            return self.end(OrderExpired(at_ms, self.symbol, self.order_id, reason))
        self.step(TicketStep.ENDED)
        if self.is_end_told:
            return []
        self._end_is_told()
        return [OrderRejected(at_ms, self.symbol, self.order_id, reason, may_retry)]

    def give_up_missing(self) -> list[OrderEvent]:
        """Believe that the fills which cannot be found are not."""
        self.claimed = self.filled
        self.fills_due_ms = None
        return self.tell_ending()

    def _end_is_told(self) -> None:
        self.is_end_told = True
        self.look_due_ms = self.fills_due_ms = None
