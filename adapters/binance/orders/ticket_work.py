"""What to ask about an order next, and what the answer changes."""

from typing import Any, Final

from adapters.binance.orders.account_reader import AccountReader, TapeNews
from adapters.binance.orders.errand import Errand, Priority, Task, priority_of
from adapters.binance.orders.evidence_rules import EvidenceRules
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.refusal_table import Handling, handling_of, is_surprising, words_of
from adapters.binance.orders.ticket import Ticket, TicketState, TicketStep
from adapters.binance.orders.ticket_looks import TicketLooks
from adapters.binance.wire.account_requests import user_trades
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.order_requests import (
    TriggeredBy,
    cancel,
    cancel_resident,
    place,
    place_closing_resident,
    place_resident,
    query,
    query_by_number,
    query_resident,
)
from adapters.binance.wire.outcome import Done, Outcome, Refused, Silenced, Withheld
from adapters.binance.wire.replies import AlgoCancelled, AlgoOrderTold, OrderTold
from adapters.binance.wire.request import Request
from domain.orders.order_events import OrderCancelled

_NOT_FOUND: Final = frozenset({-2013, -2011})
_TRIGGERING: Final = -4117
_OPEN: Final = frozenset({"NEW", "PARTIALLY_FILLED"})
_CLOCK_SLACK_MS: Final = 2_000
_SHORTEST_WAIT_MS: Final = 250
_LONGEST_WAIT_MS: Final = 5_000
_AGAIN: Final = frozenset({Action.RETRY, Action.BACK_OFF, Action.RESYNC_CLOCK})
_NO_TRACE: Final = "the venue did not answer, and there is no trace of it there: let go"


class TicketWork:
    """Brings every order to an answer; one of unknown outcome is resolved by evidence only."""

    def __init__(
        self,
        looks: TicketLooks,
        reader: AccountReader,
        rules: EvidenceRules,
        triggered_by: TriggeredBy,
    ) -> None:
        self._looks = looks
        self._reader = reader
        self._rules = rules
        self._triggered_by = triggered_by

    def errand(self, ticket: Ticket, now_ms: int, *, may_enter: bool) -> Errand | None:
        """Give what to ask about an order now; `may_enter` says that its settings are in force."""
        if ticket.busy - {Task.PLACE}:
            return None
        if _is_due(ticket.fills_due_ms, now_ms) and (ticket.is_short_of_fills or not ticket.number):
            return self._errand(ticket, Task.FIND_FILLS, Priority.LOOK, self._fills_request(ticket))
        if _is_due(ticket.look_due_ms, now_ms):
            urgency = min(Priority.LOOK, priority_of(ticket.order))
            return self._errand(ticket, Task.LOOK_UP, urgency, self._look_request(ticket))
        if ticket.busy or now_ms < ticket.due_ms:
            return None
        may_go = not ticket.is_cancel_wanted and (may_enter or not ticket.is_entry)
        if ticket.state is TicketState.WAITING and may_go:
            return self._errand(ticket, Task.PLACE, priority_of(ticket.order), self._place_request(ticket))
        if ticket.state is TicketState.HELD and ticket.is_cancel_wanted:
            return self._errand(ticket, Task.CANCEL, Priority.CANCEL, _cancel_request(ticket))
        return None

    def began(self, ticket: Ticket, task: Task, now: Moment) -> None:
        """A request about an order is on its way."""
        ticket.busy.add(task)
        if task is Task.PLACE:
            ticket.step(TicketStep.SENT)
            ticket.sent_at = now
            ticket.look_due_ms = now.steady_ms + self._rules.slow_answer_ms
        elif task is Task.LOOK_UP:
            ticket.look_due_ms = None
        elif task is Task.FIND_FILLS:
            ticket.fills_due_ms = None

    def answered(self, ticket: Ticket, task: Task, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        """Take what became of a request."""
        ticket.busy.discard(task)
        match task:
            case Task.PLACE:
                return self._placed(ticket, outcome, now) + _gone_unsent(ticket, now)
            case Task.CANCEL:
                return self._cancelled(ticket, outcome, now)
            case Task.LOOK_UP:
                return self._looks.looked_up(ticket, outcome, now)
            case _:
                return self._looks.searched(ticket, outcome, now)

    def want_cancel(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        """Take an order away; one that was never sent is gone at once."""
        ticket.is_cancel_wanted = True
        if gone := _gone_unsent(ticket, now):
            return gone
        if ticket.state is TicketState.WAITING and not ticket.busy:
            ticket.look_due_ms = now.steady_ms
        ticket.due_ms = min(ticket.due_ms, now.steady_ms)
        return []

    def drop_stale(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        """Let an entry go that could not be sent within its lifetime."""
        is_unsent = ticket.state is TicketState.WAITING and not ticket.busy
        age_ms = now.steady_ms - ticket.submitted_ms
        if not (ticket.is_entry and is_unsent and age_ms > self._rules.entry_lifetime_ms):
            return []
        reason = ticket.refusal or "it could not be sent in time"
        return [*ticket.reject(now.venue_ms, reason, may_retry=True)]

    def _errand(self, ticket: Ticket, task: Task, priority: Priority, request: Request[Any]) -> Errand:
        return Errand(task, ticket.order_id, priority, request)

    def _place_request(self, ticket: Ticket) -> Request[Any]:
        if not ticket.is_resident:
            return place(ticket.order)
        ask = place_closing_resident if ticket.order.closes_position else place_resident
        return ask(ticket.order, self._triggered_by)

    def _look_request(self, ticket: Ticket) -> Request[Any]:
        if not ticket.is_resident:
            return query(ticket.symbol, ticket.order_id)
        return (
            query_by_number(ticket.symbol, ticket.number)
            if ticket.number
            else query_resident(ticket.order_id)
        )

    def _fills_request(self, ticket: Ticket) -> Request[Any]:
        if ticket.number:
            return user_trades(ticket.symbol, venue_order_id=ticket.number)
        sent_ms = ticket.sent_at.venue_ms if ticket.sent_at is not None else 0
        return user_trades(ticket.symbol, since_ms=max(0, sent_ms - _CLOCK_SLACK_MS))

    def _placed(self, ticket: Ticket, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        match outcome:
            case Done(OrderTold() as told):
                return self._looks.take_told(ticket, told, now, self._rules.stream_grace_ms)
            case Done(AlgoOrderTold() as told):
                return self._looks.take_resident(ticket, told, now)
            case Silenced() | Withheld():
                ticket.step(TicketStep.PUT_BACK)
                ticket.look_due_ms = None
                ticket.due_ms = now.steady_ms + max(0, outcome.until_ms - now.venue_ms)
                return []
            case Refused():
                return self._refused(ticket, outcome, now)
            case _:
                ticket.refusal = ""
                return self._doubt(ticket, now)

    def _doubt(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        ticket.step(TicketStep.DOUBTED)
        ticket.may_be_twin = True
        ticket.doubted_ms = now.steady_ms
        if ticket.state is TicketState.UNSURE:
            rules = self._rules
            after_ms = rules.entry_look_after_ms if ticket.is_entry else rules.exit_look_after_ms
            ticket.look_due_ms = max(now.steady_ms, ticket.sent_ms + after_ms)
        return []

    def _refused(self, ticket: Ticket, refused: Refused, now: Moment) -> list[TapeNews]:
        handling = handling_of(refused)
        if handling is Handling.IT_IS_THERE:
            if not ticket.absences:
                ticket.look_due_ms = now.steady_ms + self._rules.look_every_ms
            return [*ticket.accept(now.venue_ms)]
        ticket.refusal = words_of(refused)
        if handling is Handling.LOOK:
            return self._doubt(ticket, now)
        if handling in {Handling.SEND_LATER, Handling.SEND_SOON}:
            return self._send_again(ticket, handling, now)
        if ticket.may_be_twin:
            # What was sent before may be why this one is refused.
            self._doubt(ticket, now)
            ticket.look_due_ms = now.steady_ms
            return []
        return self._looks.reject(
            ticket, now, may_retry=handling is Handling.REJECT_FOR_NOW
        ) + self._surprise(refused, now)

    def _surprise(self, refused: Refused, now: Moment) -> list[TapeNews]:
        return self._reader.unsure(now.venue_ms, words_of(refused)) if is_surprising(refused) else []

    def _send_again(self, ticket: Ticket, handling: Handling, now: Moment) -> list[TapeNews]:
        rules = self._rules
        is_soon = handling is Handling.SEND_SOON
        if ticket.refused_since_ms is None:
            ticket.refused_since_ms = now.steady_ms
        patience_ms = rules.entry_lifetime_ms if ticket.is_entry else rules.exit_patience_ms
        patience_ms = rules.position_lag_ms if is_soon else patience_ms
        if now.steady_ms - ticket.refused_since_ms >= patience_ms:
            return self._looks.reject(ticket, now, may_retry=not is_soon)
        wait_ms = min(_LONGEST_WAIT_MS, _SHORTEST_WAIT_MS * 2**ticket.refusals)
        ticket.refusals = min(ticket.refusals + 1, 10)
        ticket.step(TicketStep.PUT_BACK)
        ticket.look_due_ms = None
        ticket.due_ms = now.steady_ms + (rules.position_lag_every_ms if is_soon else wait_ms)
        return []

    def _cancelled(self, ticket: Ticket, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        ticket.due_ms = now.steady_ms + self._rules.cancel_every_ms
        match outcome:
            case Done(OrderTold() as told):
                return self._looks.take_told(ticket, told, now, self._rules.stream_grace_ms)
            case Done(AlgoCancelled()):
                return [*ticket.end(OrderCancelled(now.venue_ms, ticket.symbol, ticket.order_id))]
            case Silenced() | Withheld():
                ticket.due_ms = now.steady_ms + max(0, outcome.until_ms - now.venue_ms)
            case Refused() if outcome.action in _AGAIN:
                return []
            case Refused():
                if outcome.code == _TRIGGERING and ticket.triggering_since_ms is None:
                    ticket.triggering_since_ms = now.steady_ms
                ticket.look_due_ms = now.steady_ms
            case _:
                ticket.look_due_ms = now.steady_ms
        return []


def _gone_unsent(ticket: Ticket, now: Moment) -> list[TapeNews]:
    """End an order that is to go and that the venue surely does not have."""
    is_unsent = ticket.state is TicketState.WAITING and not ticket.may_be_twin and not ticket.busy
    if not (ticket.is_cancel_wanted and is_unsent):
        return []
    return [*ticket.end(OrderCancelled(now.venue_ms, ticket.symbol, ticket.order_id))]


def _is_due(due_ms: int | None, now_ms: int) -> bool:
    return due_ms is not None and now_ms >= due_ms


def _cancel_request(ticket: Ticket) -> Request[Any]:
    if ticket.is_resident:
        return cancel_resident(ticket.order_id)
    return cancel(ticket.symbol, ticket.order_id)
