"""What the venue says when an order is looked up, and what it means when it does not find it."""

from collections.abc import Sequence
from typing import Any, Final

from adapters.binance.orders.account_reader import AccountReader, TapeNews
from adapters.binance.orders.evidence_rules import EvidenceRules
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.ticket import Ticket, TicketState, TicketStep
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.orders.trade_search import TradeSearch
from adapters.binance.wire.found_trade import fill_of
from adapters.binance.wire.outcome import Done, Outcome, Refused, Silenced, Withheld
from adapters.binance.wire.replies import AlgoOrderTold, OrderTold, UserTrade
from domain.orders.order import OrderKind
from domain.orders.order_events import OrderCancelled, OrderExpired

_NOT_FOUND: Final = frozenset({-2013, -2011})
_OPEN: Final = frozenset({"NEW", "PARTIALLY_FILLED"})
_NO_TRACE: Final = "the venue did not answer, and there is no trace of it there: let go"


class TicketLooks:
    """Takes what is found as evidence; what is not found becomes evidence when it could not come any more.

    Entries that cannot be found are let go. Orders that reduce are sent again under the same id: a twin
    that is still open is refused by the venue, and one that is not cannot turn the position.
    """

    def __init__(
        self, book: TicketBook, reader: AccountReader, search: TradeSearch, rules: EvidenceRules
    ) -> None:
        self._book = book
        self._reader = reader
        self._search = search
        self._rules = rules

    def take_told(self, ticket: Ticket, told: OrderTold, now: Moment, grace_ms: int = 0) -> list[TapeNews]:
        """Take the venue's word on a plain order, or on the one that a stop became."""
        self._book.number(ticket, told.order_id)
        ticket.absences, ticket.is_missing = 0, False
        ticket.look_due_ms = None
        ticket.claim(told.executed_qty, is_complete=told.status == "FILLED")
        news: list[TapeNews] = []
        if told.status in _OPEN or told.status == "FILLED":
            news += ticket.accept(told.update_time or now.venue_ms)
        news += self._reader.look_up(told, now)
        if told.status in _OPEN:
            if ticket.is_resident:
                ticket.look_due_ms = now.steady_ms + self._rules.look_every_ms
        elif not ticket.is_short_of_fills:
            news += self._end_of(ticket, f"the venue says {told.status}", now)
        if ticket.is_short_of_fills:
            ticket.fills_due_ms = now.steady_ms + grace_ms
        return news

    def looked_up(self, ticket: Ticket, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        """Take the answer to a question about an order."""
        match outcome:
            case Done(OrderTold() as told):
                return self.take_told(ticket, told, now)
            case Done(AlgoOrderTold() as told):
                return self.take_resident(ticket, told, now)
            case Refused() if outcome.code in _NOT_FOUND:
                return self._absent(ticket, now)
            case Silenced() | Withheld():
                ticket.look_due_ms = now.steady_ms + max(0, outcome.until_ms - now.venue_ms)
            case _:
                ticket.look_due_ms = now.steady_ms + self._rules.look_every_ms
        return []

    def take_resident(self, ticket: Ticket, told: AlgoOrderTold, now: Moment) -> list[TapeNews]:
        """Take the venue's word on a stop or target; the order it became is asked for next."""
        ticket.absences, ticket.is_missing = 0, False
        ticket.look_due_ms = None
        number = str(told.actual_order_id)
        if number.isascii() and number.isdigit() and int(number) > 0:
            self._book.number(ticket, int(number))
        news: list[TapeNews] = self._reader.look_up_resident(told, now)
        match told.algo_status:
            case "NEW":
                return [*ticket.accept(now.venue_ms), *news]
            case "TRIGGERING":
                return [*ticket.accept(now.venue_ms), *news, *self._triggering(ticket, now)]
            case "TRIGGERED" | "FINISHED" if ticket.number:
                ticket.look_due_ms = now.steady_ms
                return [*ticket.accept(now.venue_ms), *news]
            case "CANCELED":
                return [*news, *ticket.end(OrderCancelled(now.venue_ms, ticket.symbol, ticket.order_id))]
            case status:
                return [*news, *self._end_of(ticket, f"the venue says {status}", now)]

    def reject(self, ticket: Ticket, now: Moment, *, may_retry: bool) -> list[TapeNews]:
        """Tell that the venue does not have it, in its own words where it gave any."""
        ticket.look_due_ms = None
        return [*ticket.reject(now.venue_ms, ticket.refusal or _NO_TRACE, may_retry=may_retry)]

    def _triggering(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        """A stop on its way to the market may hang there for ever; then it protects nobody."""
        if ticket.triggering_since_ms is None:
            ticket.triggering_since_ms = now.steady_ms
        if now.steady_ms - ticket.triggering_since_ms < self._rules.triggering_patience_ms:
            ticket.look_due_ms = now.steady_ms + self._rules.cancel_every_ms
            return []
        ticket.is_let_go = True
        self._reader.orphans[ticket.order_id] = ticket.symbol
        self._reader.unsettled = self._reader.unsettled or f"{ticket.order_id} hangs at the venue"
        return self._end_of(ticket, "its trigger was reached, and nothing came of it", now)

    def _end_of(self, ticket: Ticket, reason: str, now: Moment) -> list[TapeNews]:
        return [*ticket.end(OrderExpired(now.venue_ms, ticket.symbol, ticket.order_id, reason))]

    def _absent(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        """The venue does not find it: not yet, not any more, or never had it."""
        if ticket.state is TicketState.OVER:
            return []
        ticket.look_due_ms = now.steady_ms + self._rules.look_every_ms
        if ticket.state is TicketState.HELD:
            return self._absent_though_held(ticket, now)
        if ticket.state is TicketState.SENT:
            return []
        ticket.is_missing = True
        is_past_window = now.steady_ms - ticket.doubted_ms >= self._rules.send_window_ms
        is_given_up = now.steady_ms - ticket.submitted_ms >= self._rules.exit_patience_ms
        if ticket.is_entry or ticket.is_cancel_wanted or ticket.refusal or is_given_up:
            return self._absent_for_good(ticket, now) if is_past_window or ticket.refusal else []
        # A stop or target that arrives late finds its twin resting, and is refused. One at market does not.
        if ticket.order.kind is not OrderKind.MARKET:
            self._send_again(ticket, now)
        elif is_past_window:
            self._look_for_trace(ticket, now)
        return []

    def _send_again(self, ticket: Ticket, now: Moment) -> None:
        ticket.step(TicketStep.PUT_BACK)
        ticket.look_due_ms = None
        ticket.due_ms = now.steady_ms

    def _look_for_trace(self, ticket: Ticket, now: Moment) -> None:
        ticket.look_due_ms = None
        ticket.fills_due_ms = now.steady_ms

    def _absent_for_good(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        may_have_traded = ticket.order.kind is OrderKind.MARKET or ticket.is_entry
        if may_have_traded and not ticket.refusal:
            self._look_for_trace(ticket, now)
            return []
        ticket.look_due_ms = None
        if ticket.is_cancel_wanted and not ticket.refusal:
            ticket.is_let_go = True
            return [*ticket.end(OrderCancelled(now.venue_ms, ticket.symbol, ticket.order_id))]
        return self.reject(ticket, now, may_retry=False)

    def _absent_though_held(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        ticket.absences += 1
        if ticket.absences < self._rules.looks_until_gone:
            return []
        ticket.look_due_ms = None
        if ticket.is_cancel_wanted:
            return [*ticket.end(OrderCancelled(now.venue_ms, ticket.symbol, ticket.order_id))]
        if ticket.is_resident and not ticket.number:
            # Sent again under its own id: if it is there after all, the venue says so.
            ticket.step(TicketStep.VANISHED)
            ticket.may_be_twin = True
            ticket.refused_since_ms = None
            ticket.due_ms = now.steady_ms
            return []
        return self._end_of(ticket, "the venue does not know it any more", now)

    def searched(self, ticket: Ticket, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        """Take the trades of an order; of one without a number, all of its symbol since it was sent."""
        again_ms = now.steady_ms + self._rules.look_every_ms
        if not isinstance(outcome, Done):
            ticket.fills_due_ms = again_ms
            return []
        trades: Sequence[UserTrade] = outcome.reply
        if not ticket.number:
            return self._searched_for_trace(ticket, trades, now)
        news: list[TapeNews] = []
        for trade in sorted(trades, key=lambda one: one.id):
            news += self._reader.found_fill(fill_of(trade, ticket.order_id, is_last=False), now)
            news += self._reader.found_fee(trade, now)
        if not ticket.is_short_of_fills:
            return [*news, *self._finished(ticket, now)]
        ticket.searches += 1
        if ticket.searches < self._rules.searches_for_fills:
            ticket.fills_due_ms = again_ms
            return news
        reason = f"{ticket.order_id}: the venue filled {ticket.claimed} and shows {ticket.filled}"
        return [*news, *ticket.give_up_missing(), *self._reader.unsure(now.venue_ms, reason)]

    def _finished(self, ticket: Ticket, now: Moment) -> list[TapeNews]:
        if ticket.is_complete and ticket.state is not TicketState.OVER:
            return self._end_of(ticket, "the venue says FILLED", now)
        return []

    def _searched_for_trace(self, ticket: Ticket, trades: Sequence[UserTrade], now: Moment) -> list[TapeNews]:
        """No trade since it was sent is its own: an entry is let go, an order that reduces is sent again."""
        if ticket.state is not TicketState.UNSURE:
            return []
        if self._search.puzzles_in(ticket.symbol, trades):
            ticket.fills_due_ms = now.steady_ms + self._rules.look_every_ms
            return []
        is_given_up = now.steady_ms - ticket.submitted_ms >= self._rules.exit_patience_ms
        if not (ticket.is_entry or ticket.is_cancel_wanted or is_given_up):
            self._send_again(ticket, now)
            return []
        self._reader.unsettled = self._reader.unsettled or f"{ticket.order_id} was let go"
        return self.reject(ticket, now, may_retry=False)
