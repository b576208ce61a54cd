"""Whole sessions on the simulated venue: desk, session, recorder and replay as they run in a backtest."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.journal import MemoryJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_feed import SimulatedFeed
from application.decision import Decision
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.market_minutes import EveryCandle
from application.ports.beliefs import Beliefs
from application.ports.feed import Feed
from application.replay import RecordedSession
from application.session_report import SessionReport, build_report
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.learning.no_model import NoModel
from domain.learning.structure_score import StructureScore
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.orders.order_validator import OrderValidator
from domain.position.closed_trade import ExitReason
from domain.risk.cool_down import CoolDownRules
from domain.risk.cross_margin_guard import CrossMarginRules
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.structure.structure_view import FrameView, Pool, StructureView, Zone, ZoneKind
from domain.tape import Event, OrderCancelled
from tests.adapters.simulated.candle_play import USUAL, Terms, exchange_on_candles
from tests.application.drill import EXITS, SETUP, SIZING, TEN_O_CLOCK, WALLET, instrument
from tests.fakes.recorder_of_calls import NotedClock
from tests.fakes.structure_engine import QUIET, ScriptedEngine

SYMBOLS = ("BTCUSDT", "ETHUSDT")
NO_LIMITS = GateLimits(
    max_daily_loss=Decimal(1), max_drawdown=Decimal(1), cool_down=CoolDownRules(after_losses=10_000)
)
seeds = st.integers(0, 2**32)


class RestlessEngine(ScriptedEngine):
    """Finds a setup at most bars: a gap to buy on some, a gap to sell on others."""

    def update(self, bar: Candle) -> tuple[float, ...]:
        super().update(bar)
        beat = len(self.bars) % 40
        self.market = _offer(bar.close, 1 if beat < 20 else -1) if beat % 20 < 12 else QUIET
        return (0.05 if beat < 20 else -0.05,) * 12

    def view(self) -> StructureView:
        features = (0.05 if len(self.bars) % 40 < 20 else -0.05,) * 12
        return super().view()._replace(features=features)


def _offer(close: float, sign: int) -> StructureView:
    frame = FrameView(
        trend=0,
        last_event=sign,
        is_last_event_choch=True,
        event_age_bars=1,
        atr=0.002 * close,
        step_ms=300_000,
    )
    bottom, top = sorted((close * (1 - sign * 0.001), close * (1 - sign * 0.004)))
    zone = Zone(ZoneKind.FAIR_VALUE_GAP, bottom, top, created_ms=0)
    view = QUIET._replace(base=frame, displacement=sign, displacement_age_bars=0)
    if sign > 0:
        pools = (Pool(close * 1.01, 2),)
        return view._replace(bullish_gap=zone, dealing_range=(bottom, close * 1.02), pools_above=pools)
    pools = (Pool(close * 0.99, 2),)
    return view._replace(bearish_gap=zone, dealing_range=(close * 0.98, top), pools_below=pools)


def walk(seed: int, minutes: int, volatility: float) -> Iterator[tuple[str, Candle]]:
    """Give candles of every symbol that wander about, with jumps and a hole now and then."""
    chance = random.Random(seed)
    closes = dict.fromkeys(SYMBOLS, 100.0)
    for minute in range(minutes):
        for symbol in SYMBOLS:
            if chance.random() < 0.002:
                continue
            jump = 10.0 if chance.random() < 0.003 else 1.0
            path = [closes[symbol]]
            for _ in range(4):
                path.append(max(1.0, path[-1] * (1.0 + jump * volatility * chance.gauss(0.0, 1.0))))
            prices = [round(price, 2) for price in path]
            closes[symbol] = prices[-1]
            opened_ms = TEN_O_CLOCK + minute * MINUTE_MS
            yield symbol, Candle(opened_ms, prices[0], max(prices), min(prices), prices[-1], 10.0, 5.0)


class DoubtfulDesk(TradingDesk):
    """Takes no calm for granted: every trade is looked at at every price."""

    def __init__(
        self,
        books: list[SymbolBook],
        rules: DeskRules,
        beliefs: Beliefs,
        review: EntryReview,
        orders: SmartOrderManager,
    ) -> None:
        super().__init__(books, rules, beliefs, review, orders)
        self._all_books = books

    def on_event(self, event: Event) -> Decision:
        for book in self._all_books:
            book.calm = None
        return super().on_event(event)


def a_desk(
    books: list[SymbolBook],
    *,
    has_score: bool,
    kind: type[TradingDesk] = TradingDesk,
    cross_margin: CrossMarginRules | None = None,
) -> TradingDesk:
    gate = RiskGate(NO_LIMITS, OrderValidator())
    planner = TradePlanner(SIZING, LeverageRules(), TradingCosts(), may_explore=True)
    rules = DeskRules(setup=SETUP, exits=EXITS, cross_margin=cross_margin or CrossMarginRules())
    review = EntryReview(planner, gate, SETUP.entry)
    beliefs = StructureScore() if has_score else NoModel()
    return kind(books, rules, beliefs, review, SmartOrderManager(gate))


def some_books(base_step_ms: int = MINUTE_MS) -> list[SymbolBook]:
    return [
        SymbolBook(instrument(symbol), CandleAggregator(MINUTE_MS, base_step_ms), RestlessEngine())
        for symbol in SYMBOLS
    ]


class WatchedFeed:
    """Looks at the exchange whenever the desk has answered everything."""

    def __init__(self, feed: SimulatedFeed, broker: ExchangeBroker, exchange: SimulatedExchange) -> None:
        self._feed = feed
        self._broker = broker
        self._exchange = exchange
        self._given_up: set[str] = set()
        self.looks = 0

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._feed:
            if isinstance(event, OrderCancelled):
                self._given_up.add(event.order_id)
            yield event
            if not self._broker.has_more:
                self._look()

    def _look(self) -> None:
        for position in self._exchange.positions():
            if not position.amount:
                continue
            plain = self._exchange.open_orders(position.symbol)
            held = self._exchange.open_stops(position.symbol)
            stops = [stop for stop in held if stop.client_id not in self._given_up]
            kinds = [order.kind for order in plain] + [stop.kind for stop in stops]
            assert "STOP_MARKET" in kinds or "MARKET" in kinds
            sizes = [order.rest for order in plain if order.is_reduce_only]
            assert all(size <= abs(position.amount) for size in sizes + [stop.quantity for stop in stops])
            assert kinds.count("STOP_MARKET") <= 1
            assert kinds.count("TAKE_PROFIT_MARKET") <= 1
            self.looks += 1


class Run(NamedTuple):
    """What is left of a session."""

    report: SessionReport
    exchange: SimulatedExchange
    books: list[SymbolBook]
    journal: MemoryJournal
    looks: int


def run(
    seed: int,
    minutes: int = 600,
    volatility: float = 0.0006,
    terms: Terms = USUAL,
    *,
    has_score: bool = False,
    base_step_ms: int = MINUTE_MS,
    kind: type[TradingDesk] = TradingDesk,
    cross_margin: CrossMarginRules | None = None,
) -> Run:
    exchange = exchange_on_candles({symbol: instrument(symbol) for symbol in SYMBOLS}, WALLET, terms)
    broker = ExchangeBroker(exchange)
    feed = WatchedFeed(
        SimulatedFeed(exchange, broker, EveryCandle(walk(seed, minutes, volatility))), broker, exchange
    )
    books, store, journal = some_books(base_step_ms), MemoryTradeStore(), MemoryJournal({})
    desk = a_desk(books, has_score=has_score, kind=kind, cross_margin=cross_margin)
    report = asyncio.run(played(feed, desk, broker, store, journal, exchange))
    assert desk.wallet == exchange.balance
    return Run(report, exchange, books, journal, feed.looks)


async def played(
    feed: Feed,
    desk: TradingDesk,
    broker: ExchangeBroker,
    store: MemoryTradeStore,
    journal: MemoryJournal,
    exchange: SimulatedExchange,
) -> SessionReport:
    recorder = UnifiedTradeRecorder(store, is_prompt=False)
    tally = await TradingSession(feed, NotedClock([]), journal, desk, broker, recorder).run()
    trades, decisions = await store.trades(), await store.decisions()
    return build_report(tally, trades, decisions, WALLET, exchange.balance)


@settings(max_examples=5)
@given(seeds, st.booleans())
def test_a_session_ends_flat_and_its_trades_explain_the_wallet(seed: int, has_score: bool) -> None:
    session = run(seed, has_score=has_score)
    assert session.report.totals.trades > 0
    assert not session.exchange.candles.has_business
    assert all(book.is_idle for book in session.books)


@settings(max_examples=3)
@given(seeds)
def test_no_trade_outlives_two_hours_and_the_candle_it_is_left_on(seed: int) -> None:
    for trade in run(seed, volatility=0.0001).report.trades:
        assert trade.closed_at_ms - trade.opened_at_ms <= 2 * HOUR_MS + 3 * MINUTE_MS


@settings(max_examples=3)
@given(seeds)
def test_a_session_replays_to_the_same_decisions(seed: int) -> None:
    session = run(seed)
    recorded = RecordedSession(session.journal)
    desk, recorder = (
        a_desk(some_books(), has_score=False),
        UnifiedTradeRecorder(MemoryTradeStore(), is_prompt=False),
    )
    asyncio.run(TradingSession(recorded, NotedClock([]), recorded, desk, recorded, recorder).run())
    assert recorded.compared == len(list(session.journal.entries()))
    assert desk.wallet == session.exchange.balance


@settings(max_examples=10)
@given(seeds, st.booleans(), st.sampled_from(["0.85", "0.02"]), st.sampled_from([0.0002, 0.0006]))
def test_a_desk_that_takes_no_calm_for_granted_decides_the_same(
    seed: int, has_score: bool, most_margin: str, volatility: float
) -> None:
    calm, doubtful = (
        run(
            seed,
            volatility=volatility,
            has_score=has_score,
            base_step_ms=5 * MINUTE_MS,
            kind=kind,
            cross_margin=CrossMarginRules(max_margin_fraction=Decimal(most_margin)),
        )
        for kind in (TradingDesk, DoubtfulDesk)
    )
    assert list(calm.journal.entries()) == list(doubtful.journal.entries())


@settings(max_examples=3)
@given(seeds)
def test_stops_that_hang_are_survived(seed: int) -> None:
    session = run(seed, volatility=0.001, terms=Terms(stuck_stop_every=2))
    assert all(book.is_idle for book in session.books)


@settings(max_examples=3)
@given(seeds)
def test_costs_that_eat_everything_end_in_refusals_not_in_halts(seed: int) -> None:
    dear = TradingCosts(Decimal("0.05"), Decimal("0.05"), Decimal("0.01"))
    session = run(seed, volatility=0.001, terms=Terms(costs=dear))
    assert all(book.is_idle for book in session.books)


def test_a_long_session_sees_every_common_exit() -> None:
    session = run(7, minutes=4_000)
    seen = {reason for trade in session.report.trades for reason in trade.exit_reasons}
    assert {
        ExitReason.STOP,
        ExitReason.TARGET,
        ExitReason.PARTIAL_PROFIT,
        ExitReason.BREAK_EVEN_STOP,
        ExitReason.THESIS_INVALIDATED,
    } <= seen
    assert session.looks > 1_000


def test_an_empty_market_is_a_session_without_trades() -> None:
    session = run(1, minutes=0)
    assert session.report.totals.trades == session.looks == 0


@pytest.mark.parametrize("volatility", [0.0001, 0.003])
def test_calm_and_wild_markets_both_add_up(volatility: float) -> None:
    session = run(3, minutes=1_500, volatility=volatility)
    assert session.report.totals.net_pnl == session.exchange.balance - WALLET
