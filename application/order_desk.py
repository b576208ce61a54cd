"""What the venue's answers do to a book: entries become positions, exits become closed trades."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from application.decision import DecisionDraft
from application.desk_account import DeskAccount
from application.desk_record import record
from application.protection import is_covered
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from domain.exits.exit_retry import next_exit_from_ms
from domain.exits.exit_rules import ExitRules
from domain.halt import TradingHalt
from domain.market.direction import side_that_closes
from domain.orders.fill import Fill
from domain.orders.order import OrderPurpose
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.orders.order_ids import setup_of
from domain.orders.order_life import WorkingOrder
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.position.position import open_position
from domain.position.trade_closing import close

_CLOSED_BY_THE_VENUE: Final = (
    "autoclose-",
    "adl_autoclose",
    "settlement_autoclose-",
    "delivery_autoclose-",
)


class OrderDesk:
    """Books every answer once; a fill nobody can place halts trading."""

    def __init__(self, account: DeskAccount, orders: SmartOrderManager, rules: ExitRules) -> None:
        self._account = account
        self._orders = orders
        self._rules = rules

    def on_event(self, book: SymbolBook, event: OrderEvent, draft: DecisionDraft) -> None:
        """Take one answer of the venue. Raises TradingHalt when it cannot be true."""
        if isinstance(event, OrderFilled):
            self._on_filled(book, event, draft)
        else:
            self._on_told(book, event, draft)
        _note_cover(book, event.at_ms)

    def _on_told(
        self,
        book: SymbolBook,
        event: OrderAccepted | OrderRejected | OrderCancelled | OrderExpired,
        draft: DecisionDraft,
    ) -> None:
        before = book.orders.get(event.order_id)
        if before is None:
            return
        after = book.orders[event.order_id] = before.after(event)
        if not before.is_live:
            return
        if isinstance(event, OrderAccepted):
            self._orders.on_held(book, event.order_id, draft)
        else:
            self._on_gone(book, after, event, draft)

    def _on_gone(self, book: SymbolBook, gone: WorkingOrder, event: OrderEvent, draft: DecisionDraft) -> None:
        if isinstance(event, OrderRejected | OrderExpired):
            kind = "rejected" if isinstance(event, OrderRejected) else "expired"
            told = record(book, event.at_ms, kind, gone.order.purpose, event.reason, gone.order.order_id)
            draft.records.append(told)
            self._count_refusal(book, gone.order.purpose, event)
        if gone.order.purpose is OrderPurpose.ENTRY:
            _settle_for_what_filled(book)
        elif gone.order.purpose is OrderPurpose.EXIT and gone.filled_quantity and book.trade is not None:
            self._after_part_exit(book, book.trade, gone.order.order_id, draft)
        self._orders.on_gone(book, gone, event.at_ms, draft)

    def _count_refusal(
        self, book: SymbolBook, purpose: OrderPurpose, event: OrderRejected | OrderExpired
    ) -> None:
        """Count what the venue refused in a row; a stop or target that it held and took away is none."""
        is_refused = isinstance(event, OrderRejected) or purpose is OrderPurpose.EXIT
        if book.trade is None or purpose is OrderPurpose.ENTRY or not is_refused:
            return
        book.refusals[purpose] = book.refused(purpose) + 1
        if purpose is OrderPurpose.EXIT:
            book.exit_from_ms = next_exit_from_ms(event.at_ms, book.refused(purpose), self._rules)

    def _on_filled(self, book: SymbolBook, event: OrderFilled, draft: DecisionDraft) -> None:
        fill = event.fill
        if not book.is_new_fill(fill.fill_id):
            return
        if fill.order_id.startswith(_CLOSED_BY_THE_VENUE):
            self._on_closed_by_venue(book, fill, draft)
            return
        before = book.orders.get(fill.order_id)
        if before is None:
            self._on_late_fill(book, fill, draft)
            return
        after = book.orders[fill.order_id] = before.after(event)
        book.refusals.pop(before.order.purpose, None)
        if after.is_live:
            self._orders.on_held(book, fill.order_id, draft)
        if before.order.purpose is OrderPurpose.ENTRY:
            self._on_entry_fill(book, fill, draft)
        else:
            self._on_exit_fill(book, fill, book.reasons[fill.order_id], draft)

    def _on_late_fill(self, book: SymbolBook, fill: Fill, draft: DecisionDraft) -> None:
        """Book an order of an earlier trade: a stop that hung at the venue closes some of what is held now.

        Raises TradingHalt for one that is not ours, or closes nothing.
        """
        trade = book.trade
        is_ours = setup_of(fill.order_id) is not None
        if trade is None or not is_ours or fill.side is not side_that_closes(trade.position.direction):
            raise TradingHalt(f"{book.symbol}: a fill of {fill.order_id}, which this desk never sent")
        words = f"{fill.order_id} of an earlier trade closed {fill.quantity}"
        setup_id = trade.plan.setup.setup_id
        draft.records.append(record(book, fill.at_ms, "exit", ExitReason.STOP, words, setup_id))
        self._on_exit_fill(book, fill._replace(is_last=True), ExitReason.STOP, draft)

    def _on_closed_by_venue(self, book: SymbolBook, fill: Fill, draft: DecisionDraft) -> None:
        reason = ExitReason.VENUE_LIQUIDATION
        if book.trade is not None:
            setup_id = book.trade.plan.setup.setup_id
            draft.records.append(record(book, fill.at_ms, "exit", reason, "closed by the venue", setup_id))
        self._on_exit_fill(book, fill, reason, draft)

    def _on_entry_fill(self, book: SymbolBook, fill: Fill, draft: DecisionDraft) -> None:
        self._account.book_fill(fill, draft)
        book.trade = _entered(book, fill)
        _settle_for_what_filled(book)
        self._orders.protect(book, draft)

    def _on_exit_fill(self, book: SymbolBook, fill: Fill, reason: ExitReason, draft: DecisionDraft) -> None:
        if book.trade is None:
            raise TradingHalt(f"{book.symbol}: an exit filled without a position")
        self._account.book_fill(fill, draft)
        if not book.exit_reasons or book.exit_reasons[-1] is not reason:
            book.exit_reasons.append(reason)
        book.trade = replace(book.trade, position=book.trade.position.after(fill))
        if book.trade.position.is_flat:
            self._close_trade(book, book.trade, fill.at_ms, draft)
        elif fill.is_last:
            self._after_part_exit(book, book.trade, fill.order_id, draft)

    def _after_part_exit(
        self, book: SymbolBook, trade: OpenTrade, order_id: str, draft: DecisionDraft
    ) -> None:
        under_way = book.exit_under_way
        if under_way is not None and under_way.order_id == order_id:
            book.exit_under_way = None
            if under_way.new_stop is not None:
                _take_half_home(book, trade, under_way.new_stop)
        self._orders.protect(book, draft)

    def _close_trade(self, book: SymbolBook, trade: OpenTrade, at_ms: int, draft: DecisionDraft) -> None:
        closed = close(_of_its_own_size(trade), tuple(book.exit_reasons), at_ms)
        book.trades_closed += 1
        if book.trades_closed > 1:
            closed = replace(closed, trade_id=f"{closed.trade_id}.{book.trades_closed}")
        draft.trades.append(closed)
        self._orders.clear(book, draft)
        book.forget_trade()
        self._account.book_trade(closed, draft)


def _note_cover(book: SymbolBook, at_ms: int) -> None:
    """Remember since when the venue was not known to hold a stop for the whole position."""
    if book.trade is None or is_covered(book, book.trade):
        book.bare_since_ms = None
    elif book.bare_since_ms is None:
        book.bare_since_ms = at_ms


def _entered(book: SymbolBook, fill: Fill) -> OpenTrade:
    """Give the trade with an entry's fill; one that comes after the trade is over begins another."""
    if book.trade is not None:
        return replace(book.trade, position=book.trade.position.after(fill))
    plan = book.plan = book.plan or book.last_plan
    if plan is None:
        raise TradingHalt(f"{book.symbol}: an entry filled that no plan stands behind")
    return OpenTrade(plan, open_position(fill), plan.setup.stop, plan.setup.target)


def _settle_for_what_filled(book: SymbolBook) -> None:
    """An entry that ended unfilled leaves no plan behind; one filled in part is the smaller trade."""
    if book.plan is None or book.live(OrderPurpose.ENTRY):
        return
    if book.trade is None:
        book.forget_trade()
    else:
        book.trade = _of_its_own_size(book.trade)
        book.plan = book.trade.plan


def _of_its_own_size(trade: OpenTrade) -> OpenTrade:
    """Give the trade with the plan of what was entered, be it only a part of what was planned."""
    entered = trade.position.entered_quantity
    return trade if entered == trade.plan.quantity else replace(trade, plan=trade.plan.scaled_to(entered))


def _take_half_home(book: SymbolBook, trade: OpenTrade, new_stop: Decimal) -> None:
    if new_stop != trade.stop:
        book.stop_reason = ExitReason.BREAK_EVEN_STOP
    book.trade = replace(trade, stop=new_stop, is_half_closed=True)
