"""The broker without its network: told orders, news and answers, it says what to ask and what to tell."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from adapters.binance.orders.account_comparison import Step
from adapters.binance.orders.account_keeper import AccountKeeper
from adapters.binance.orders.account_reader import AccountReader
from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.contract_watch import ContractWatch
from adapters.binance.orders.countdown_duty import Countdown, CountdownDuty
from adapters.binance.orders.entry_settings import EntrySettings, Wanted
from adapters.binance.orders.errand import Errand, Priority, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.takeover import Takeover, symbols_of_entries
from adapters.binance.orders.tape_account import BrokerEvent, TapeAccount
from adapters.binance.orders.ticket import Ticket, TicketState
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.orders.ticket_looks import TicketLooks
from adapters.binance.orders.ticket_work import TicketWork
from adapters.binance.orders.trade_search import TradeSearch
from adapters.binance.wire.account_events import AccountEvent
from adapters.binance.wire.blotter import Blotter
from adapters.binance.wire.order_requests import cancel, cancel_all_after, cancel_resident
from adapters.binance.wire.outcome import AlreadySo, Done, Outcome, Refused, Silenced
from application.session_memory import SessionMemory
from domain.connection_events import (
    ACCOUNT_FEED,
    AccountSetting,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
)
from domain.market.instrument import Instrument
from domain.orders.order import Order, OrderKind

_LEG_LETTERS: Final = ("s", "t")
_NONE_KNOWN: Final[Mapping[str, Instrument]] = MappingProxyType({})
_TICKET_TASKS: Final = frozenset({Task.PLACE, Task.CANCEL, Task.LOOK_UP, Task.FIND_FILLS})
_SEARCH_TASKS: Final = frozenset({Task.IDENTIFY, Task.FIND_TRADES, Task.FIND_FUNDING})
_GONE: Final = frozenset({-2011, -2013, -4117})


class OrderClerk:
    """Keeps every order on its way to an answer, and the book beside the venue's.

    Nothing is asked while the venue wants silence; then exits and stops go first, then targets, cancels,
    questions, settings and entries, and comparisons last.
    """

    def __init__(self, rules: BrokerRules, instruments: Mapping[str, Instrument] = _NONE_KNOWN) -> None:
        evidence, asset = rules.evidence, rules.wallet_asset
        self._rules = rules
        self._book = TicketBook()
        self._account = TapeAccount()
        self._settings = EntrySettings()
        self._reader = AccountReader(self._book, Blotter(asset), self._settings, evidence, asset)
        self._search = TradeSearch(self._book, self._reader, asset)
        looks = TicketLooks(self._book, self._reader, self._search, evidence)
        self._work = TicketWork(looks, self._reader, evidence, rules.triggered_by)
        self._countdown = CountdownDuty(rules.countdown)
        self._contracts = ContractWatch(instruments, rules.contracts)
        self._keeper = AccountKeeper(
            self._book, self._account, self._settings, self._reader, looks, self._search, rules
        )
        self._under_way: dict[Errand, object] = {}
        self._set_symbols: set[str] = set()
        self._swept: dict[str, int] = {}
        self._silent_until_ms = 0
        self._is_up = False
        self._takeover: Takeover | None = None

    @property
    def under_way(self) -> int:
        """How many requests are on their way."""
        return len(self._under_way)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The orders of which nobody knows yet what became of them."""
        return tuple(
            ticket.order_id
            for ticket in self._book.open()
            if not ticket.is_accepted_told and not ticket.is_end_told
        )

    @property
    def symbols_at_stake(self) -> frozenset[str]:
        """The symbols with a position, or with an order that may still trade."""
        return frozenset(self._account.positions).union(ticket.symbol for ticket in self._book.open())

    def take_told(self) -> Sequence[BrokerEvent]:
        """Give what is to be told since the last time, in order."""
        return self._account.take_told()

    def resume(self, memory: SessionMemory, now: Moment, fees_paid_in: str = "") -> None:
        """Go on with what an earlier run of the session had under way."""
        self._takeover = Takeover(
            self._book,
            self._account,
            self._reader,
            self._search,
            self._keeper,
            self._rules.longest_takeover_ms,
        )
        self._takeover.begin(memory, now)
        if fees_paid_in:
            setting = AccountSetting.FEE_ASSET
            self._account.tell([AccountSettingChanged(now.venue_ms, "", setting, fees_paid_in)])
        self._countdown.may_be_armed(symbols_of_entries(memory), now.steady_ms)
        self._contracts.doubt(now)

    def submit(self, order: Order, now: Moment) -> None:
        """Take an order in; one that is known is not taken twice."""
        if self._book.get(order.order_id) is None:
            self._book.add(Ticket(order, now.steady_ms))

    def cancel(self, symbol: str, order_id: str, now: Moment) -> None:
        """Take an order away; one that nobody here knows is taken away all the same."""
        ticket = self._book.get(order_id)
        if ticket is None:
            self._reader.orphans[order_id] = symbol
        else:
            self._account.tell(self._work.want_cancel(ticket, now))

    def hear(self, event: AccountEvent, now: Moment) -> None:
        """Take one event of the account's stream."""
        self._account.tell(self._reader.read(event, now))
        self._settle(now)

    def missed_events(self, reason: str, now: Moment) -> None:
        """The stream begins, or begins anew: what happened meanwhile is never told again."""
        if self._keeper.is_open:
            self._account.tell([AccountUnsure(now.venue_ms, reason)])
        self._reader.missed_events()
        self._keeper.missed_events(now)

    def connection(self, *, is_up: bool, now: Moment) -> None:
        """The account's stream can be relied upon, or no longer."""
        if is_up is not self._is_up:
            self._is_up = is_up
            self._account.tell([ConnectionChanged(now.venue_ms, ACCOUNT_FEED, is_up)])

    def look(self, now: Moment) -> None:
        """Let time pass."""
        self._account.tell(self._reader.overdue(now))
        for ticket in self._book.open():
            self._account.tell(self._work.drop_stale(ticket, now))
        self._keeper.look(now)
        self._settle(now)

    def next_errand(self, now: Moment) -> Errand | None:
        """Give the most urgent thing to ask now, and count it as on its way; None when there is none."""
        if now.steady_ms < self._silent_until_ms or self.under_way >= self._rules.most_requests:
            return None
        errand = min(self._errands(now), key=lambda one: one.priority, default=None)
        if errand is None or (errand.priority > Priority.CANCEL and self._are_others_enough()):
            return None
        self._begin(errand, now)
        return errand

    def answered(self, errand: Errand, outcome: Outcome[Any], now: Moment) -> None:
        """Take what became of an errand."""
        begun_with = self._under_way.pop(errand)
        if isinstance(outcome, Silenced):
            self._fall_silent(max(0, outcome.until_ms - now.venue_ms), now)
        if errand.task in _TICKET_TASKS:
            self._answered_of_ticket(errand, outcome, now)
        elif errand.task in _SEARCH_TASKS:
            self._account.tell(self._search.answered(errand, outcome, now))
        elif isinstance(begun_with, Wanted):
            self._set(begun_with, outcome, now)
        elif errand.task is Task.COUNT_DOWN:
            is_done = isinstance(outcome, Done)
            self._countdown.answered(errand.about, is_done=is_done, now_ms=now.steady_ms)
        elif errand.task is Task.SWEEP:
            self._was_swept(errand.about, outcome, now)
        elif errand.task is Task.READ_RULES:
            self._account.tell(self._contracts.answered(outcome, now))
        else:
            found = self._keeper.round.answered(Step(errand.about), outcome, now)
            if found is not None:
                self._keeper.compare(found, now)
        self._settle(now)

    def _answered_of_ticket(self, errand: Errand, outcome: Outcome[Any], now: Moment) -> None:
        if errand.task is Task.PLACE and isinstance(outcome, Refused):
            self._contracts.refused(outcome.code, now)
        ticket = self._book.get(errand.about)
        if ticket is not None:
            self._account.tell(self._work.answered(ticket, errand.task, outcome, now))

    def _fall_silent(self, wait_ms: int, now: Moment) -> None:
        """Ask nothing for a while; the account is compared after it."""
        if self._keeper.is_open and now.steady_ms >= self._silent_until_ms:
            reason = f"the venue wants silence for {wait_ms / 1_000:.1f} s"
            self._account.tell(self._reader.unsure(now.venue_ms, reason))
        self._silent_until_ms = max(self._silent_until_ms, now.steady_ms + wait_ms)

    def _are_others_enough(self) -> bool:
        others = sum(1 for errand in self._under_way if errand.priority > Priority.CANCEL)
        return others >= self._rules.most_other_requests

    def _errands(self, now: Moment) -> Iterable[Errand]:
        now_ms = now.steady_ms
        if self._keeper.is_open:
            for ticket in self._book.open():
                yield from self._errands_of(ticket, now_ms)
            yield from self._call_due(now_ms)
            read = self._contracts.errand(now_ms)
            if read is not None:
                yield read
        yield from self._sweeps(now_ms)
        searched = self._search.errand(now)
        if searched is not None:
            yield searched
        compared = self._keeper.round.errand(now_ms)
        if compared is not None:
            yield compared

    def _errands_of(self, ticket: Ticket, now_ms: int) -> Iterable[Errand]:
        wanted = self._setting_for(ticket, now_ms)
        errand = self._work.errand(ticket, now_ms, may_enter=wanted is None)
        if errand is not None:
            yield errand
        elif wanted is not None and ticket.symbol not in self._set_symbols:
            yield Errand(Task.SET, ticket.symbol, Priority.ENTRY, wanted.request)

    def _setting_for(self, ticket: Ticket, now_ms: int) -> Wanted | None:
        is_waiting = ticket.state is TicketState.WAITING and not ticket.is_cancel_wanted
        leverage = ticket.order.leverage
        if not is_waiting or leverage is None or now_ms < ticket.due_ms:
            return None
        return self._settings.next_for(ticket.symbol, leverage)

    def _call_due(self, now_ms: int) -> Iterable[Errand]:
        call = self._countdown.due(self._resting(), now_ms)
        if call is not None:
            request = cancel_all_after(call.symbol, call.countdown_ms)
            yield Errand(Task.COUNT_DOWN, call.symbol, Priority.SETTING, request)

    def _resting(self) -> set[str]:
        """The symbols in which an entry rests, or may."""
        return {
            ticket.symbol
            for ticket in self._book.open()
            if ticket.is_entry
            and ticket.order.kind is OrderKind.POST_ONLY_LIMIT
            and ticket.state not in {TicketState.WAITING, TicketState.OVER}
        }

    def _sweeps(self, now_ms: int) -> Iterable[Errand]:
        for order_id, symbol in self._reader.orphans.items():
            if now_ms >= self._swept.get(order_id, now_ms):
                request = cancel_resident(order_id) if _is_leg(order_id) else cancel(symbol, order_id)
                errand = Errand(Task.SWEEP, order_id, Priority.CANCEL, request)
                if errand not in self._under_way:
                    yield errand

    def _begin(self, errand: Errand, now: Moment) -> None:
        begun_with: object = None
        if errand.task in _TICKET_TASKS:
            ticket = self._book.get(errand.about)
            if ticket is not None:
                self._work.began(ticket, errand.task, now)
        elif errand.task in _SEARCH_TASKS:
            self._search.began(errand)
        elif errand.task is Task.SET:
            begun_with = self._begin_setting(errand, now)
        elif errand.task is Task.COUNT_DOWN:
            self._countdown.began(_call_of(errand))
        elif errand.task is Task.SWEEP:
            self._swept[errand.about] = now.steady_ms + self._rules.evidence.look_every_ms
        elif errand.task is Task.READ_RULES:
            self._contracts.began()
        else:
            self._keeper.round.began(now)
        self._under_way[errand] = begun_with

    def _begin_setting(self, errand: Errand, now: Moment) -> Wanted | None:
        self._set_symbols.add(errand.about)
        for ticket in self._book.open():
            wanted = self._setting_for(ticket, now.steady_ms)
            if wanted is not None and wanted.request == errand.request:
                self._settings.began(wanted)
                return wanted
        return None

    def _set(self, wanted: Wanted, outcome: Outcome[Any], now: Moment) -> None:
        self._set_symbols.discard(wanted.symbol)
        impossible = self._settings.answered(wanted, outcome)
        for ticket in self._book.open():
            is_meant = ticket.symbol == wanted.symbol and ticket.is_entry
            if is_meant and ticket.state is TicketState.WAITING:
                if impossible:
                    self._account.tell(ticket.reject(now.venue_ms, impossible, may_retry=False))
                elif not isinstance(outcome, Done | AlreadySo):
                    ticket.due_ms = now.steady_ms + self._rules.evidence.position_lag_every_ms

    def _was_swept(self, order_id: str, outcome: Outcome[Any], now: Moment) -> None:
        is_gone = isinstance(outcome, Refused) and outcome.code in _GONE
        if isinstance(outcome, Done) or is_gone:
            self._reader.orphans.pop(order_id, None)
            self._swept.pop(order_id, None)
        if isinstance(outcome, Done):
            self._keeper.was_swept(order_id, now)

    def _settle(self, now: Moment) -> None:
        """Act on what the news left behind."""
        if self._reader.unsettled:
            self._reader.unsettled = ""
            self._keeper.round.want(now.steady_ms + self._rules.evidence.stream_grace_ms)
        if self._reader.funding_is_due:
            self._reader.funding_is_due = False
            self._search.want_funding(now)
        if self._reader.fees_are_due:
            self._reader.fees_are_due = False
            for symbol in sorted(self._reader.symbols_with_fees_due):
                self._search.want_trades(symbol, now.steady_ms + self._rules.evidence.look_every_ms)
        if self._takeover is not None and self._takeover.is_over(now):
            self._takeover = None


def _is_leg(order_id: str) -> bool:
    """Tell stops and targets by their ids: they rest with the algo service."""
    return order_id.rpartition("-")[2][:1] in _LEG_LETTERS


def _call_of(errand: Errand) -> Countdown:
    return Countdown(errand.about, int(dict(errand.request.parameters)["countdownTime"]))
