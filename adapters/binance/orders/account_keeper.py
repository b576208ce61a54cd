"""Keeps the book beside the venue's account, and mends what differs."""

from typing import Final

from adapters.binance.orders.account_comparison import AccountRound, Differences, Found, compare
from adapters.binance.orders.account_reader import AccountReader
from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.entry_settings import EntrySettings
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.tape_account import TapeAccount
from adapters.binance.orders.ticket import TicketState
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.orders.ticket_looks import TicketLooks
from adapters.binance.orders.trade_search import TradeSearch
from domain.connection_events import AccountCompared, AccountSetting, AccountSettingChanged
from domain.tape import SessionOpened

_MOST_DOUBLINGS: Final = 4
_FUNDING_SEARCHES: Final = 2
_WAITS: Final = "NEW"
_IN_DOUBT: Final = frozenset({TicketState.UNSURE, TicketState.SENT})


class AccountRefused(Exception):
    """The account holds what this session did not bring: it is not ours to trade."""


class AccountKeeper:
    """Compares from time to time; what the venue did and nobody told is looked for, then told.

    The venue's word goes to the tape when all is told, or when what differs could not be explained.
    """

    def __init__(
        self,
        book: TicketBook,
        account: TapeAccount,
        settings: EntrySettings,
        reader: AccountReader,
        looks: TicketLooks,
        search: TradeSearch,
        rules: BrokerRules,
    ) -> None:
        self._book = book
        self._account = account
        self._settings = settings
        self._reader = reader
        self._looks = looks
        self._search = search
        self._rules = rules
        self._compared_ms = 0
        self._differences = 0
        self._hanging: frozenset[str] = frozenset()
        self.round = AccountRound(rules.wallet_asset)
        self.is_open = False
        self.is_resumed = False

    def was_swept(self, order_id: str, now: Moment) -> None:
        """Look whether an order is gone; one that hung in the last comparison is seen in the next one."""
        if order_id not in self._hanging:
            self.round.want(now.steady_ms + self._rules.evidence.look_every_ms)

    def missed_events(self, now: Moment) -> None:
        """What was answered before may be of an account from before."""
        self._differences = 0
        self.round.restart(now.steady_ms)

    def look(self, now: Moment) -> None:
        """Let time pass."""
        if self.is_open and now.steady_ms - self._compared_ms >= self._rules.compare_every_ms:
            self._compared_ms = now.steady_ms
            self.round.want(now.steady_ms)

    def compare(self, found: Found, now: Moment) -> None:
        """Take the venue's account. Raises AccountRefused when the session may not begin on it."""
        if not self.is_open and not self.is_resumed:
            self._open(found, now)
            return
        if not self.is_open:
            self._reopen(found, now)
        self._check_mode(found, now)
        self._adopt(found, now)
        differences = compare(found, self._book, self._account)
        self._look_into(differences, now)
        if differences.are_none and not self._search.is_under_way:
            self._differences = 0
            self._search.agreed_ms = found.begun.venue_ms
            self._tell_compared(found, differences, now)
            return
        self._differences += 1
        self.round.want(now.steady_ms + self._patience_ms())
        if self._differences > self._rules.differences_looked_into and not differences.vanished:
            self._tell_compared(found, differences, now)

    def _patience_ms(self) -> int:
        """A difference that stays is looked at less and less often: the weight is needed for exits."""
        return self._rules.compare_again_ms << min(self._differences - 1, _MOST_DOUBLINGS)

    def _open(self, found: Found, now: Moment) -> None:
        """Begin to trade, on a clean account only; orders of ours that an earlier session left are swept."""
        differences = compare(found, self._book, self._account)
        _refuse_unless_clean(found, differences)
        if differences.orphans:
            self._reader.orphans.update(differences.orphans)
            self.round.want(now.steady_ms + self._rules.evidence.look_every_ms)
            return
        self.is_open = True
        self._compared_ms = now.steady_ms
        self._search.opened_ms = self._search.agreed_ms = self._reader.opened_ms = now.venue_ms
        self._settings.learn_mode(is_hedge=found.config.dual_side_position)
        self._account.tell([SessionOpened(now.venue_ms, found.wallet)])
        self._tell_compared(found, differences, now)

    def _reopen(self, found: Found, now: Moment) -> None:
        """Go on where an earlier run of the session broke off; whatever differs is looked into.

        What is held or may still trade is seen out even on an account on which no session may begin.
        """
        if not (found.positions or self._account.positions or any(self._book.open())):
            _refuse_unless_tradable(found)
        if found.config.multi_assets_margin:
            setting = AccountSetting.ASSETS_MODE
            self._account.tell([AccountSettingChanged(now.venue_ms, "", setting, "several assets")])
        self.is_open = True
        self._compared_ms = now.steady_ms
        self._search.want_funding(now)

    def _check_mode(self, found: Found, now: Moment) -> None:
        if self._settings.learn_mode(is_hedge=found.config.dual_side_position):
            setting = AccountSetting.POSITION_MODE
            self._account.tell([AccountSettingChanged(now.venue_ms, "", setting, "hedge mode")])

    def _adopt(self, found: Found, now: Moment) -> None:
        """Take the lists as evidence: an order that is listed is there, and has filled so much.

        A stop or target that fired and hangs is listed too.
        """
        for told in found.orders:
            ticket = self._book.get(told.client_order_id)
            if ticket is not None and ticket.is_open:
                grace_ms = self._rules.evidence.stream_grace_ms
                self._account.tell(self._looks.take_told(ticket, told, now, grace_ms))
        for resident in found.residents:
            ticket = self._book.get(resident.client_algo_id)
            if ticket is None or not ticket.is_open:
                continue
            if ticket.state in _IN_DOUBT or resident.algo_status != _WAITS:
                ticket.look_due_ms = now.steady_ms

    def _look_into(self, differences: Differences, now: Moment) -> None:
        self._reader.orphans.update(differences.orphans)
        self._reader.orphans.update(differences.stuck)
        for ticket in self._book.open():
            is_stop_of_it = ticket.is_resident and ticket.symbol in differences.positions
            is_held = ticket.state is TicketState.HELD and not ticket.busy
            if ticket.order_id in differences.vanished or (is_stop_of_it and is_held):
                ticket.look_due_ms = now.steady_ms
        for symbol in differences.positions:
            self._search.want_trades(symbol, now.steady_ms + self._rules.evidence.look_every_ms)
        if differences.wallet and not differences.positions and self._differences < _FUNDING_SEARCHES:
            self._search.want_funding(now)

    def _tell_compared(self, found: Found, differences: Differences, now: Moment) -> None:
        held = tuple(
            sorted(
                ticket.order_id
                for ticket in self._book.open()
                if ticket.state is TicketState.HELD and ticket.order_id not in differences.vanished
            )
        )
        self._hanging = frozenset(differences.stuck)
        strangers, stuck = len(differences.strangers), tuple(differences.stuck)
        told = AccountCompared(now.venue_ms, found.wallet, found.positions, held, strangers, stuck)
        self._account.tell([told])


def _refuse_unless_clean(found: Found, differences: Differences) -> None:
    held = ", ".join(f"{one.signed_quantity} {one.symbol}" for one in found.positions)
    if held:
        raise AccountRefused(f"the account holds positions: {held}; close them first")
    if differences.strangers:
        names = ", ".join(differences.strangers[:5])
        raise AccountRefused(f"the account has open orders that are not ours: {names}; cancel them first")
    _refuse_unless_tradable(found)


def _refuse_unless_tradable(found: Found) -> None:
    if not found.config.can_trade:
        raise AccountRefused("the account may not trade")
    if found.config.multi_assets_margin:
        raise AccountRefused("several assets are margin together; turn multi-assets mode off first")
