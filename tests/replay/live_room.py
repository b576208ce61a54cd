"""Whole live sessions in time that jumps: the venue, every adapter of ours, one tape, one desk."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_broker import BinanceBroker, BrokerRules
from adapters.binance.binance_client import BinanceClient
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.market_news import candle_news, price_news, quote_news
from adapters.binance.price_feed import PriceFeed, PriceFeedRules
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.memory.trade_store import MemoryTradeStore
from adapters.simulated.exchange.contract_terms import ContractTerms
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.paper_feed import PaperFeed
from adapters.system.clock import TapeClock
from adapters.venue.faults import Faults
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.live_tape import LiveTape, LiveTapeRules
from application.news_inbox import NewsInbox
from application.ports.broker import Broker
from application.ports.tape_source import TapeSource
from application.replay import RecordedSession
from application.session_tally import SessionTally
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.learning.no_model import NoModel
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.instrument import Instrument
from domain.market.quote import Quote
from domain.market.timeframe import MINUTE_MS
from domain.market.trading_costs import TradingCosts
from domain.orders.order_validator import OrderValidator
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.position_sizer import SizingRules
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.structure.structure_view import Features, Pool, StructureView, Zone, ZoneKind
from domain.tape import Event
from tests.adapters.venue.house import KEY, SECRET, START_MS, SYMBOL, flat_market, venue_of
from tests.fakes.structure_engine import OFFERS_A_LONG, QUIET, ScriptedEngine

TIMES = 600.0
"""How much dearer our market is than the one the scripted engine shows."""


class OneOffer(ScriptedEngine):
    """Offers a long at 60,000, stop below, target 61,800, once the second bar has closed."""

    def update(self, bar: Candle) -> Features:
        self.market = _dearer(OFFERS_A_LONG) if len(self.bars) == 1 else _dearer(QUIET)
        return super().update(bar)


def _dearer(view: StructureView) -> StructureView:
    atr = view.base.atr * TIMES
    frames = {name: getattr(view, name)._replace(atr=atr) for name in ("base", "middle", "higher")}
    if view.dealing_range is None:
        return view._replace(**frames)
    gap = Zone(ZoneKind.FAIR_VALUE_GAP, 59_400.0, 60_000.0, 0)
    pools = (Pool(61_800.0, 2),)
    return view._replace(**frames, bullish_gap=gap, dealing_range=(59_400.0, 72_000.0), pools_above=pools)


def a_desk(instruments: Mapping[str, Instrument]) -> TradingDesk:
    gate = RiskGate(GateLimits(), OrderValidator())
    rules = DeskRules()
    sizing = SizingRules(exploration_multiplier=2.0)
    planner = TradePlanner(sizing, LeverageRules(), TradingCosts(), may_explore=True)
    books = [
        SymbolBook(instrument, CandleAggregator(MINUTE_MS, MINUTE_MS), OneOffer())
        for instrument in instruments.values()
    ]
    review = EntryReview(planner, gate, rules.setup.entry)
    return TradingDesk(books, rules, NoModel(), review, SmartOrderManager(gate))


@dataclass
class Played:
    """A session that is over: what it kept, and the venue as it is."""

    journal: Path
    tally: SessionTally
    desk: TradingDesk
    venue: Venue
    instruments: Mapping[str, Instrument]
    store: MemoryTradeStore

    def events(self) -> list[Event]:
        return [entry.event for entry in JournalFile(self.journal).entries()]


@dataclass
class Market:
    """The venue's server and what every feed needs."""

    venue: Venue
    server: VenueServer
    client: BinanceClient
    around: Surroundings
    instruments: Mapping[str, Instrument]

    def klines(self) -> KlineFeed:
        history = VenueTradeHistory(self.client)
        return KlineFeed(self.server.stream_url, (SYMBOL,), history, KlineFeedRules(), self.around)

    def prices(self) -> PriceFeed:
        return PriceFeed(self.server.stream_url, (SYMBOL,), PriceFeedRules(), self.around)


class WallOfTheLoop:
    """The wall clock of a loop whose time jumps."""

    def __init__(self, clock: PacedClock) -> None:
        self._clock = clock

    def advance_to(self, at_ms: int) -> None:
        """It goes by itself."""

    def now_ms(self) -> int:
        return self._clock.now_ms()


@asynccontextmanager
async def market_of(prices: Sequence[float]) -> AsyncIterator[Market]:
    loop = asyncio.get_running_loop()
    clock = PacedClock(START_MS, 1.0, loop.time)
    listed = flat_market(prices)
    venue = venue_of(listed, clock=clock, faults=Faults(chance=Random(1)), step_ms=2_000)
    around = Surroundings(clock.now_ms, lambda: round(loop.time() * 1_000), asyncio.sleep, Random(1))
    key = HmacKey(Secret(KEY), Secret(SECRET))
    async with (
        VenueServer(venue, monotonic=loop.time) as server,
        BinanceClient(server.rest_url, key, WallOfTheLoop(clock), monotonic_s=loop.time) as client,
    ):
        yield Market(venue, server, client, around, listed[1])


async def live(prices: Sequence[float], journal: Path, stop_after_s: float) -> Played:
    """Trade on the venue's account."""
    async with market_of(prices) as market:
        klines, quotes = market.klines(), market.prices()
        keys = VenueListenKeys(market.client)
        account = AccountFeed(market.server.stream_url, keys, AccountFeedRules(), market.around)
        async with BinanceBroker(market.client, account, BrokerRules(), market.around) as broker:
            inbox = NewsInbox[Event]()
            jobs = (klines.run(), quotes.run(), account.run(), broker.run(), inbox.follow(broker))
            sources: list[TapeSource[Event]] = [candle_news(klines), price_news(quotes)]
            return await _played(market, [inbox], sources, broker, jobs, journal, stop_after_s)


async def paper(prices: Sequence[float], journal: Path, stop_after_s: float) -> Played:
    """Trade on an exchange of our own that follows the venue's market."""
    async with market_of(prices) as market:
        klines, quotes = market.klines(), market.prices()
        contracts = {symbol: ContractTerms(instrument) for symbol, instrument in market.instruments.items()}
        exchange = SimulatedExchange(contracts, market.venue.exchange.wallet().balance)
        broker = ExchangeBroker(exchange)
        sources: list[TapeSource[Event | Quote]] = [candle_news(klines), quote_news(quotes)]
        feed = PaperFeed(sources, exchange, broker)
        return await _played(market, [feed], [], broker, (klines.run(), quotes.run()), journal, stop_after_s)


async def _played(
    market: Market,
    account: Sequence[TapeSource[Event]],
    sources: Sequence[TapeSource[Event]],
    broker: Broker,
    jobs: Sequence[Coroutine[Any, Any, None]],
    path: Path,
    stop_after_s: float,
) -> Played:
    desk, store = a_desk(market.instruments), MemoryTradeStore()
    tape = LiveTape(account, sources, market.client.clock, desk, LiveTapeRules())
    recorder = UnifiedTradeRecorder(store, is_prompt=True)
    asyncio.get_running_loop().call_later(stop_after_s, tape.stop)
    with FileJournal.create(path, {}, is_durable=False) as journal:
        session = TradingSession(tape, TapeClock(), journal, desk, broker, recorder)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(job) for job in (market.server.run(), *jobs)]
            tally = await session.run()
            for job in running:
                job.cancel()
    return Played(path, tally, desk, market.venue, market.instruments, store)


def replayed(played: Played) -> tuple[RecordedSession, SessionTally]:
    """Decide a recorded session again. Raises ReplayDiffers."""
    recorded = RecordedSession(JournalFile(played.journal))
    recorder = UnifiedTradeRecorder(MemoryTradeStore(), is_prompt=False)
    desk = a_desk(played.instruments)
    session = TradingSession(recorded, TapeClock(), recorded, desk, recorded, recorder)
    tally = asyncio.run(session.run())
    assert desk.wallet == played.desk.wallet
    return recorded, tally


Play = Callable[[Sequence[float], Path, float], Coroutine[Any, Any, Played]]
