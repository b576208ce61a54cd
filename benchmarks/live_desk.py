"""A desk behind real sockets: feeds, one tape, one loop, the compiled engine, as in a live session."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from adapters.binance.candle_rebuilder import TradesUnavailable
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.market_news import candle_news, price_news
from adapters.binance.price_feed import PriceFeed, PriceFeedRules
from adapters.binance.streams.rebuilt_candles import PastTrade
from adapters.binance.surroundings import Surroundings
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.native.candle_aggregator import NativeCandleAggregator
from adapters.native.structure_engine import NativeStructureEngine
from adapters.system.clock import RunningClock
from application.decision import Decision
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.live_tape import LiveTape, LiveTapeRules
from application.news_inbox import NewsInbox
from application.ports.journal import Journal
from application.ports.structure_engine import StructureEngine
from application.ports.tape_source import TapeSource
from application.ports.trade_store import TradeStore
from application.session_tally import SessionTally
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from benchmarks.kline_pump import FIRST_MINUTE, LAST, SYMBOLS
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.instrument import Instrument
from domain.market.timeframe import MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.orders.order import ApprovedOrder
from domain.orders.order_validator import OrderValidator
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.position_sizer import SizingRules
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_view import Features, StructureView
from domain.tape import CandleClosed, Event, OrderAccepted, OrderExpired, SessionOpened
from tests.fakes.structure_engine import OFFERS_A_LONG

START_MS: Final = FIRST_MINUTE * MINUTE_MS
LOOPS: Final = ("asyncio", "uvloop") if find_spec("uvloop") else ("asyncio",)
_EVERY_BAR: Final = StructureConfig(MINUTE_MS, 3 * MINUTE_MS, 12 * MINUTE_MS)
_FOLDER: Final = Path(__file__).parent


def runner_on(loop: str) -> asyncio.Runner:
    """Give a runner on asyncio's own loop or on uvloop."""
    if loop == "asyncio":
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=import_module("uvloop").new_event_loop)


@contextmanager
def pumping(program: str, *arguments: object) -> Iterator[str]:
    """Start a pump in a process of its own, and give its address."""
    command = [sys.executable, "-m", f"benchmarks.{program}", *map(str, arguments)]
    pump = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_FOLDER.parent)  # noqa: S603 - our own program
    assert pump.stdout is not None
    try:
        yield f"ws://127.0.0.1:{int(pump.stdout.readline())}"
    finally:
        pump.kill()
        pump.wait()
        pump.stdout.close()


class NoHistory:
    """Nothing is missing on a pumped tape, so nobody asks."""

    def spare_weight(self) -> int:
        return 0

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> list[PastTrade]:
        raise TradesUnavailable(f"{symbol} from {from_ms} to {until_ms}")

    async def trades_from(self, symbol: str, trade_id: int) -> list[PastTrade]:
        raise TradesUnavailable(f"{symbol} from {trade_id}")


class OfferingEngine:
    """The compiled engine with all its work; but what it then shows is a long at every bar."""

    def __init__(self) -> None:
        self._engine = NativeStructureEngine(_EVERY_BAR)
        self._open_time_ms, self._close = 0, 0.0

    @property
    def feature_schema(self) -> str:
        return self._engine.feature_schema

    def update(self, bar: Candle) -> Features:
        self._engine.update(bar)
        self._open_time_ms, self._close = bar.open_time_ms, bar.close
        return OFFERS_A_LONG.features or ()

    def take(self, run: CandleRun) -> None:
        self._engine.take(run)

    def forget(self) -> None:
        self._engine.forget()

    def view(self) -> StructureView:
        self._engine.view()
        return StructureView(self._open_time_ms, self._close, *OFFERS_A_LONG[2:])

    def snapshot(self) -> bytes:
        return self._engine.snapshot()

    def restore(self, snapshot: bytes) -> None:
        self._engine.restore(snapshot)


class TimedDesk(TradingDesk):
    """Tells how long each closed candle was under way, from written to decided, in seconds."""

    def __init__(self, books: Iterable[SymbolBook], limits: GateLimits) -> None:
        gate = RiskGate(limits, OrderValidator())
        rules = DeskRules()
        sizing = SizingRules(exploration_multiplier=2.0)
        planner = TradePlanner(sizing, LeverageRules(), TradingCosts(), may_explore=True)
        review = EntryReview(planner, gate, rules.setup.entry)
        super().__init__(books, rules, NoModel(), review, SmartOrderManager(gate))
        self.lags_s: list[float] = []
        self.tape: LiveTape | None = None

    def on_event(self, event: Event) -> Decision:
        decision = super().on_event(event)
        if type(event) is CandleClosed:
            self.lags_s.append(time.monotonic() - event.candle.volume)
            if event.symbol == LAST and self.tape is not None:
                self.tape.stop()
        return decision


class ExpiringBroker:
    """Takes every order, holds it and lets it expire at once, so that the next bar may offer again."""

    def __init__(self, clock: RunningClock, answers: NewsInbox[Event], note: Callable[[str], None]) -> None:
        self._clock, self._answers, self._note = clock, answers, note

    async def submit(self, order: ApprovedOrder) -> None:
        told = order.order
        self._note(told.symbol)
        now_ms = self._clock.now_ms()
        self._answers.put(OrderAccepted(now_ms, told.symbol, told.order_id))
        self._answers.put(OrderExpired(now_ms, told.symbol, told.order_id, "nobody fills here"))

    async def cancel(self, symbol: str, order_id: str) -> None:
        raise AssertionError(f"{order_id} of {symbol} has expired")


class LiveDesk:
    """One session; `speed` is how many seconds of the market pass in one of ours."""

    def __init__(
        self,
        url: str,
        *,
        speed: float = 1.0,
        is_offering: bool = False,
        has_quotes: bool = False,
        symbols: Sequence[str] = SYMBOLS,
        journal: Journal | None = None,
        store: TradeStore | None = None,
        on_order: Callable[[str], None] = lambda _: None,
    ) -> None:
        around = Surroundings()
        self.clock = RunningClock(START_MS, lambda: time.monotonic() * speed)
        self.klines = KlineFeed(url, symbols, NoHistory(), KlineFeedRules(), around)
        self.quotes = PriceFeed(url, symbols, PriceFeedRules(), around) if has_quotes else None
        maker = OfferingEngine if is_offering else _compiled
        self.desk = TimedDesk(
            (a_book(symbol, maker) for symbol in symbols), GateLimits(max_data_age_ms=10**12)
        )
        account = NewsInbox[Event]()
        account.put(SessionOpened(START_MS, Decimal(100_000)))
        sources: list[TapeSource[Event]] = [candle_news(self.klines)]
        if self.quotes is not None:
            sources.append(price_news(self.quotes))
        rules = LiveTapeRules(tick_ms=round(1_000 * speed), speed=speed)
        self.tape = LiveTape([account], sources, self.clock, self.desk, rules)
        self.desk.tape = self.tape
        self._session = TradingSession(
            self.tape,
            self.clock,
            journal or NoJournal(),
            self.desk,
            ExpiringBroker(self.clock, account, on_order),
            UnifiedTradeRecorder(store or MemoryTradeStore(), is_prompt=False),
        )

    async def run(self, beside: Sequence[Any] = ()) -> SessionTally:
        """Trade until the last symbol's candle has come, or somebody stops the tape."""
        feeds = [self.klines.run()] if self.quotes is None else [self.klines.run(), self.quotes.run()]
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(job) for job in (*feeds, *beside)]
            tally = await self._session.run()
            for job in running:
                job.cancel()
        return tally


def a_book(symbol: str, engine: Callable[[], StructureEngine]) -> SymbolBook:
    instrument = Instrument(
        symbol=symbol,
        tick=Decimal("0.01"),
        lot=Decimal("0.1"),
        min_quantity=Decimal("0.1"),
        max_quantity=Decimal(1000),
        max_market_quantity=Decimal(1000),
        min_notional=Decimal(5),
    )
    return SymbolBook(instrument, NativeCandleAggregator(MINUTE_MS, MINUTE_MS), engine())


def _compiled() -> NativeStructureEngine:
    return NativeStructureEngine(_EVERY_BAR)
