"""The desk against a venue that answers as it likes, within what a venue may do."""

from collections import deque
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.market.timeframe import HOUR_MS
from domain.risk.cool_down import CoolDownRules
from domain.risk.gate_limits import GateLimits
from domain.structure.structure_view import StructureView
from domain.tape import Event, OrderAccepted, OrderCancelled, OrderExpired, OrderFilled, TimePassed
from tests.application.drill import BTC, ENTRY, EXIT, EXITS, STOP, TARGET, WALLET, DoubtedDrill
from tests.fakes.hand_venue import HeldOrder
from tests.fakes.structure_engine import OFFERS_A_LONG, OFFERS_A_SHORT, QUIET

NO_LIMITS = GateLimits(
    max_daily_loss=Decimal(1), max_drawdown=Decimal(1), cool_down=CoolDownRules(after_losses=1_000)
)
MARKETS = (
    OFFERS_A_LONG,
    OFFERS_A_SHORT,
    QUIET,
    QUIET._replace(dealing_range=(101.0, 120.0)),
    QUIET._replace(dealing_range=(80.0, 99.0)),
)
prices = st.integers(970, 1040).map(lambda tenths: tenths / 10)
choices = st.integers(0, 99)


class DeskAgainstAnyVenue(RuleBasedStateMachine):
    """What happens at the venue is told later, in its order; of one order a fill may be told late."""

    def __init__(self) -> None:
        super().__init__()
        self.drill = DoubtedDrill(limits=NO_LIMITS)
        self.untold: deque[Event] = deque()
        self.fills: list[Event] = []

    @property
    def venue_orders(self) -> list[tuple[str, HeldOrder]]:
        return list(self.drill.venue.orders.items())

    @rule(market=st.sampled_from(MARKETS), close=prices)
    def a_bar_closes(self, market: StructureView, close: float) -> None:
        self.drill.engine().market = market
        self.drill.candle(close)
        self._nothing_is_bare()

    @rule(price=prices)
    def the_price_moves(self, price: float) -> None:
        self.drill.price(price)
        self._nothing_is_bare()

    @rule(choice=choices)
    def an_order_is_accepted(self, choice: int) -> None:
        waiting = [order_id for order_id, held in self.venue_orders if not held.is_held]
        if waiting:
            self.untold.append(self.drill.venue.accept(waiting[choice % len(waiting)]))

    @rule(choice=choices)
    def an_order_is_rejected(self, choice: int) -> None:
        waiting = [order_id for order_id, held in self.venue_orders if not held.is_held]
        if waiting:
            self.untold.append(self.drill.venue.reject(waiting[choice % len(waiting)]))

    @rule(choice=choices, part=st.integers(1, 10), price=prices)
    def an_order_trades(self, choice: int, part: int, price: float) -> None:
        venue = self.drill.venue
        able = [order_id for order_id, _ in self.venue_orders if venue.most_that_fills(order_id) > 0]
        if able:
            order_id = able[choice % len(able)]
            lots = venue.most_that_fills(order_id) * part // 1
            quantity = max(lots / 10, Decimal("0.1"))
            event = venue.fill(order_id, quantity, str(price))
            self.untold.append(event)
            self.fills.append(event)

    @rule(choice=choices)
    def an_order_is_cancelled(self, choice: int) -> None:
        asked = [order_id for order_id, held in self.venue_orders if held.is_asked_to_go]
        if asked:
            self.untold.append(self.drill.venue.cancel(asked[choice % len(asked)]))

    @rule(choice=choices)
    def an_order_is_taken_away(self, choice: int) -> None:
        held_now = [order_id for order_id, held in self.venue_orders if held.is_held]
        if held_now:
            self.untold.append(self.drill.venue.expire(held_now[choice % len(held_now)]))

    @precondition(lambda self: BTC in self.drill.venue.positions)
    @rule(cents=st.integers(-50, 50))
    def funding_is_paid(self, cents: int) -> None:
        self.untold.append(self.drill.venue.fund(BTC, str(Decimal(cents) / 100)))

    @precondition(lambda self: BTC in self.drill.venue.positions and self.drill.venue.orders)
    @rule(part=st.integers(1, 10), price=prices)
    def the_venue_closes_by_force(self, part: int, price: float) -> None:
        held = self.drill.venue.positions[BTC].quantity
        closed = max(held * part // 1 / 10, Decimal("0.1"))
        if closed <= held and any(held.order.is_reduce_only for held in self.drill.venue.orders.values()):
            self.untold.append(self.drill.venue.force_close(BTC, "adl_autoclose", str(closed), str(price)))

    @precondition(lambda self: self.untold)
    @rule(count=st.integers(1, 4))
    def news_arrive(self, count: int) -> None:
        for _ in range(min(count, len(self.untold))):
            self._tell(self.untold.popleft())

    @precondition(lambda self: len(self.untold) > 1)
    @rule()
    def news_of_one_order_arrive_swapped(self) -> None:
        first, second = self.untold.popleft(), self.untold.popleft()
        is_swapped = may_be_swapped(first, second)
        self.untold.extendleft((first, second) if is_swapped else (second, first))
        for _ in range(2):
            self._tell(self.untold.popleft())

    @precondition(lambda self: self.fills)
    @rule(choice=choices)
    def a_fill_is_told_again(self, choice: int) -> None:
        event = self.fills[choice % len(self.fills)]
        if event not in self.untold:
            assert not self.drill.tell(event).ledger

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.drill.wait(minutes * 60_000)

    @rule(seconds=st.integers(1, 4))
    def seconds_pass(self, seconds: int) -> None:
        self.drill.wait(seconds * 1_000)
        self.drill.tell(TimePassed(self.drill.now_ms))
        self._nothing_is_bare()
        self._nothing_is_bare_for_long()

    @invariant()
    def there_is_one_entry_at_most(self) -> None:
        assert len(self.drill.venue.live(ENTRY)) <= 1

    @invariant()
    def what_reduces_can_do_nothing_else(self) -> None:
        assert all(
            held.order.is_reduce_only is (held.order.purpose is not ENTRY) for _, held in self.venue_orders
        )

    @invariant()
    def ledger_and_trades_explain_the_wallet(self) -> None:
        told, wallet = self.drill.told, self.drill.desk.wallet
        assert sum(entry.amount for entry in told.ledger) == wallet
        closed = sum(trade.net_pnl for trade in told.trades)
        assert closed + self._net_of_the_open_trade() == wallet - WALLET

    @invariant()
    def the_book_is_the_venues_once_all_is_told(self) -> None:
        if self.untold:
            return
        trade, held = self.drill.book().trade, self.drill.venue.positions.get(BTC)
        assert self.drill.desk.wallet == self.drill.venue.wallet
        assert (trade.position if trade else None) == held

    def teardown(self) -> None:
        """Let the venue behave: the trade is protected, then left in time, and all adds up."""
        self.drill.engine().market = QUIET
        self._settle()
        self.drill.price(100.0)
        self._settle()
        self._is_well_protected()
        self._leave_in_time()
        assert self.drill.book().is_idle
        self.drill.check_the_sums()
        self.drill.offer()
        records = self.drill.told.decisions[-1].records
        assert [record.kind for record in records] == ["entry"]

    def _net_of_the_open_trade(self) -> Decimal:
        trade = self.drill.book().trade
        if trade is None:
            return Decimal(0)
        return trade.position.realized_pnl - trade.position.fees + trade.position.funding

    def _tell(self, event: Event) -> None:
        """Tell one piece of news, and see that no stop is given away but for one that is held."""
        decision, orders = self.drill.tell(event), self.drill.book().orders
        gives_stop_away = any(orders[cancel.order_id].order.purpose is STOP for cancel in decision.cancels)
        if gives_stop_away and self.drill.book().trade is not None and not self.untold:
            assert not all(held.is_asked_to_go for held in self.drill.venue.held(STOP))

    def _nothing_is_bare(self) -> None:
        """See that after any price a position has a stop, or leaves, as far as the desk can know."""
        book = self.drill.book()
        if book.trade is not None:
            is_refused = self.drill.now_ms < book.exit_from_ms
            assert book.live(STOP) or book.live(EXIT) or is_refused
            is_overdue = self.drill.now_ms - book.trade.position.opened_at_ms >= 2 * HOUR_MS
            assert book.live(EXIT) or not is_overdue or is_refused

    def _nothing_is_bare_for_long(self) -> None:
        """See that what the venue is not known to protect for 3 s leaves, or has just been refused to."""
        book = self.drill.book()
        if book.bare_since_ms is not None and self.drill.now_ms - book.bare_since_ms >= 3_000:
            assert book.live(EXIT) or self.drill.now_ms < book.exit_from_ms

    def _settle(self) -> None:
        while self.untold:
            self._tell(self.untold.popleft())
        self.drill.accept_all()
        while BTC not in self.drill.venue.positions and self._reducing():
            self.drill.tell(self.drill.venue.expire(self._reducing()[0]))

    def _reducing(self) -> list[str]:
        return [order_id for order_id, held in self.venue_orders if held.order.is_reduce_only]

    def _is_well_protected(self) -> None:
        trade = self.drill.book().trade
        book = self.drill.book()
        if trade is None or self.drill.venue.live(EXIT) or self.drill.now_ms < book.exit_from_ms:
            return
        for purpose, level in ((STOP, trade.stop), (TARGET, trade.target)):
            if book.refused(purpose) >= EXITS.most_stop_refusals:
                continue
            [held] = self.drill.venue.held(purpose)
            assert held.order.trigger_price == level
            assert held.open_quantity >= trade.position.quantity

    def _leave_in_time(self) -> None:
        venue = self.drill.venue
        self.drill.wait(3 * HOUR_MS)
        self.drill.candle(100.0)
        for _ in range(4):
            for order_id in venue.live(EXIT):
                if BTC in venue.positions:
                    self.drill.tell(venue.fill(order_id, None, "100"))
            self._settle()
            self.drill.candle(100.0)
            self._settle()


def may_be_swapped(first: Event, second: Event) -> bool:
    """Tell whether two events of one order may be told in the other order.

    A fill may overtake the acceptance, and the end of an order a fill that did not complete it.
    """
    if isinstance(first, OrderAccepted) and isinstance(second, OrderFilled):
        return first.order_id == second.fill.order_id
    if isinstance(first, OrderFilled) and isinstance(second, OrderCancelled | OrderExpired):
        return first.fill.order_id == second.order_id and not first.fill.is_last
    return False


DeskAgainstAnyVenue.TestCase.settings = settings(
    max_examples=100, stateful_step_count=50, suppress_health_check=[HealthCheck.too_slow]
)
TestDeskAgainstAnyVenue = DeskAgainstAnyVenue.TestCase
