"""One event in, one decision out; pure and synchronous."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from application.decision import STAND_ASIDE, Decision, DecisionDraft, EquityMark
from application.entry_review import EntryReview, PlannedEntry
from application.ports.beliefs import Beliefs
from application.ports.trade_store import DecisionRecord
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from domain.exits.exit_decision import CloseAll, CloseHalf, Moment, MoveStop
from domain.exits.exit_rules import ExitRules, decide_exit
from domain.exits.time_stop import is_overdue
from domain.halt import TradingHalt
from domain.market.candle import Candle, CandleRefused
from domain.market.timeframe import DAY_MS
from domain.market.trading_costs import TradingCosts
from domain.orders.fill import Fill
from domain.orders.order import OrderPurpose
from domain.position.account import Account
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.position.position import open_position
from domain.position.track_record import TrackRecord
from domain.position.trade_closing import close
from domain.refusal import Refusal
from domain.risk.cross_margin_guard import CrossMarginRules, worst_loser
from domain.risk.portfolio import Exposure, Portfolio
from domain.setup.entry_model import find_setup, spoiled
from domain.setup.setup import Setup
from domain.setup.setup_rules import SetupRules
from domain.tape import (
    CandleClosed,
    Event,
    FundingSettled,
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    PriceMoved,
    SessionEnding,
    SessionOpened,
)

_REMEMBERED_CONFIDENCE_MS: Final = 10 * 60_000
_LIQUIDATION_PREFIXES: Final = ("autoclose-", "adl_autoclose")


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
        self._account = Account(Decimal(0))
        self._record = TrackRecord()
        self._peak_equity = Decimal(0)
        self._day_start_equity = Decimal(0)
        self._next_day_ms = 0
        self._margin_guarded_at_ms: int | None = None
        self._trading: dict[str, SymbolBook] = {}
        self._draft = DecisionDraft()

    @property
    def account(self) -> Account:
        """The account as the fills and payments of the tape made it."""
        return self._account

    def on_event(self, event: Event) -> Decision:
        """Decide on one event. Raises TradingHalt when the book can no longer be trusted."""
        draft = self._draft
        if event.at_ms >= self._next_day_ms:
            self._start_day(event.at_ms, draft)
        match event:
            case CandleClosed():
                self._on_candle(self._book(event.symbol), event.at_ms, event.candle, draft)
            case PriceMoved():
                self._on_price(self._book(event.symbol), event, draft)
            case FundingSettled():
                self._on_funding(self._book(event.symbol), event)
            case SessionOpened():
                self._open(event, draft)
            case SessionEnding():
                self._end(draft)
            case _:
                self._on_order(self._book(event.symbol), event, draft)
        if self._trading:
            self._close_overdue(event.at_ms, draft)
        decision = draft.finish()
        if decision is not STAND_ASIDE:
            self._draft = DecisionDraft()
        return decision

    def _book(self, symbol: str) -> SymbolBook:
        book = self._books.get(symbol)
        if book is None:
            raise TradingHalt(f"an event names {symbol}, which this desk does not trade")
        return book

    def _open(self, event: SessionOpened, draft: DecisionDraft) -> None:
        self._account = Account(event.wallet)
        self._peak_equity = self._day_start_equity = event.wallet
        draft.marks.append(EquityMark(event.at_ms, event.wallet, event.wallet))

    def _start_day(self, at_ms: int, draft: DecisionDraft) -> None:
        is_first = self._next_day_ms == 0
        self._next_day_ms = at_ms - at_ms % DAY_MS + DAY_MS
        self._day_start_equity = self._equity()
        if not is_first:
            draft.marks.append(self._mark(at_ms))

    def _on_candle(self, book: SymbolBook, at_ms: int, candle: Candle, draft: DecisionDraft) -> None:
        book.last_price = candle.close
        book.data_at_ms = at_ms
        try:
            bars = book.aggregator.update(candle)
        except CandleRefused as refused:
            draft.records.append(_record(book, at_ms, "data", refused.fault.name.lower(), str(refused)))
            return
        for bar in bars:
            self._on_bar(book, bar, at_ms, draft)
        if book.trade is not None:
            self._watch(book, at_ms, draft)

    def _on_price(self, book: SymbolBook, event: PriceMoved, draft: DecisionDraft) -> None:
        book.last_price = event.price
        if book.trade is not None:
            self._watch(book, event.at_ms, draft)

    def _on_bar(self, book: SymbolBook, bar: Candle, at_ms: int, draft: DecisionDraft) -> None:
        features = book.engine.update(bar)
        if features[0] != features[0]:
            return
        book.view = book.engine.view()
        if book.trade is not None:
            self._score(book, book.trade, at_ms)
        if book.plan is not None:
            self._withdraw_when_spoiled(book, book.plan.setup, at_ms, draft)
        elif not book.working:
            self._look_for_entry(book, at_ms, draft)

    def _score(self, book: SymbolBook, trade: OpenTrade, at_ms: int) -> None:
        if book.view is None or book.view.features is None:
            return
        belief = self._beliefs.of(book.view.features, trade.position.direction)
        if belief.confidence is None:
            return
        kept = tuple(s for s in trade.confidences if s.at_ms >= at_ms - _REMEMBERED_CONFIDENCE_MS)
        book.trade = replace(trade, confidences=(*kept, ScoredConfidence(at_ms, belief.confidence)))

    def _withdraw_when_spoiled(self, book: SymbolBook, setup: Setup, at_ms: int, draft: DecisionDraft) -> None:
        if book.view is None or not book.working_for(OrderPurpose.ENTRY):
            return
        reason = spoiled(setup, book.view, self._rules.setup)
        if reason is not None:
            draft.records.append(_record(book, at_ms, "withdrawn", "spoiled", reason, setup.setup_id))
            self._orders.withdraw_entry(book, draft)

    def _look_for_entry(self, book: SymbolBook, at_ms: int, draft: DecisionDraft) -> None:
        if book.view is None:
            return
        setup = find_setup(book.symbol, book.view, book.instrument, self._rules.setup)
        if setup is None:
            return
        belief = self._beliefs.of(setup.features, setup.direction)
        answer = self._review.review(
            setup, belief, self._record, self._portfolio(book), book.instrument, book.price, at_ms
        )
        if isinstance(answer, Refusal):
            draft.records.append(_record(book, at_ms, "refused", answer.reason, answer.detail, setup.setup_id))
            return
        self._send_entry(book, answer, at_ms, draft)

    def _send_entry(self, book: SymbolBook, entry: PlannedEntry, at_ms: int, draft: DecisionDraft) -> None:
        setup = entry.plan.setup
        detail = "; ".join((*setup.reasons, entry.words))
        draft.records.append(_record(book, at_ms, "entry", setup.kind, detail, setup.setup_id))
        self._orders.send_entry(book, entry.plan, entry.approved, draft)
        self._trading[book.symbol] = book

    def _watch(self, book: SymbolBook, at_ms: int, draft: DecisionDraft) -> None:
        trade = book.trade
        if trade is None or book.exit_under_way is not None:
            return
        moment = Moment(at_ms, book.price, book.view)
        decided = decide_exit(trade, moment, self._rules.exits, self._rules.costs, book.instrument)
        match decided:
            case CloseAll():
                self._leave(book, trade, decided.reason, decided.detail, at_ms, draft)
            case CloseHalf():
                self._note_exit(book, trade, decided.reason, decided.detail, at_ms, draft)
                half = book.instrument.quantity_at_most(trade.position.quantity / 2)
                self._orders.close(book, half, decided.reason, decided.new_stop, draft)
            case MoveStop():
                self._note_exit(book, trade, decided.reason, decided.detail, at_ms, draft)
                self._orders.move_stop(book, decided.new_stop, decided.reason, draft)
        if book.exit_under_way is None:
            self._guard_margin(at_ms, draft)

    def _leave(
        self, book: SymbolBook, trade: OpenTrade, reason: ExitReason, detail: str, at_ms: int, draft: DecisionDraft
    ) -> None:
        self._note_exit(book, trade, reason, detail, at_ms, draft)
        self._orders.close(book, trade.position.quantity, reason, None, draft)

    def _note_exit(
        self, book: SymbolBook, trade: OpenTrade, reason: ExitReason, detail: str, at_ms: int, draft: DecisionDraft
    ) -> None:
        draft.records.append(_record(book, at_ms, "exit", reason, detail, trade.plan.setup.setup_id))

    def _guard_margin(self, at_ms: int, draft: DecisionDraft) -> None:
        open_books = [book for book in self._trading.values() if book.trade is not None]
        trades = [(book.trade, book.price) for book in open_books if book.trade is not None]
        symbol = worst_loser(trades, self._equity(), self._margin_guarded_at_ms, at_ms, self._rules.cross_margin)
        if symbol is None:
            return
        book = self._books[symbol]
        if book.trade is not None and book.exit_under_way is None:
            self._margin_guarded_at_ms = at_ms
            detail = "total margin is over its share of equity and this position loses most"
            self._leave(book, book.trade, ExitReason.CROSS_MARGIN_GUARD, detail, at_ms, draft)

    def _close_overdue(self, at_ms: int, draft: DecisionDraft) -> None:
        for book in self._trading.values():
            trade = book.trade
            if trade is None or book.exit_under_way is not None:
                continue
            if is_overdue(trade, at_ms, self._rules.exits):
                self._leave(book, trade, ExitReason.TIME_STOP, "held for the longest time allowed", at_ms, draft)

    def _end(self, draft: DecisionDraft) -> None:
        for book in list(self._trading.values()):
            self._orders.withdraw_entry(book, draft)
            if book.trade is not None and book.exit_under_way is None:
                quantity = book.trade.position.quantity
                self._orders.close(book, quantity, ExitReason.SESSION_END, None, draft)

    def _on_funding(self, book: SymbolBook, event: FundingSettled) -> None:
        self._account = self._account.after_funding(event.payment)
        if book.trade is not None:
            position = book.trade.position.after_funding(event.payment)
            book.trade = replace(book.trade, position=position)

    def _on_order(self, book: SymbolBook, event: OrderEvent, draft: DecisionDraft) -> None:
        order_id = event.fill.order_id if isinstance(event, OrderFilled) else event.order_id
        working = book.working.get(order_id)
        if working is None:
            self._on_unknown_order(book, order_id, event, draft)
            return
        working = working.after(event)
        if working.is_over:
            del book.working[order_id]
        else:
            book.working[order_id] = working
        match event:
            case OrderAccepted():
                self._orders.on_accepted(book, order_id, draft)
            case OrderFilled():
                self._on_fill(book, event.fill, working.order.purpose, draft)
            case OrderRejected(reason=reason) | OrderExpired(reason=reason):
                kind = "rejected" if isinstance(event, OrderRejected) else "expired"
                draft.records.append(_record(book, event.at_ms, kind, working.order.purpose, reason, order_id))
                self._orders.on_gone(book, working, draft)
            case OrderCancelled():
                self._orders.on_gone(book, working, draft)
        self._forget_when_over(book, working.order.purpose)

    def _on_unknown_order(self, book: SymbolBook, order_id: str, event: OrderEvent, draft: DecisionDraft) -> None:
        if not isinstance(event, OrderFilled):
            return
        if not order_id.startswith(_LIQUIDATION_PREFIXES):
            raise TradingHalt(f"{book.symbol}: a fill of {order_id}, which this desk never sent")
        draft.records.append(_record(book, event.at_ms, "exit", ExitReason.VENUE_LIQUIDATION, "closed by the venue"))
        self._on_exit_fill(book, event.fill, ExitReason.VENUE_LIQUIDATION, draft)

    def _forget_when_over(self, book: SymbolBook, purpose: OrderPurpose) -> None:
        """An entry that ended unfilled leaves no trade behind; one filled in part is the smaller trade."""
        if purpose is OrderPurpose.ENTRY and book.plan is not None and not book.working_for(OrderPurpose.ENTRY):
            if book.trade is None:
                book.forget_trade()
            elif book.trade.position.entered_quantity < book.plan.quantity:
                book.plan = book.plan.scaled_to(book.trade.position.entered_quantity)
                book.trade = replace(book.trade, plan=book.plan)
        if book.is_idle:
            self._trading.pop(book.symbol, None)

    def _on_fill(self, book: SymbolBook, fill: Fill, purpose: OrderPurpose, draft: DecisionDraft) -> None:
        match purpose:
            case OrderPurpose.ENTRY:
                self._on_entry_fill(book, fill, draft)
            case OrderPurpose.STOP:
                self._on_exit_fill(book, fill, book.stop_reason, draft)
            case OrderPurpose.TARGET:
                self._on_exit_fill(book, fill, ExitReason.TARGET, draft)
            case OrderPurpose.EXIT:
                reason = book.exit_under_way.reason if book.exit_under_way else ExitReason.SESSION_END
                self._on_exit_fill(book, fill, reason, draft)

    def _on_entry_fill(self, book: SymbolBook, fill: Fill, draft: DecisionDraft) -> None:
        if book.plan is None:
            raise TradingHalt(f"{book.symbol}: an entry filled that no plan stands behind")
        self._account = self._account.after_fill(fill)
        if book.trade is None:
            setup = book.plan.setup
            book.trade = OpenTrade(book.plan, open_position(fill), setup.stop, setup.target)
        else:
            book.trade = replace(book.trade, position=book.trade.position.after(fill))
        self._orders.protect(book, draft)

    def _on_exit_fill(self, book: SymbolBook, fill: Fill, reason: ExitReason, draft: DecisionDraft) -> None:
        if book.trade is None:
            raise TradingHalt(f"{book.symbol}: an exit filled without a position")
        self._account = self._account.after_fill(fill)
        book.exit_reasons.append(reason)
        book.trade = replace(book.trade, position=book.trade.position.after(fill))
        if book.trade.position.is_flat:
            self._close_trade(book, book.trade, fill.at_ms, draft)
        elif fill.is_last:
            self._after_part_exit(book, book.trade, draft)

    def _after_part_exit(self, book: SymbolBook, trade: OpenTrade, draft: DecisionDraft) -> None:
        under_way, book.exit_under_way = book.exit_under_way, None
        if under_way is not None and under_way.new_stop is not None:
            book.trade = replace(trade, stop=under_way.new_stop, is_half_closed=True)
            book.stop_reason = ExitReason.BREAK_EVEN_STOP
        self._orders.protect(book, draft)

    def _close_trade(self, book: SymbolBook, trade: OpenTrade, at_ms: int, draft: DecisionDraft) -> None:
        closed = close(trade, tuple(book.exit_reasons), at_ms)
        draft.trades.append(closed)
        self._record = self._record.after(closed)
        self._orders.clear(book, draft)
        book.forget_trade()
        draft.marks.append(self._mark(at_ms))

    def _mark(self, at_ms: int) -> EquityMark:
        equity = self._equity()
        self._peak_equity = max(self._peak_equity, equity)
        return EquityMark(at_ms, self._account.wallet, equity)

    def _equity(self) -> Decimal:
        open_profit = sum(
            (book.trade.position.unrealized_pnl(book.price) for book in self._trading.values() if book.trade),
            Decimal(0),
        )
        return self._account.wallet + open_profit

    def _portfolio(self, book: SymbolBook) -> Portfolio:
        equity = self._equity()
        self._peak_equity = max(self._peak_equity, equity)
        return Portfolio(
            equity=equity,
            day_start_equity=self._day_start_equity,
            peak_equity=self._peak_equity,
            exposures=tuple(_exposure(other) for other in self._trading.values() if not other.is_idle),
            losses_in_a_row=self._record.losses_in_a_row,
            last_loss_at_ms=self._record.last_loss_at_ms,
            data_at_ms=book.data_at_ms,
            is_reconciled=True,
        )


def _exposure(book: SymbolBook) -> Exposure:
    plan = book.plan
    if plan is None:
        raise TradingHalt(f"{book.symbol} has working orders but no plan")
    return Exposure(book.symbol, plan.setup.direction, plan.quantity * plan.setup.entry, plan.initial_margin)


def _record(
    book: SymbolBook, at_ms: int, kind: str, reason: str, detail: str, setup_id: str = ""
) -> DecisionRecord:
    decision_id = f"{book.symbol}-{at_ms}-{kind}-{reason}-{setup_id}"
    return DecisionRecord(decision_id, at_ms, book.symbol, kind, str(reason), detail, setup_id)
