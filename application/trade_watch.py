"""Watching what is held: its exits, its protection, and the margin of all of it."""

from collections.abc import MutableMapping
from decimal import Decimal
from typing import Final

from application.decision import DecisionDraft
from application.desk_account import DeskAccount
from application.desk_record import record
from application.desk_rules import DeskRules
from application.market_minutes import CalmPrices, Stillness
from application.protection import is_protected, too_late_to_protect
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from domain.exits.calm import calm_around, outlasts_bar
from domain.exits.exit_decision import CloseAll, CloseHalf, ExitDecision, Moment, MoveStop
from domain.exits.exit_priority import decide_exit
from domain.exits.exit_retry import next_exit_from_ms
from domain.exits.partial_profit import half_of
from domain.exits.time_stop import overdue_from_ms, time_stop
from domain.exits.unprotected import unprotected
from domain.orders.order import OrderPurpose
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.risk.cross_margin_guard import worst_loser

_SESSION_END: Final = CloseAll(ExitReason.SESSION_END, "the session ends")
_NEVER_MS: Final = 2**63


class TradeWatch:
    """Looks at every trade at every price, and leaves it when an exit asks for it.

    A trade that is protected is not looked at again while its price stays where no exit can act, and
    neither is the margin while this is so of every trade; `look_again` says that something else than
    a price has changed.
    """

    def __init__(
        self,
        busy: MutableMapping[str, SymbolBook],
        rules: DeskRules,
        account: DeskAccount,
        orders: SmartOrderManager,
    ) -> None:
        self._busy = busy
        self._rules = rules
        self._account = account
        self._orders = orders
        self._is_margin_calm = False
        self._margin_guarded_at_ms: int | None = None
        self._unpriced: set[str] = set()
        self._is_catching_up = False
        self.is_ending = False
        self.look_at_ms = _NEVER_MS

    @property
    def stillness(self) -> Stillness | None:
        """Tell between which prices nothing is done about what is held, None when it might be at any."""
        if not self._is_margin_calm:
            return None
        until_ms, prices = self.look_at_ms, {}
        for symbol, book in self._busy.items():
            if book.trade is None:
                continue
            if book.calm is None:
                return None
            until_ms = min(until_ms, book.calm.until_ms)
            prices[symbol] = CalmPrices(book.calm.low, book.calm.high)
        return Stillness(until_ms, prices)

    def look_again(self, book: SymbolBook) -> None:
        """Take nothing for granted any more: orders, position or account have changed."""
        book.calm = None
        self._is_margin_calm = False
        self.look_at_ms = 0

    def on_bar(self, book: SymbolBook, trade: OpenTrade) -> None:
        """Take in that a base bar closed: structure and belief have changed, and nothing else."""
        calm = book.calm
        if calm is not None and not outlasts_bar(calm, trade, book.view, self._rules.exits):
            book.calm = None

    def watch(self, book: SymbolBook, trade: OpenTrade, at_ms: int, draft: DecisionDraft) -> None:
        """Look at a trade after a price."""
        if self._unpriced:
            self._unpriced.discard(book.symbol)
        calm = book.calm
        is_calm = calm is not None and calm.holds(book.last_price, at_ms)
        if (is_calm and self._is_margin_calm) or book.exit_under_way is not None:
            return
        if not is_calm:
            self._look_at(book, trade, Moment(at_ms, book.price, book.view), draft)
        self._is_margin_calm = self._margin_stays_calm(at_ms)
        if not self._is_margin_calm:
            self._guard_margin(at_ms, draft)

    def leave_in_time(self, at_ms: int, draft: DecisionDraft) -> None:
        """Leave what is overdue, or everything once the session ends; a refused exit waits for news."""
        if self._is_catching_up:
            return
        self.look_at_ms = _NEVER_MS
        for book in tuple(self._busy.values()):
            trade = book.trade
            if book.is_idle:
                del self._busy[book.symbol]
            if trade is None:
                continue
            self.look_at_ms = min(self.look_at_ms, overdue_from_ms(trade, self._rules.exits))
            if book.exit_under_way is not None:
                continue
            decided = _SESSION_END if self.is_ending else time_stop(trade, at_ms, self._rules.exits)
            if decided is not None:
                self._leave(book, trade, decided, at_ms, draft)
                if book.exit_under_way is None:
                    self.look_at_ms = min(self.look_at_ms, book.exit_from_ms)

    def pass_time(self, at_ms: int, answers_since_ms: int | None, draft: DecisionDraft) -> None:
        """Look at everything without a price; the venue answers since then, None while it does not."""
        self._is_catching_up = False
        for book in tuple(self._busy.values()):
            if at_ms >= book.entry_overdue_ms and book.standing(OrderPurpose.ENTRY):
                self._withdraw_overdue(book, at_ms, draft)
            if book.trade is not None:
                self._look_without_price(book, book.trade, at_ms, answers_since_ms, draft)

    def resume(self) -> None:
        """Go on after a silence: what happened meanwhile is told first, then time.

        Nothing is left on a price of before the silence, and nobody asks for the session's end any more.
        """
        self.is_ending = False
        self._is_catching_up = True
        for book in self._busy.values():
            self.look_again(book)
            self._unpriced.add(book.symbol)

    def end(self, draft: DecisionDraft) -> None:
        """Leave everything from now on, and withdraw every entry."""
        self.is_ending = True
        self.look_at_ms = 0
        for book in self._busy.values():
            self._orders.withdraw_entry(book, draft)

    def _withdraw_overdue(self, book: SymbolBook, at_ms: int, draft: DecisionDraft) -> None:
        setup_id = "" if book.plan is None else book.plan.setup.setup_id
        detail = f"not filled within the time of {self._rules.setup.entry_lifetime_bars} bars"
        draft.records.append(record(book, at_ms, "withdrawn", "overdue", detail, setup_id))
        self._orders.withdraw_entry(book, draft)

    def _look_without_price(
        self,
        book: SymbolBook,
        trade: OpenTrade,
        at_ms: int,
        answers_since_ms: int | None,
        draft: DecisionDraft,
    ) -> None:
        if book.symbol not in self._unpriced:
            self.watch(book, trade, at_ms, draft)
        if book.bare_since_ms is None or answers_since_ms is None or book.exit_under_way is not None:
            return
        decided = unprotected(max(book.bare_since_ms, answers_since_ms), at_ms, self._rules.exits)
        if decided is not None:
            self._leave(book, trade, decided, at_ms, draft)

    def _look_at(self, book: SymbolBook, trade: OpenTrade, moment: Moment, draft: DecisionDraft) -> None:
        rules = self._rules
        calm = calm_around(trade, moment, rules.exits, rules.costs, book.instrument)
        is_whole = is_protected(book, trade)
        if is_whole and calm is not None and calm.holds(book.last_price, moment.at_ms):
            book.calm = calm
            return
        book.calm = None
        too_late = None if is_whole else too_late_to_protect(book, trade, rules.exits)
        decided = too_late or decide_exit(trade, moment, rules.exits, rules.costs, book.instrument)
        if decided is not None:
            self._leave(book, trade, decided, moment.at_ms, draft)
        if not is_whole and book.exit_under_way is None:
            self._orders.mend_protection(book, rules.exits.most_stop_refusals, draft)

    def _leave(
        self, book: SymbolBook, trade: OpenTrade, decided: ExitDecision, at_ms: int, draft: DecisionDraft
    ) -> None:
        if at_ms < book.exit_from_ms and not isinstance(decided, MoveStop):
            return
        self.look_again(book)
        setup_id = trade.plan.setup.setup_id
        draft.records.append(record(book, at_ms, "exit", decided.reason, _in_words(decided), setup_id))
        match decided:
            case CloseAll():
                self._leave_whole(book, trade.position.quantity, decided.reason, at_ms, draft)
            case CloseHalf():
                half = half_of(trade, book.instrument)
                self._orders.close(book, half, decided.reason, decided.new_stop, draft)
            case MoveStop():
                self._orders.move_stop(book, decided.new_stop, _named_stop(decided.reason), draft)

    def _leave_whole(
        self, book: SymbolBook, held: Decimal, reason: ExitReason, at_ms: int, draft: DecisionDraft
    ) -> None:
        """Leave at market; what no lot fits and was refused, every other time by a stop next to the price."""
        refused = book.refused(OrderPurpose.EXIT)
        if book.instrument.fits(held) or not refused % 2:
            self._orders.close(book, held, reason, None, draft)
            return
        self._orders.close_in(book, reason, draft)
        book.exit_from_ms = next_exit_from_ms(at_ms, refused + 1, self._rules.exits)

    def _margin_stays_calm(self, at_ms: int) -> bool:
        """Tell whether the guard is silent even with every trade at the worst price of its calm."""
        worst: list[tuple[OpenTrade, Decimal]] = []
        equity = self._account.wallet
        for book in self._busy.values():
            if book.trade is None:
                continue
            if book.calm is None:
                return False
            worst.append((book.trade, book.calm.worst))
            equity += book.trade.position.unrealized_pnl(book.calm.worst)
        return worst_loser(worst, equity, None, at_ms, self._rules.cross_margin) is None

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
        if symbol is None or _is_being_left(self._busy[symbol], at_ms):
            return
        self._margin_guarded_at_ms = at_ms
        detail = "total margin is over its share of equity and this position loses most"
        decided = CloseAll(ExitReason.CROSS_MARGIN_GUARD, detail)
        self._leave(self._busy[symbol], held[symbol][0], decided, at_ms, draft)


def _is_being_left(book: SymbolBook, at_ms: int) -> bool:
    """Tell whether an exit is under way, or was refused a moment ago."""
    return book.exit_under_way is not None or at_ms < book.exit_from_ms


def _named_stop(moved_for: ExitReason) -> ExitReason:
    """Name what a stop stands for that was moved for this reason."""
    return ExitReason.BREAK_EVEN_STOP if moved_for is ExitReason.PARTIAL_PROFIT else moved_for


def _in_words(decided: ExitDecision) -> str:
    if isinstance(decided, CloseAll):
        return decided.detail
    return f"{decided.detail}; stop to {decided.new_stop}"
