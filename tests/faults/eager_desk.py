"""A desk that finds a setup in nearly every bar, and that can be looked into."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Final

from application.decision import Decision
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.trading_desk import TradingDesk
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.instrument import Instrument
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.orders.order_validator import OrderValidator
from domain.position.closed_trade import ClosedTrade
from domain.risk.cool_down import CoolDownRules
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.position_sizer import SizingRules
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import Features, Pool, StructureView, Zone, ZoneKind
from domain.tape import AccountCompared, ConnectionChanged, Event, OrderFilled
from tests.fakes.structure_engine import OFFERS_A_LONG, OFFERS_A_SHORT, QUIET, ScriptedEngine

LIMITS: Final = GateLimits(
    max_positions=3,
    max_exposure_per_direction=Decimal("0.5"),
    max_daily_loss=Decimal(1),
    max_drawdown=Decimal(1),
    cool_down=CoolDownRules(pause_ms=0),
)
"""Three places for four symbols and room for two and a half trades in a direction: both caps bind."""


class EagerEngine(ScriptedEngine):
    """Offers a trade at the price in every third bar or so, in one direction for two hours."""

    def __init__(self, seed: str, entry: EntryStyle) -> None:
        super().__init__()
        self._seed = seed
        self._chance = Random(seed)
        self._edge = -0.0002 if entry is EntryStyle.MARKET else 0.0002

    def update(self, bar: Candle) -> Features:
        is_long = Random(f"{self._seed} {bar.open_time_ms // (2 * HOUR_MS)}").random() < 0.5
        offers = self._chance.random() < 0.35
        self.market = _at(bar.close, self._edge, is_long=is_long) if offers else _quiet(bar.close, QUIET)
        return super().update(bar)


def _quiet(price: float, shape: StructureView) -> StructureView:
    atr = price * 0.001
    base, middle, higher = (frame._replace(atr=atr) for frame in (shape.base, shape.middle, shape.higher))
    return shape._replace(base=base, middle=middle, higher=higher)


def _at(price: float, edge: float, *, is_long: bool) -> StructureView:
    """Show a gap whose near edge lies behind the price, or beyond it for who enters at market."""
    sign = 1 if is_long else -1
    near, far = price * (1 - sign * edge), price * (1 - sign * 0.0029)
    gap = Zone(ZoneKind.FAIR_VALUE_GAP, min(near, far), max(near, far), 0)
    pools = (Pool(price * (1 + sign * 0.004), 2),)
    low, high = sorted((price * (1 - sign * 0.003), price * (1 + sign * 0.02)))
    shape = _quiet(price, OFFERS_A_LONG if is_long else OFFERS_A_SHORT)._replace(dealing_range=(low, high))
    if is_long:
        return shape._replace(bullish_gap=gap, pools_above=pools)
    return shape._replace(bearish_gap=gap, pools_below=pools)


class WatchedDesk(TradingDesk):
    """The desk itself, with a window in its wall; what it sees and decides is counted."""

    ledger = Decimal(0)

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self.seen: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.fills: Counter[str] = Counter()
        self.trades: list[ClosedTrade] = []
        self.told_stuck: set[str] = set()
        self.closing = 0

    def on_event(self, event: Event) -> Decision:
        name = type(event).__name__
        if isinstance(event, ConnectionChanged):
            name = f"{event.feed} {'up' if event.is_up else 'down'}"
        self.seen[name] += 1
        if isinstance(event, OrderFilled):
            self.fills[event.fill.fill_id] += 1
        elif isinstance(event, AccountCompared):
            self.told_stuck = set(event.stuck_orders)
        decision = super().on_event(event)
        self.closing += sum(approved.order.closes_position for approved in decision.orders)
        self.ledger += sum((entry.amount for entry in decision.ledger), Decimal(0))
        self.trades += decision.trades
        self.refused.update(record.reason for record in decision.records if record.kind == "refused")
        return decision

    def held(self) -> dict[str, Decimal]:
        """The signed quantities it believes to hold."""
        return self._account.held()

    def live_ids(self) -> set[str]:
        """The orders that it believes may still trade."""
        return {
            order_id
            for book in self._books.values()
            for order_id, working in book.orders.items()
            if working.is_live
        }


def eager_desk(instruments: Mapping[str, Instrument], seed: int, entry: EntryStyle) -> WatchedDesk:
    rules = DeskRules(setup=SetupRules(is_relaxed=True, entry=entry))
    gate = RiskGate(LIMITS, OrderValidator())
    planner = TradePlanner(
        SizingRules(exploration_multiplier=2.0),
        LeverageRules(max_leverage=2),
        TradingCosts(),
        may_explore=True,
    )
    books = [
        SymbolBook(instrument, CandleAggregator(MINUTE_MS, MINUTE_MS), EagerEngine(f"{seed} {symbol}", entry))
        for symbol, instrument in instruments.items()
    ]
    review = EntryReview(planner, gate, rules.setup.entry)
    return WatchedDesk(books, rules, NoModel(), review, SmartOrderManager(gate))
