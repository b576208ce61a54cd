"""One event in, one decision out; pure and synchronous."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from application.decision import STAND_ASIDE, Decision, DecisionDraft
from application.desk_account import DeskAccount
from application.desk_record import record
from application.entry_review import EntryReview
from application.order_desk import OrderDesk
from application.ports.beliefs import Beliefs
from application.protection import too_late_to_protect
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from domain.exits.confidence_drop import with_score
from domain.exits.exit_decision import CloseAll, CloseHalf, ExitDecision, Moment, MoveStop
from domain.exits.exit_priority import decide_exit
from domain.exits.exit_rules import ExitRules
from domain.exits.partial_profit import half_of
from domain.exits.time_stop import time_stop
from domain.halt import TradingHalt
from domain.market.candle import Candle, CandleRefused
from domain.market.trading_costs import TradingCosts
from domain.orders.order import OrderPurpose
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.refusal import Refusal
from domain.risk.cross_margin_guard import CrossMarginRules, worst_loser
from domain.setup.entry_model import find_setup, spoiled
from domain.setup.setup import Setup
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_view import Features, StructureView
from domain.tape import (
    CandleClosed,
    Event,
    FundingSettled,
    OrderExpired,
    OrderRejected,
    PriceMoved,
    SessionEnding,
    SessionOpened,
)

_BAD_NEWS: Final = (OrderRejected, OrderExpired)
_UNKNOWN: Final = "the structure is not known any more"
_SESSION_END: Final = CloseAll(ExitReason.SESSION_END, "the session ends")


@dataclass(frozen=True, slots=True)
class DeskRules:
    """The numbers the desk trades by."""

    setup: SetupRules = field(default_factory=SetupRules)
    exits: ExitRules = field(default_factory=ExitRules)
    costs: TradingCosts = field(default_factory=TradingCosts)
    cross_margin: CrossMarginRules = field(default_factory=CrossMarginRules)


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
        self._account = DeskAccount(self._books.values())
        self._order_desk = OrderDesk(self._account, orders)
        self._busy: dict[str, SymbolBook] = {}
        self._is_ending = False
        self._margin_guarded_at_ms: int | None = None
        self._draft = DecisionDraft()

    @property
    def wallet(self) -> Decimal:
        """The wallet as the fills and payments of the tape made it."""
        return self._account.wallet

    def on_event(self, event: Event) -> Decision:
        """Decide on one event. Raises TradingHalt when the book can no longer be trusted."""
        draft = self._draft
        self._account.start_day(event.at_ms, draft)
        match event:
            case CandleClosed():
                self._on_candle(self._book(event.symbol), event.at_ms, event.candle, draft)
            case PriceMoved():
                self._on_price(self._book(event.symbol), event.at_ms, event.price, draft)
            case SessionOpened():
                self._account.open(event, draft)
            case SessionEnding():
                self._end(draft)
            case FundingSettled():
                self._on_funding(self._book(event.symbol), event, draft)
            case _:
                book = self._busy[event.symbol] = self._book(event.symbol)
                self._order_desk.on_event(book, event, draft)
        if self._busy and not isinstance(event, _BAD_NEWS):
            self._leave_in_time(event.at_ms, draft)
        decision = draft.finish()
        if decision is not STAND_ASIDE:
            self._draft = DecisionDraft()
        return decision

    def _book(self, symbol: str) -> SymbolBook:
        book = self._books.get(symbol)
        if book is None:
            raise TradingHalt(f"an event names {symbol}, which this desk does not trade")
        return book

    def _on_candle(self, book: SymbolBook, at_ms: int, candle: Candle, draft: DecisionDraft) -> None:
        try:
            bars = book.aggregator.update(candle)
        except CandleRefused as refused:
            draft.records.append(record(book, at_ms, "data", refused.fault.name.lower(), str(refused), ""))
            return
        book.last_price = candle.close
        book.data_at_ms = at_ms
        for bar in bars:
            self._on_bar(book, bar, at_ms, draft)
        self._watch(book, at_ms, draft)

    def _on_price(self, book: SymbolBook, at_ms: int, price: float, draft: DecisionDraft) -> None:
        book.last_price = price
        self._watch(book, at_ms, draft)

    def _on_funding(self, book: SymbolBook, event: FundingSettled, draft: DecisionDraft) -> None:
        self._account.book_funding(event, draft)
        if book.trade is not None:
            position = book.trade.position.after_funding(event.payment)
            book.trade = replace(book.trade, position=position)

    def _on_bar(self, book: SymbolBook, bar: Candle, at_ms: int, draft: DecisionDraft) -> None:
        features = book.engine.update(bar)
        is_ready = features[0] == features[0]
        view = book.view = book.engine.view() if is_ready else None
        if is_ready and book.trade is not None:
            self._score(book, book.trade, features, at_ms)
        if book.plan is not None:
            self._withdraw_when_spoiled(book, book.plan.setup, at_ms, draft)
        elif view is not None and book.is_idle and not self._is_ending:
            self._look_for_entry(book, view, at_ms, draft)

    def _score(self, book: SymbolBook, trade: OpenTrade, features: Features, at_ms: int) -> None:
        belief = self._beliefs.of(features, trade.position.direction)
        if belief.confidence is not None:
            score = ScoredConfidence(at_ms, belief.confidence)
            book.trade = with_score(trade, score, self._rules.exits)

    def _withdraw_when_spoiled(
        self, book: SymbolBook, setup: Setup, at_ms: int, draft: DecisionDraft
    ) -> None:
        if not book.live(OrderPurpose.ENTRY):
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
        belief = self._beliefs.of(setup.features, setup.direction)
        portfolio = self._account.portfolio(book)
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
        self._busy[book.symbol] = book

    def _watch(self, book: SymbolBook, at_ms: int, draft: DecisionDraft) -> None:
        trade = book.trade
        if trade is None or book.exit_under_way is not None:
            return
        decided = too_late_to_protect(book, trade) or self._exit_of(book, trade, at_ms)
        if decided is not None:
            self._leave(book, trade, decided, at_ms, draft)
        if book.exit_under_way is None:
            self._orders.mend_protection(book, draft)
        self._guard_margin(at_ms, draft)

    def _exit_of(self, book: SymbolBook, trade: OpenTrade, at_ms: int) -> ExitDecision | None:
        moment = Moment(at_ms, book.price, book.view)
        return decide_exit(trade, moment, self._rules.exits, self._rules.costs, book.instrument)

    def _leave(
        self, book: SymbolBook, trade: OpenTrade, decided: ExitDecision, at_ms: int, draft: DecisionDraft
    ) -> None:
        setup_id = trade.plan.setup.setup_id
        draft.records.append(record(book, at_ms, "exit", decided.reason, _in_words(decided), setup_id))
        match decided:
            case CloseAll():
                self._orders.close(book, trade.position.quantity, decided.reason, None, draft)
            case CloseHalf():
                half = half_of(trade, book.instrument)
                self._orders.close(book, half, decided.reason, decided.new_stop, draft)
            case MoveStop():
                self._orders.move_stop(book, decided.new_stop, _named_stop(decided.reason), draft)

    def _guard_margin(self, at_ms: int, draft: DecisionDraft) -> None:
        held = {
            symbol: (book.trade, book.price) for symbol, book in self._busy.items() if book.trade is not None
        }
        symbol = worst_loser(
            tuple(held.values()),
            self._account.equity,
            self._margin_guarded_at_ms,
            at_ms,
            self._rules.cross_margin,
        )
        if symbol is None or self._books[symbol].exit_under_way is not None:
            return
        self._margin_guarded_at_ms = at_ms
        detail = "total margin is over its share of equity and this position loses most"
        decided = CloseAll(ExitReason.CROSS_MARGIN_GUARD, detail)
        self._leave(self._books[symbol], held[symbol][0], decided, at_ms, draft)

    def _leave_in_time(self, at_ms: int, draft: DecisionDraft) -> None:
        """Leave what is overdue, or everything once the session ends; a refused exit waits for news."""
        for book in tuple(self._busy.values()):
            trade = book.trade
            if book.is_idle:
                del self._busy[book.symbol]
            if trade is None or book.exit_under_way is not None:
                continue
            decided = _SESSION_END if self._is_ending else time_stop(trade, at_ms, self._rules.exits)
            if decided is not None:
                self._leave(book, trade, decided, at_ms, draft)

    def _end(self, draft: DecisionDraft) -> None:
        self._is_ending = True
        for book in self._busy.values():
            self._orders.withdraw_entry(book, draft)


def _named_stop(moved_for: ExitReason) -> ExitReason:
    """Name what a stop stands for that was moved for this reason."""
    return ExitReason.BREAK_EVEN_STOP if moved_for is ExitReason.PARTIAL_PROFIT else moved_for


def _in_words(decided: ExitDecision) -> str:
    if isinstance(decided, CloseAll):
        return decided.detail
    return f"{decided.detail}; stop to {decided.new_stop}"
