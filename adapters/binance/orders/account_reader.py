"""What the account's stream and the venue's answers mean for our tickets."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from adapters.binance.orders.entry_settings import EntrySettings
from adapters.binance.orders.evidence_rules import EvidenceRules
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.wire.account_events import (
    AccountConfigUpdate,
    AccountEvent,
    AccountUpdate,
    AlgoUpdate,
    ListenKeyExpired,
    MarginCall,
    OrderTradeUpdate,
)
from adapters.binance.wire.account_news import (
    AccountNews,
    FeeNote,
    ForeignCause,
    ForeignFilled,
    FundingUnassigned,
    MoveUntold,
    StopTriggering,
    Untold,
)
from adapters.binance.wire.blotter import Blotter
from adapters.binance.wire.fill_book import is_of_order
from adapters.binance.wire.order_requests import is_resident
from adapters.binance.wire.recent import Recent
from adapters.binance.wire.replies import AlgoOrderTold, IncomeTold, OrderTold, UserTrade
from application.session_memory import SessionMemory
from domain.connection_events import AccountSetting, AccountSettingChanged, AccountUnsure
from domain.market.timeframe import MINUTE_MS
from domain.orders.fill import Fill
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
)
from domain.orders.order_ids import setup_of
from domain.tape import FundingSettled, WalletMoved

TapeNews = OrderEvent | FundingSettled | WalletMoved | AccountUnsure | AccountSettingChanged

SEARCHED_BEFORE_MS: Final = MINUTE_MS
"""How long before the account last agreed a search begins."""

_FEE: Final = "COMMISSION"
_STRANGERS_REMEMBERED: Final = 1_000
_FUNDING_STEP_MS: Final = 60 * MINUTE_MS
_FORCED: Final = ("autoclose-", "adl_autoclose")
_MARGIN_TYPE: Final = "MARGIN_TYPE_CHANGE"
_FUNDING: Final = "FUNDING_FEE"
_SPECIAL_FUNDING: Final = "SPECIAL_FUNDING_FEE"
_LOOKS_FOR_A_FEE: Final = 5


class AccountReader:
    """Turns news into events for the tape, each told once and in an order that a book can take.

    It leaves behind what is to be looked after: `orphans` are orders of ours that nobody wants, by id
    with their symbol; `unsettled` says why the account should be compared, `funding_is_due` that the
    income list knows more than the stream, `fees_are_due` that the list of trades does. What moved the
    wallet before `opened_ms` is in the balance the session began with.
    """

    def __init__(
        self,
        book: TicketBook,
        blotter: Blotter,
        settings: EntrySettings,
        rules: EvidenceRules,
        wallet_asset: str = "USDT",
    ) -> None:
        self._book = book
        self._blotter = blotter
        self._settings = settings
        self._rules = rules
        self._wallet_asset = wallet_asset
        self._fees_due: dict[tuple[str, str], int] = {}
        self._fees_elsewhere: Recent[tuple[str, str], None] = Recent(_STRANGERS_REMEMBERED)
        self._funded: dict[tuple[str, int], Decimal] = {}
        self._claimed: Recent[int, Decimal] = Recent(_STRANGERS_REMEMBERED)
        self.orphans: dict[str, str] = {}
        self.unsettled = ""
        self.funding_is_due = False
        self.fees_are_due = False
        self.opened_ms = 0
        self._paid_before: Counter[tuple[str, str, Decimal]] = Counter()
        self._paid_until_ms = 0
        self.strangers_fills = 0

    def take_over(self, memory: SessionMemory) -> None:
        """Know what an earlier run of the session was told: fills, payments, and which stops may fire.

        Fills of late that seemed to cost nothing are asked for their fee: the stream may have kept it back.
        """
        since_ms = memory.agreed_at_ms - SEARCHED_BEFORE_MS
        self.opened_ms = max(memory.opened_at_ms, since_ms)
        for filled in memory.fills:
            self._blotter.book(filled.fill)
            if filled.at_ms >= since_ms and not filled.fill.fee:
                self._fees_due[filled.symbol, filled.fill.fill_id] = _LOOKS_FOR_A_FEE
        for remembered in memory.open_orders:
            order = remembered.order
            if is_resident(order):
                self._blotter.expect(order.order_id, order.symbol, order.side)
        self._paid_until_ms = memory.last_at_ms
        for payment in memory.payments:
            if payment.at_ms >= since_ms:
                self._paid_before[_payment_key(payment)] += 1

    def knows_trade(self, trade: UserTrade) -> bool:
        """Tell whether a trade of the account was told."""
        return self._blotter.knows(trade.symbol, str(trade.id), trade.order_id)

    def read(self, event: AccountEvent, now: Moment) -> list[TapeNews]:
        """Take one event of the stream."""
        if isinstance(event, OrderTradeUpdate):
            self._note_report(event)
        elif isinstance(event, AlgoUpdate):
            self._note_resident(event, now)
        return self.take(self._blotter.read(event), now)

    def look_up(self, told: OrderTold, now: Moment) -> list[TapeNews]:
        """Take an answer about a plain order."""
        return self.take(self._blotter.look_up(told, now.venue_ms), now)

    def look_up_resident(self, told: AlgoOrderTold, now: Moment) -> list[TapeNews]:
        """Take an answer about a stop or target."""
        return self.take(self._blotter.look_up_resident(told, now.venue_ms), now)

    def overdue(self, now: Moment) -> list[TapeNews]:
        """Take what was announced on the stream and never told."""
        return self.take(self._blotter.overdue(now.venue_ms - self._rules.announced_grace_ms), now)

    def found_fill(self, fill: Fill, now: Moment) -> list[TapeNews]:
        """Take a fill of an order of ours that was found in the list of trades; nothing when it is known."""
        ticket = self._book.get(fill.order_id)
        if ticket is None or not self._blotter.book(fill):
            return []
        return [*ticket.fill(fill, now.venue_ms)]

    def found_forced(self, fill: Fill, now: Moment) -> list[TapeNews]:
        """Take a fill by which the venue closed a position; nothing when it is known."""
        return [_forced(fill, now.venue_ms)] if self._blotter.book(fill) else []

    def found_fee(self, trade: UserTrade, now: Moment) -> list[TapeNews]:
        """Take the true fee of a trade: news where the stream kept it back, or where no wallet shows it."""
        if not trade.commission_asset:
            return []
        key = (trade.symbol, str(trade.id))
        was_due = self._fees_due.pop(self._due_for(trade), None) is not None
        if trade.commission_asset != self._wallet_asset:
            return self._fee_elsewhere(key, trade.commission, trade.commission_asset, now)
        if not was_due or not trade.commission:
            return []
        fee = WalletMoved(trade.time, trade.symbol, -trade.commission, _FEE, is_transfer=False)
        return [] if self._was_paid_before(fee) else [fee]

    def _due_for(self, trade: UserTrade) -> tuple[str, str]:
        """Name the fill whose fee a trade tells: by its number or, told without one, by its order's."""
        key = (trade.symbol, str(trade.id))
        if key in self._fees_due:
            return key
        told = (
            due for due in self._fees_due if due[0] == trade.symbol and is_of_order(due[1], trade.order_id)
        )
        return next(told, key)

    def fees_looked_for(self, symbol: str) -> None:
        """The trades of a symbol were listed: a fee that is not among them is asked for a few times more."""
        for key in [key for key in self._fees_due if key[0] == symbol]:
            self._fees_due[key] -= 1
            if not self._fees_due[key]:
                del self._fees_due[key]

    @property
    def symbols_with_fees_due(self) -> frozenset[str]:
        """The symbols of fills whose fee nobody told."""
        return frozenset(symbol for symbol, _ in self._fees_due)

    def found_income(self, row: IncomeTold) -> list[TapeNews]:
        """Take a row of the income list; nothing when it was told, or when trades tell it."""
        if row.time < self.opened_ms or row.asset != self._wallet_asset:
            return []
        if row.income_type == _FUNDING:
            return self.found_funding(FundingSettled(row.time, row.symbol, Decimal(0), row.income))
        if row.income_type == _SPECIAL_FUNDING and self._funded.get(_hour_of(row)) == row.income:
            return []
        moved = self._blotter.find_move(row)
        return [] if moved is None or self._was_paid_before(moved) else [moved]

    def found_funding(self, settled: FundingSettled) -> list[TapeNews]:
        """Take a payment found in the income list; nothing when it was told."""
        key = _hour_of(settled)
        if key in self._funded:
            return []
        self._funded[key] = settled.payment
        return [] if self._was_paid_before(settled) else [settled]

    def missed_events(self) -> None:
        """The stream begins, or begins anew."""
        self._blotter.missed_events()

    def take(self, news: Iterable[AccountNews], now: Moment) -> list[TapeNews]:
        """Take news in their order."""
        told: list[TapeNews] = []
        for one in news:
            told += self._take_one(one, now)
        return told

    def unsure(self, at_ms: int, reason: str) -> list[TapeNews]:
        """Doubt the book until the account was compared."""
        self.unsettled = self.unsettled or reason
        return [AccountUnsure(at_ms, reason)]

    def _was_paid_before(self, payment: FundingSettled | WalletMoved) -> bool:
        """Tell whether an earlier run of the session was told of it; each payment it knew counts once.

        The income list may date a little later what the stream told.
        """
        key = _payment_key(payment)
        if payment.at_ms > self._paid_until_ms + SEARCHED_BEFORE_MS or not self._paid_before[key]:
            return False
        self._paid_before[key] -= 1
        return True

    def _take_one(self, news: AccountNews, now: Moment) -> list[TapeNews]:
        match news:
            case OrderAccepted() | OrderFilled() | OrderCancelled() | OrderExpired():
                return self._on_order(news, now)
            case StopTriggering():
                return self._on_triggering(news, now)
            case Untold():
                return self._on_untold(news, now)
            case ForeignFilled():
                return self._on_foreign(news, now)
            case FundingSettled():
                return self.found_funding(news)
            case FundingUnassigned() | MoveUntold():
                self.funding_is_due = True
                return []
            case WalletMoved():
                return [news] if news.at_ms >= self.opened_ms else []
            case FeeNote():
                return self._on_fee_note(news, now)
            case _:
                return self._on_account(news, now)

    def _on_order(
        self, event: OrderAccepted | OrderFilled | OrderCancelled | OrderExpired, now: Moment
    ) -> list[TapeNews]:
        order_id = event.fill.order_id if isinstance(event, OrderFilled) else event.order_id
        ticket = self._book.get(order_id)
        if ticket is None:
            return self._on_unknown(event, order_id, now)
        match event:
            case OrderAccepted():
                if ticket.is_let_go:
                    self.orphans[order_id] = event.symbol
                return [*ticket.accept(event.at_ms)]
            case OrderFilled():
                return [*ticket.fill(event.fill, event.at_ms)]
            case _:
                self.orphans.pop(order_id, None)
                told = ticket.end(event)
                self._look_for_missing(order_id, now)
                return [*told]

    def _on_unknown(
        self, event: OrderAccepted | OrderFilled | OrderCancelled | OrderExpired, order_id: str, now: Moment
    ) -> list[TapeNews]:
        """An order of ours from before this session: nobody waits for it, what it traded is everybody's."""
        if isinstance(event, OrderAccepted):
            self.orphans[order_id] = event.symbol
            return []
        if isinstance(event, OrderFilled):
            return [event, *self.unsure(now.venue_ms, f"{order_id}, which nobody knows, has traded")]
        self.orphans.pop(order_id, None)
        return []

    def _on_triggering(self, news: StopTriggering, now: Moment) -> list[TapeNews]:
        ticket = self._book.get(news.order_id)
        if ticket is not None and ticket.triggering_since_ms is None:
            ticket.triggering_since_ms = now.steady_ms
            ticket.look_due_ms = now.steady_ms + self._rules.triggering_patience_ms
        return []

    def _on_untold(self, news: Untold, now: Moment) -> list[TapeNews]:
        ticket = self._book.get(news.order_id)
        if ticket is None:
            return self.unsure(now.venue_ms, f"{news.order_id}: {news.what}")
        if not self._look_for_missing(news.order_id, now):
            ticket.look_due_ms = now.steady_ms if ticket.look_due_ms is None else ticket.look_due_ms
        self._book.reopen(ticket)
        return []

    def _look_for_missing(self, order_id: str, now: Moment) -> bool:
        ticket = self._book.get(order_id)
        if ticket is None or not ticket.is_short_of_fills:
            return False
        if ticket.fills_due_ms is None:
            ticket.fills_due_ms = now.steady_ms + self._rules.stream_grace_ms
        return True

    def _on_foreign(self, news: ForeignFilled, now: Moment) -> list[TapeNews]:
        fill = news.filled.fill
        if news.cause is ForeignCause.STRANGER:
            self.strangers_fills += 1
            return self.unsure(now.venue_ms, f"an order that is none of ours traded {fill.symbol}")
        return [_forced(fill, news.filled.at_ms), *self.unsure(now.venue_ms, news.cause.value)]

    def _on_fee_note(self, note: FeeNote, now: Moment) -> list[TapeNews]:
        key = (note.symbol, note.fill_id)
        if note.asset:
            return self._fee_elsewhere(key, note.amount, note.asset, now)
        self._fees_due[key] = _LOOKS_FOR_A_FEE
        self.fees_are_due = True
        return []

    def _fee_elsewhere(
        self, key: tuple[str, str], amount: Decimal, asset: str, now: Moment
    ) -> list[TapeNews]:
        """A fee that no wallet of ours shows is told by its amount; it is nothing the ledger could book."""
        if key in self._fees_elsewhere or not amount:
            return []
        self._fees_elsewhere[key] = None
        return [AccountSettingChanged(now.venue_ms, key[0], AccountSetting.FEE_ASSET, f"{amount} {asset}")]

    def _on_account(self, news: AccountNews, now: Moment) -> list[TapeNews]:
        match news:
            case AccountUpdate():
                if news.change.reason == _MARGIN_TYPE:
                    for position in news.change.positions:
                        self._settings.forget_margin_type(position.symbol)
                return []
            case AccountConfigUpdate():
                return self._on_settings(news)
            case MarginCall():
                return self.unsure(now.venue_ms, "margin call")
            case ListenKeyExpired():
                return self.unsure(now.venue_ms, "the account's stream has ended")
            case _:
                return []

    def _on_settings(self, news: AccountConfigUpdate) -> list[TapeNews]:
        told: list[TapeNews] = []
        change, mode = news.leverage, news.assets_mode
        if change is not None and self._settings.learn_leverage(change.symbol, change.leverage):
            setting, value = AccountSetting.LEVERAGE, str(change.leverage)
            told.append(AccountSettingChanged(news.at_ms, change.symbol, setting, value))
        if mode is not None:
            value = "several assets" if mode.is_multi_assets else "one asset"
            told.append(AccountSettingChanged(news.at_ms, "", AccountSetting.ASSETS_MODE, value))
        return told

    def _note_report(self, update: OrderTradeUpdate) -> None:
        """Learn the order's number and how much it filled in all, before its fills are told."""
        report = update.order
        ticket = self._book.of_number(report.venue_order_id)
        if ticket is None and setup_of(report.client_id) is not None:
            ticket = self._book.get(report.client_id)
        if ticket is None:
            self._claimed[report.venue_order_id] = report.filled_quantity
            return
        self._book.number(ticket, report.venue_order_id)
        ticket.claim(report.filled_quantity, is_complete=report.status == "FILLED")

    def _note_resident(self, update: AlgoUpdate, now: Moment) -> None:
        report = update.order
        ticket = self._book.get(report.client_id)
        number = report.venue_order_id
        if ticket is None or not (number.isascii() and number.isdigit()):
            return
        self._book.number(ticket, int(number))
        ticket.claim(self._claimed.get(int(number)) or Decimal(0))
        ticket.triggering_since_ms = None
        if ticket.is_open:
            ticket.look_due_ms = now.steady_ms + self._rules.stream_grace_ms


def _hour_of(paid: FundingSettled | IncomeTold) -> tuple[str, int]:
    """Name the payment of a symbol by its hour: the stream and the list may differ by seconds."""
    at_ms = paid.at_ms if isinstance(paid, FundingSettled) else paid.time
    return paid.symbol, (at_ms + _FUNDING_STEP_MS // 2) // _FUNDING_STEP_MS


def _payment_key(payment: FundingSettled | WalletMoved) -> tuple[str, str, Decimal]:
    """Tell payments apart; the stream and the income list call the same move by other reasons."""
    if isinstance(payment, FundingSettled):
        return "funding", payment.symbol, payment.payment
    return ("fee", payment.symbol, payment.amount) if payment.reason == _FEE else ("", "", payment.amount)


def _forced(fill: Fill, at_ms: int) -> OrderFilled:
    """Give a forced close under a name by which every book knows it."""
    order_id = fill.order_id if fill.order_id.startswith(_FORCED) else f"{_FORCED[0]}{fill.order_id}"
    return OrderFilled(at_ms, fill.symbol, fill._replace(order_id=order_id))
