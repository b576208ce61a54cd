"""A desk with a scripted market and a venue played by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from application.decision import Decision
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.ports.beliefs import Beliefs
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.trading_desk import TradingDesk
from domain.exits.exit_rules import ExitRules
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.instrument import Instrument
from domain.market.timeframe import MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.orders.order import Order, OrderPurpose
from domain.orders.order_validator import OrderValidator
from domain.position.account import LedgerEntry
from domain.position.closed_trade import ClosedTrade
from domain.position.open_trade import OpenTrade
from domain.risk.cross_margin_guard import CrossMarginRules
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.position_sizer import SizingRules
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_view import StructureView
from domain.tape import CandleClosed, Event, PriceMoved, SessionEnding, SessionOpened
from tests.fakes.hand_venue import HandVenue
from tests.fakes.structure_engine import OFFERS_A_LONG, OFFERS_A_SHORT, QUIET, ScriptedEngine

TEN_O_CLOCK = 1_704_103_200_000
WALLET = Decimal(10_000)
BTC = "BTCUSDT"
SETUP = SetupRules()
EXITS = ExitRules()
SIZING = SizingRules(exploration_multiplier=2.0)

ENTRY, STOP, TARGET, EXIT = OrderPurpose.ENTRY, OrderPurpose.STOP, OrderPurpose.TARGET, OrderPurpose.EXIT


def instrument(symbol: str) -> Instrument:
    return Instrument(
        symbol=symbol,
        tick=Decimal("0.01"),
        lot=Decimal("0.1"),
        min_quantity=Decimal("0.1"),
        max_quantity=Decimal(1000),
        max_market_quantity=Decimal(1000),
        min_notional=Decimal(5),
    )


def a_book(symbol: str = BTC) -> SymbolBook:
    return SymbolBook(instrument(symbol), CandleAggregator(MINUTE_MS, MINUTE_MS), ScriptedEngine())


def a_candle(open_time_ms: int, close: float) -> Candle:
    return Candle(open_time_ms, close, close, close, close, 10.0, 5.0)


@dataclass
class Told:
    """Everything the desk decided so far, in order."""

    decisions: list[Decision] = field(default_factory=list)

    @property
    def trades(self) -> list[ClosedTrade]:
        return [trade for decision in self.decisions for trade in decision.trades]

    @property
    def ledger(self) -> list[LedgerEntry]:
        return [entry for decision in self.decisions for entry in decision.ledger]

    def reasons(self, kind: str) -> list[str]:
        records = (record for decision in self.decisions for record in decision.records)
        return [record.reason for record in records if record.kind == kind]


class Drill:
    """A session whose every event a test tells; a planned trade is ten at 100, stop 98.87, target 103."""

    def __init__(
        self,
        symbols: Sequence[str] = (BTC,),
        *,
        beliefs: Beliefs | None = None,
        limits: GateLimits | None = None,
        cross_margin: CrossMarginRules | None = None,
        may_explore: bool = True,
        exits: ExitRules = EXITS,
        setup: SetupRules = SETUP,
        is_opened: bool = True,
    ) -> None:
        self.venue = HandVenue(WALLET)
        self.books = {symbol: a_book(symbol) for symbol in symbols}
        gate = RiskGate(limits or GateLimits(), OrderValidator())
        planner = TradePlanner(SIZING, LeverageRules(), TradingCosts(), may_explore=may_explore)
        rules = DeskRules(
            setup=setup, exits=exits, cross_margin=cross_margin or CrossMarginRules(), costs=TradingCosts()
        )
        review = EntryReview(planner, gate, setup.entry)
        self.desk = TradingDesk(
            self.books.values(), rules, beliefs or NoModel(), review, SmartOrderManager(gate)
        )
        self.told = Told()
        self.events: list[Event] = []
        self.now_ms = TEN_O_CLOCK
        if is_opened:
            self.tell(SessionOpened(self.now_ms, WALLET))

    def tell(self, event: Event) -> Decision:
        decision = self.desk.on_event(event)
        self.events.append(event)
        self.told.decisions.append(decision)
        self.venue.take(decision)
        return decision

    def candle(self, close: float, symbol: str = BTC) -> Decision:
        self.wait(-self.now_ms % MINUTE_MS)
        opened_ms = self.now_ms
        self.wait(MINUTE_MS)
        return self.tell(CandleClosed(self.now_ms, symbol, a_candle(opened_ms, close)))

    def price(self, price: float, symbol: str = BTC) -> Decision:
        return self.tell(PriceMoved(self.now_ms, symbol, price))

    def wait(self, passed_ms: int) -> None:
        self.now_ms += passed_ms
        self.venue.at_ms = self.now_ms

    def end(self) -> Decision:
        return self.tell(SessionEnding(self.now_ms))

    def offer(self, market: StructureView = OFFERS_A_LONG, symbol: str = BTC) -> Decision:
        """Show the market at the close of one bar, then quiet again."""
        engine = self.engine(symbol)
        engine.market = market
        decision = self.candle(99.5 if market is OFFERS_A_SHORT else 100.5, symbol)
        engine.market = QUIET
        return decision

    def accept(self, purpose: OrderPurpose, symbol: str | None = None) -> Decision:
        return self.tell(self.venue.accept(self.venue.live(purpose, symbol)[-1]))

    def fill(
        self, purpose: OrderPurpose, quantity: str | None = None, price: str = "", symbol: str | None = None
    ) -> Decision:
        return self.tell(self.venue.fill(self.venue.live(purpose, symbol)[-1], quantity, price))

    def accept_all(self) -> None:
        """Tell that the venue holds every order that was sent, and took away what it was asked to."""
        while waiting := [i for i, held in self.venue.orders.items() if not held.is_held]:
            self.tell(self.venue.accept(waiting[0]))
        while asked := [i for i, held in self.venue.orders.items() if held.is_asked_to_go]:
            self.tell(self.venue.cancel(asked[0]))

    def enter(self, market: StructureView = OFFERS_A_LONG, symbol: str = BTC) -> None:
        """Find a setup, fill its entry whole, and see stop and target accepted."""
        self.offer(market, symbol)
        self.accept(ENTRY, symbol)
        self.fill(ENTRY, symbol=symbol)
        self.accept_all()

    def book(self, symbol: str = BTC) -> SymbolBook:
        return self.books[symbol]

    def trade(self, symbol: str = BTC) -> OpenTrade:
        trade = self.books[symbol].trade
        assert trade is not None
        return trade

    def engine(self, symbol: str = BTC) -> ScriptedEngine:
        engine = self.books[symbol].engine
        assert isinstance(engine, ScriptedEngine)
        return engine

    def order(self, purpose: OrderPurpose, symbol: str | None = None) -> Order:
        """Give the newest order of a purpose that is not over."""
        return self.venue.orders[self.venue.live(purpose, symbol)[-1]].order

    def check_the_sums(self) -> None:
        """Compare wallet, ledger and closed trades with the venue; nothing is open."""
        assert self.desk.wallet == self.venue.wallet == sum(entry.amount for entry in self.told.ledger)
        assert sum(trade.net_pnl for trade in self.told.trades) == self.venue.wallet - WALLET
        ids = [trade.trade_id for trade in self.told.trades]
        assert len(set(ids)) == len(ids)


class DoubtedDrill(Drill):
    """A drill beside which a desk that takes no calm for granted decides the same."""

    def __init__(
        self,
        symbols: Sequence[str] = (BTC,),
        *,
        limits: GateLimits | None = None,
        cross_margin: CrossMarginRules | None = None,
    ) -> None:
        self._doubter = Drill(symbols, limits=limits, cross_margin=cross_margin, is_opened=False)
        super().__init__(symbols, limits=limits, cross_margin=cross_margin)

    def tell(self, event: Event) -> Decision:
        for symbol, book in self._doubter.books.items():
            book.calm = None
            self._doubter.engine(symbol).market = self.engine(symbol).market
        decision = super().tell(event)
        assert self._doubter.desk.on_event(event) == decision
        return decision


def sizes_of(decision: Decision) -> list[str]:
    """Name each order by purpose and quantity, such as `stop 4`."""
    return [f"{order.purpose} {order.quantity.normalize():f}" for order in orders_of(decision)]


def orders_of(decision: Decision) -> list[Order]:
    return [approved.order for approved in decision.orders]


def shorter_hold(longest_hold_ms: int) -> ExitRules:
    return replace(EXITS, longest_hold_ms=longest_hold_ms)
