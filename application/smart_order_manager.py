"""Which orders a trade needs, from its entry to its last piece."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from application.decision import Cancel, DecisionDraft
from application.protection import level_of, stands
from application.symbol_book import ExitUnderWay, SymbolBook
from domain.exits.resident import rounded_ahead
from domain.halt import TradingHalt
from domain.market.direction import side_that_closes, side_that_opens
from domain.market.instrument import Instrument
from domain.orders.order import ApprovedOrder, Order, OrderKind, OrderPurpose
from domain.orders.order_ids import MOST_LEGS, entry_id, exit_id, stop_id, target_id
from domain.orders.order_life import OrderState, WorkingOrder
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.position.trade_plan import TradePlan
from domain.risk.risk_gate import RiskGate

_TICKS_AWAY: Final = 2
_LEG_ID: Final = {OrderPurpose.STOP: stop_id, OrderPurpose.TARGET: target_id, OrderPurpose.EXIT: exit_id}


def entry_order(plan: TradePlan, kind: OrderKind) -> Order:
    """Give the order that opens the planned trade."""
    setup = plan.setup
    return Order(
        order_id=entry_id(setup.setup_id),
        symbol=setup.symbol,
        side=side_that_opens(setup.direction),
        kind=kind,
        purpose=OrderPurpose.ENTRY,
        quantity=plan.quantity,
        price=setup.entry if kind is OrderKind.POST_ONLY_LIMIT else None,
        leverage=plan.leverage,
    )


class SmartOrderManager:
    """Keeps a position protected: a stop and a target of its size, replaced without a gap."""

    def __init__(self, gate: RiskGate) -> None:
        self._gate = gate

    def send_entry(
        self, book: SymbolBook, plan: TradePlan, approved: ApprovedOrder, draft: DecisionDraft
    ) -> None:
        """Take an approved entry into the book."""
        book.begin(plan)
        self._send(book, approved, draft)

    def protect(self, book: SymbolBook, draft: DecisionDraft) -> None:
        """Place stop and target for the whole open quantity; each takes over from the one before."""
        self._replace(book, OrderPurpose.STOP, draft)
        self._replace(book, OrderPurpose.TARGET, draft)

    def mend_protection(self, book: SymbolBook, most_refusals: int, draft: DecisionDraft) -> None:
        """Place a stop or target again that the venue refused or took away; what it goes on refusing, not."""
        for purpose in (OrderPurpose.STOP, OrderPurpose.TARGET):
            if book.refused(purpose) < most_refusals and not stands(book, _trade_of(book), purpose):
                self._replace(book, purpose, draft)

    def obey(
        self, book: SymbolBook, instrument: Instrument, most_refusals: int, draft: DecisionDraft
    ) -> None:
        """Go by other rules of the venue from now on; what they refused before is tried again.

        An entry that waits is withdrawn. A position that the new lot does not fit is protected by a stop
        and a target that close whatever is held.
        """
        book.instrument = instrument
        self.withdraw_entry(book, draft)
        if book.trade is None:
            return
        book.refusals.clear()
        book.exit_from_ms = 0
        if book.exit_under_way is None:
            self.mend_protection(book, most_refusals, draft)

    def move_stop(
        self, book: SymbolBook, new_stop: Decimal, reason: ExitReason, draft: DecisionDraft
    ) -> None:
        """Place a stop at a new level; the old one goes once the venue holds the new one."""
        trade = _trade_of(book)
        book.trade = replace(trade, stop=new_stop)
        book.stop_reason = reason
        self._replace(book, OrderPurpose.STOP, draft)

    def close(
        self,
        book: SymbolBook,
        quantity: Decimal,
        reason: ExitReason,
        new_stop: Decimal | None,
        draft: DecisionDraft,
    ) -> None:
        """Leave with this much at market; an entry still waiting is withdrawn.

        A quantity that the venue's lot does not fit is rounded up: the venue cuts it to what is held.
        """
        grid = book.instrument
        wanted = quantity if grid.fits(quantity) else grid.quantity_at_least(quantity)
        order = self._reducing(book, OrderPurpose.EXIT, OrderKind.MARKET, wanted, None)
        book.exit_under_way = ExitUnderWay(order.order_id, new_stop)
        self._send_reducing(book, order, reason, draft)
        self.withdraw_entry(book, draft)

    def close_in(self, book: SymbolBook, reason: ExitReason, draft: DecisionDraft) -> None:
        """Let the next moves of the price close a position that no lot fits; counts as a try to leave."""
        trade, price = _trade_of(book), book.price
        sign, away = trade.position.direction.sign, _TICKS_AWAY * book.instrument.tick
        near = price - sign * away
        stop = near if (near - trade.stop) * sign > 0 else trade.stop
        book.trade = replace(trade, stop=stop, target=price + sign * away)
        book.stop_reason = reason
        book.refusals[OrderPurpose.EXIT] = book.refused(OrderPurpose.EXIT) + 1
        self._replace(book, OrderPurpose.STOP, draft)
        self._replace(book, OrderPurpose.TARGET, draft)
        self.withdraw_entry(book, draft)

    def withdraw_entry(self, book: SymbolBook, draft: DecisionDraft) -> None:
        """Ask the venue to take away an entry that still waits."""
        for working in book.live(OrderPurpose.ENTRY):
            _cancel(book, working, draft)

    def clear(self, book: SymbolBook, draft: DecisionDraft) -> None:
        """Ask the venue to take away whatever is left of a trade that is over."""
        for working in list(book.orders.values()):
            if working.is_live:
                _cancel(book, working, draft)

    def on_held(self, book: SymbolBook, order_id: str, draft: DecisionDraft) -> None:
        """Take away every older stop or target once the venue holds the one that takes over."""
        purpose = book.orders[order_id].order.purpose
        if purpose is not OrderPurpose.EXIT:
            book.refusals.pop(purpose, None)
        for older in book.live(purpose):
            if older.order.order_id == order_id:
                return
            if older.state is not OrderState.CANCELLING:
                _cancel(book, older, draft)

    def on_gone(self, book: SymbolBook, gone: WorkingOrder, at_ms: int, draft: DecisionDraft) -> None:
        """React to an order that ended without filling its whole quantity.

        A position whose last stop is gone is left at market; an exit that failed is tried again at
        one of the next prices. What gave way to another stop or target is followed by it.
        """
        order = gone.order
        gave_way = order.order_id in book.giving_way
        book.giving_way.discard(order.order_id)
        if book.exit_under_way is not None and book.exit_under_way.order_id == order.order_id:
            book.exit_under_way = None
        if gave_way and book.trade is not None and book.exit_under_way is None:
            self._replace(book, order.purpose, draft)
            return
        if order.purpose is not OrderPurpose.STOP or book.trade is None or book.exit_under_way is not None:
            return
        if at_ms >= book.exit_from_ms and not book.standing(OrderPurpose.STOP):
            self.close(book, book.trade.position.quantity, ExitReason.STOP, None, draft)

    def _replace(self, book: SymbolBook, purpose: OrderPurpose, draft: DecisionDraft) -> None:
        trade = book.trade = _on_tick(_trade_of(book), book.instrument)
        closes = not book.instrument.fits(trade.position.quantity)
        if closes and _waits_for_room(book, trade, purpose, draft):
            return
        is_stop = purpose is OrderPurpose.STOP
        kind = OrderKind.STOP_MARKET if is_stop else OrderKind.TAKE_PROFIT_MARKET
        order = self._reducing(book, purpose, kind, trade.position.quantity, level_of(trade, purpose))
        order = replace(order, closes_position=closes)
        self._send_reducing(book, order, book.stop_reason if is_stop else ExitReason.TARGET, draft)

    def _reducing(
        self,
        book: SymbolBook,
        purpose: OrderPurpose,
        kind: OrderKind,
        quantity: Decimal,
        trigger: Decimal | None,
    ) -> Order:
        setup = _trade_of(book).plan.setup
        if book.legs_sent >= MOST_LEGS:
            raise TradingHalt(f"{setup.setup_id}: {MOST_LEGS} orders did not end the trade")
        book.legs_sent += 1
        return Order(
            order_id=_LEG_ID[purpose](setup.setup_id, book.legs_sent),
            symbol=setup.symbol,
            side=side_that_closes(setup.direction),
            kind=kind,
            purpose=purpose,
            quantity=quantity,
            trigger_price=trigger,
            is_reduce_only=True,
        )

    def _send_reducing(
        self, book: SymbolBook, order: Order, reason: ExitReason, draft: DecisionDraft
    ) -> None:
        verdict = self._gate.approve_reducing(order, _trade_of(book).position, book.instrument)
        if not isinstance(verdict, ApprovedOrder):
            raise TradingHalt(f"{order.order_id} may not reduce the position: {verdict.detail}")
        book.reasons[order.order_id] = reason
        self._send(book, verdict, draft)

    def _send(self, book: SymbolBook, approved: ApprovedOrder, draft: DecisionDraft) -> None:
        book.orders[approved.order.order_id] = WorkingOrder(approved.order)
        draft.orders.append(approved)


def _on_tick(trade: OpenTrade, grid: Instrument) -> OpenTrade:
    """Give the trade with stop and target on the venue's tick; a stop is never loosened by it."""
    if not trade.stop % grid.tick and not trade.target % grid.tick:
        return trade
    stop = rounded_ahead(grid, trade.stop, trade.position.direction)
    return replace(trade, stop=stop, target=grid.nearest_price(trade.target))


def _waits_for_room(book: SymbolBook, trade: OpenTrade, purpose: OrderPurpose, draft: DecisionDraft) -> bool:
    """Ask the one that closes the position already to give way, and tell whether there is one."""
    twins = [working for working in book.live(purpose) if working.order.closes_position]
    for twin in twins:
        if twin.is_standing and twin.order.trigger_price != level_of(trade, purpose):
            book.giving_way.add(twin.order.order_id)
            _cancel(book, twin, draft)
    return bool(twins)


def _cancel(book: SymbolBook, working: WorkingOrder, draft: DecisionDraft) -> None:
    book.orders[working.order.order_id] = working.asked_to_cancel()
    cancel = Cancel(book.symbol, working.order.order_id)
    if cancel not in draft.cancels:
        draft.cancels.append(cancel)


def _trade_of(book: SymbolBook) -> OpenTrade:
    if book.trade is None:
        raise TradingHalt(f"{book.symbol} has no position to act on")
    return book.trade
