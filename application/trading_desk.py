"""One event in, one decision out; pure and synchronous."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from application.decision import STAND_ASIDE, Decision, DecisionDraft
from application.desk_account import DeskAccount
from application.desk_record import champion_record, record
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.left_open import LeftOpen, left_open
from application.market_minutes import Stillness
from application.order_desk import OrderDesk
from application.ports.beliefs import Beliefs
from application.reconciliation import Reconciliation
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.trade_watch import TradeWatch
from domain.exits.confidence_drop import judged_anew, with_score
from domain.halt import TradingHalt
from domain.learning.belief import Belief, Question
from domain.market.candle import Candle, CandleRefused
from domain.market.instrument import changes_between
from domain.market.timeframe import MINUTE_MS
from domain.orders.order import OrderPurpose
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.refusal import Refusal
from domain.setup.entry_model import find_setup, spoiled
from domain.setup.setup import Setup
from domain.structure.structure_view import StructureView
from domain.tape import (
    AccountCompared,
    AccountSettingChanged,
    AccountUnsure,
    CandleClosed,
    CandleRebuilt,
    CandleRecalled,
    CandlesPassed,
    ChampionChanged,
    ConnectionChanged,
    Event,
    FundingSettled,
    HistoryLost,
    InstrumentChanged,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    PriceMoved,
    SessionEnding,
    SessionOpened,
    SessionResumed,
    TimePassed,
    WalletMoved,
)

_AccountNews = WalletMoved | AccountCompared | AccountUnsure | ConnectionChanged | AccountSettingChanged
_DataNews = CandleRebuilt | CandleRecalled | HistoryLost | InstrumentChanged
_SessionNews = SessionOpened | SessionResumed | SessionEnding
_RareEvent = TimePassed | ChampionChanged | _SessionNews | _DataNews | _AccountNews
_BAD_NEWS: Final = (OrderRejected, OrderExpired)
_UNKNOWN: Final = "the structure is not known any more"


class TradingDesk:
    """Holds one book per symbol and one account; changed by events only."""

    def __init__(
        self,
        books: Iterable[SymbolBook],
        rules: DeskRules,
        beliefs: Beliefs,
        review: EntryReview,
        orders: SmartOrderManager,
    ) -> None:
        self._books = {book.symbol: book for book in books}
        self._rules = rules
        self._beliefs = beliefs
        self._review = review
        self._orders = orders
        self._busy: dict[str, SymbolBook] = {}
        self._account = DeskAccount(self._busy)
        self._reconciliation = Reconciliation(rules.longest_difference_ms)
        self._order_desk = OrderDesk(self._account, orders, rules.exits)
        self._watch = TradeWatch(self._busy, rules, self._account, orders)
        self._draft = DecisionDraft()

    @property
    def wallet(self) -> Decimal:
        """The wallet as the fills and payments of the tape made it."""
        return self._account.wallet

    @property
    def is_idle(self) -> bool:
        """Whether nothing is held or planned anywhere, and no order may still trade."""
        return all(book.is_idle for book in self._busy.values())

    @property
    def left_open(self) -> list[LeftOpen]:
        """What is held, or may still trade, by symbol."""
        return left_open(self._busy.values())

    @property
    def stillness(self) -> Stillness | None:
        """Tell between which prices nothing is done about what is held, None when it might be at any."""
        return self._watch.stillness

    def on_event(self, event: Event) -> Decision:
        """Decide on one event. Raises TradingHalt when the book can no longer be trusted."""
        draft = self._draft
        self._account.start_day(event.at_ms, draft)
        match event:
            case CandleClosed():
                self._on_candle(self._book(event.symbol), event.at_ms, event.candle, draft)
            case CandlesPassed():
                self._book(event.symbol).pass_over(event.run, event.closed_at_ms)
            case PriceMoved():
                self._on_price(self._book(event.symbol), event.at_ms, event.price, draft)
            case FundingSettled():
                self._on_funding(self._book(event.symbol), event, draft)
            case OrderFilled() | OrderAccepted() | OrderCancelled() | OrderExpired() | OrderRejected():
                book = self._busy[event.symbol] = self._book(event.symbol)
                self._order_desk.on_event(book, event, draft)
                self._watch.look_again(book)
            case _:
                self._on_rare(event, draft)
        if event.at_ms >= self._watch.look_at_ms and not isinstance(event, _BAD_NEWS):
            self._watch.leave_in_time(event.at_ms, draft)
        decision = draft.finish()
        if decision is not STAND_ASIDE:
            self._draft = DecisionDraft()
        return decision

    def _on_rare(self, event: _RareEvent, draft: DecisionDraft) -> None:
        match event:
            case TimePassed():
                self._watch.pass_time(event.at_ms, self._reconciliation.answers_since_ms, draft)
            case CandleRebuilt() | CandleRecalled():
                self._on_old_candle(self._book(event.symbol), event, draft)
            case SessionOpened():
                self._account.open(event, draft)
            case SessionResumed():
                self._reconciliation.resume(event, draft)
                self._watch.resume()
            case SessionEnding():
                self._watch.end(draft)
            case ChampionChanged():
                self._change_champion(event, draft)
            case HistoryLost():
                self._on_history_lost(self._book(event.symbol), event, draft)
            case InstrumentChanged():
                self._on_instrument_changed(self._book(event.symbol), event, draft)
            case _:
                self._on_account_news(event, draft)

    def _on_account_news(self, event: _AccountNews, draft: DecisionDraft) -> None:
        match event:
            case WalletMoved():
                self._account.book_move(event, draft)
                self._reconciliation.note_move(event, draft)
            case AccountCompared():
                self._reconciliation.compare(event, self._account.wallet, self._account.held(), draft)
            case AccountUnsure():
                self._reconciliation.doubt(event, draft)
            case ConnectionChanged():
                self._reconciliation.connect(event, draft)
            case AccountSettingChanged():
                self._reconciliation.change(event, draft)

    def _book(self, symbol: str) -> SymbolBook:
        book = self._books.get(symbol)
        if book is None:
            raise TradingHalt(f"an event names {symbol}, which this desk does not trade")
        return book

    def _on_candle(self, book: SymbolBook, at_ms: int, candle: Candle, draft: DecisionDraft) -> None:
        try:
            bars = book.aggregator.update(candle)
        except CandleRefused as refused:
            _note_refused(book, at_ms, refused, draft)
            return
        book.data_at_ms = candle.open_time_ms + book.step_ms
        is_of_now = at_ms - book.data_at_ms < MINUTE_MS or book.last_price != book.last_price
        if is_of_now:
            book.last_price = candle.close
        for bar in bars:
            self._on_bar(book, bar, at_ms, draft)
        if is_of_now and book.trade is not None:
            self._watch.watch(book, book.trade, at_ms, draft)

    def _on_old_candle(
        self, book: SymbolBook, event: CandleRebuilt | CandleRecalled, draft: DecisionDraft
    ) -> None:
        if isinstance(event, CandleRebuilt):
            self._on_candle(book, event.at_ms, event.candle, draft)
            return
        try:
            bars = book.aggregator.update(event.candle)
        except CandleRefused as refused:
            _note_refused(book, event.at_ms, refused, draft)
            return
        book.last_price = event.candle.close
        book.data_at_ms = event.candle.open_time_ms + book.step_ms
        for bar in bars:
            features = book.engine.update(bar)
            book.view = book.engine.view() if features[0] == features[0] else None

    def _on_price(self, book: SymbolBook, at_ms: int, price: float, draft: DecisionDraft) -> None:
        book.last_price = price
        if book.trade is not None:
            self._watch.watch(book, book.trade, at_ms, draft)

    def _on_history_lost(self, book: SymbolBook, event: HistoryLost, draft: DecisionDraft) -> None:
        setup_id = "" if book.plan is None else book.plan.setup.setup_id
        draft.records.append(record(book, event.at_ms, "data", "history_lost", event.reason, setup_id))
        book.forget_structure()
        self._orders.withdraw_entry(book, draft)
        self._watch.look_again(book)

    def _on_instrument_changed(
        self, book: SymbolBook, event: InstrumentChanged, draft: DecisionDraft
    ) -> None:
        words = changes_between(book.instrument, event.instrument)
        setup_id = "" if book.plan is None else book.plan.setup.setup_id
        draft.records.append(record(book, event.at_ms, "data", "rules_changed", words, setup_id))
        self._orders.obey(book, event.instrument, self._rules.exits.most_stop_refusals, draft)
        self._watch.look_again(book)

    def _change_champion(self, event: ChampionChanged, draft: DecisionDraft) -> None:
        """Believe another model; what the one before said of open trades is no measure for it."""
        self._beliefs = self._beliefs.with_champion(event.model, event.drift)
        draft.records.append(champion_record(event))
        for book in self._busy.values():
            if book.trade is not None:
                setup, view = book.trade.plan.setup, book.view
                confidence = None if view is None else self._believed(book, view, setup).confidence
                book.trade = judged_anew(book.trade, confidence)
                self._watch.look_again(book)

    def _on_funding(self, book: SymbolBook, event: FundingSettled, draft: DecisionDraft) -> None:
        self._account.book_funding(event, draft)
        if book.trade is not None:
            position = book.trade.position.after_funding(event.payment)
            book.trade = replace(book.trade, position=position)
        self._watch.look_again(book)

    def _on_bar(self, book: SymbolBook, bar: Candle, at_ms: int, draft: DecisionDraft) -> None:
        features = book.engine.update(bar)
        is_ready = features[0] == features[0]
        view = book.view = book.engine.view() if is_ready else None
        if book.trade is not None:
            self._on_bar_of_trade(book, book.trade, at_ms)
        if book.plan is not None:
            self._withdraw_when_spoiled(book, book.plan.setup, at_ms, draft)
        elif view is not None and book.is_idle and not self._watch.is_ending:
            self._look_for_entry(book, view, at_ms, draft)

    def _on_bar_of_trade(self, book: SymbolBook, trade: OpenTrade, at_ms: int) -> None:
        if book.view is not None:
            belief = self._believed(book, book.view, trade.plan.setup)
            if belief.confidence is not None:
                score = ScoredConfidence(at_ms, belief.confidence)
                trade = book.trade = with_score(trade, score, self._rules.exits)
        self._watch.on_bar(book, trade)

    def _believed(self, book: SymbolBook, view: StructureView, setup: Setup) -> Belief:
        features = setup.features if view.features is None else view.features
        return self._beliefs.of(Question(setup, features, view.base.atr, book.engine.feature_schema))

    def _withdraw_when_spoiled(
        self, book: SymbolBook, setup: Setup, at_ms: int, draft: DecisionDraft
    ) -> None:
        if not book.standing(OrderPurpose.ENTRY):
            return
        reason = _UNKNOWN if book.view is None else spoiled(setup, book.view, self._rules.setup)
        if reason is not None:
            draft.records.append(record(book, at_ms, "withdrawn", "spoiled", reason, setup.setup_id))
            self._orders.withdraw_entry(book, draft)

    def _look_for_entry(
        self, book: SymbolBook, view: StructureView, at_ms: int, draft: DecisionDraft
    ) -> None:
        setup = find_setup(book.symbol, view, book.instrument, self._rules.setup)
        if setup is None:
            return
        belief = self._believed(book, view, setup)
        portfolio = self._account.portfolio(book, is_reconciled=self._reconciliation.is_reconciled)
        answer = self._review.review(
            setup, belief, self._account.record, portfolio, book.instrument, book.price, at_ms
        )
        if isinstance(answer, Refusal):
            told = record(book, at_ms, "refused", answer.reason, answer.detail, setup.setup_id)
            draft.records.append(told)
            return
        words = "; ".join((*setup.reasons, answer.words))
        draft.records.append(record(book, at_ms, "entry", setup.kind, words, setup.setup_id))
        self._orders.send_entry(book, answer.plan, answer.approved, draft)
        lifetime_ms = self._rules.setup.entry_lifetime_bars * view.base.step_ms
        book.entry_overdue_ms = setup.found_at_ms + lifetime_ms
        self._busy[book.symbol] = book


def _note_refused(book: SymbolBook, at_ms: int, refused: CandleRefused, draft: DecisionDraft) -> None:
    draft.records.append(record(book, at_ms, "data", refused.fault.name.lower(), str(refused), ""))
