"""The composition root: settings in, wired service out; the entry of the command `slt`."""

import asyncio
import math
import os
import random
import sys
import time
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from dependency_injector import containers, providers
from structlog.typing import FilteringBoundLogger

from adapters.archive.archive_file import CSV, ZIP
from adapters.archive.archive_part import ArchivePart
from adapters.binance.account_feed import AccountFeedRules
from adapters.binance.binance_broker import AccountRefused, BrokerRules
from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.binance_lines import (
    AccountSeen,
    BinanceLines,
    LineRules,
    VenueRefused,
    account_at,
    contracts_at,
    hindrances,
    instruments_at,
    require_no_hindrance,
)
from adapters.binance.candle_rebuilder import RebuildRules
from adapters.binance.exchange_info import Contracts, read_instruments
from adapters.binance.kline_feed import KlineFeedRules
from adapters.binance.market_news import candle_news, price_news, quote_news
from adapters.binance.price_feed import PriceFeedRules, PriceSource
from adapters.binance.stream_line import FeedRules
from adapters.binance.wire.order_requests import TriggeredBy
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import ApiKey as SigningKey
from adapters.binance.wire.signature import Ed25519Key, HmacKey
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, STEP_MS, made_up_market
from adapters.generator.venue_rules import instrument_of
from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.logs.log import open_log
from adapters.logs.logged_journal import LoggedJournal
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.parquet.feature_file import FeatureFile
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from adapters.parquet.whole_file import whole_file
from adapters.settings.session_choice import (
    NO_KEY,
    SessionRefused,
    about_to_trade,
    addresses_of,
    switches_of,
    why_not_run,
)
from adapters.settings.settings import Mode, Settings, VenueKind
from adapters.settings.settings_difference import decisive_differences
from adapters.settings.settings_loader import SettingsRefused, load_settings, settings_from_header
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.paper_feed import PaperFeed
from adapters.simulated.simulated_feed import SimulatedFeed
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.sqlite.trade_store import SqliteTradeStore, sessions_in
from adapters.system.clock import RunningClock, TapeClock, WallClock
from adapters.system.quiet_time import QuietTimeLoop
from adapters.system.real_time import RealTimeRunner, run_in_real_time
from adapters.system.report_place import require_place
from adapters.system.seeded_chance import SeededChance
from adapters.system.session_folder import (
    SessionFolder,
    fresh_folder,
    last_folder,
    only_here,
    resumed_folder,
    session_folders,
)
from adapters.system.stop_signal import (
    Stopped,
    done_or_stopped,
    stop_at_once,
    stop_then_end,
    stop_when_ready,
)
from adapters.system.tape_files import files_at
from adapters.terminal.app import build_app
from adapters.terminal.learning_bench import (
    ExplainedTrade,
    LearningBegun,
    LearningDone,
    LearningOptions,
    LearningTold,
)
from adapters.terminal.notices import (
    about_a_step_by_hand,
    about_the_faults,
    about_the_market,
    about_the_takeover,
    after_a_session,
    in_words,
    next_commands,
    still_open,
    warnings,
)
from adapters.terminal.tape_commands import audit_lines
from adapters.terminal.walk_forward_bench import WalkOptions
from adapters.terminal.workbench import (
    Follow,
    GeneratorOptions,
    ReplayOutcome,
    ReportOptions,
    RunOptions,
    SessionOptions,
    SessionOutcome,
    TapeOptions,
    VenueOpened,
    VenueOptions,
    VenueSummary,
)
from adapters.venue.fault_file import FaultsRefused, faults_asked_for
from adapters.venue.faults import FAULTS, Faults, StopFates
from adapters.venue.market import Market
from adapters.venue.open_venue import opened_venue, play_history, play_to_listeners
from adapters.venue.tape_window import TapeWindow
from adapters.venue.throw_away_key import throw_away_key
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock, SteppedClock, VenueClock
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from adapters.xgboost.review_process import ReviewProcess
from adapters.xgboost.training_process import TrainingProcess
from application.appointed_feed import AppointedFeed
from application.bootstrap_learning import Bootstrapped
from application.bootstrap_learning import bootstrap as bootstrap_learning
from application.champion_seat import ChampionSeat, SeatRules
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.feature_export import FeatureExport, export_features
from application.harvest_summary import HarvestSummary
from application.learner import Learner
from application.learning_by_hand import Done, LearningByHand, NothingToDo, last_moment_ms
from application.learning_cycle import LearningCycle, LearningRules
from application.learning_evidence import EvidenceSearch
from application.learning_report import learning_page
from application.learning_status import LearningArchive, StatusRules
from application.live_tape import LiveTape, LiveTapeRules, Time
from application.market_minutes import EveryCandle, MarketMinutes
from application.market_tape import merged_candles, not_empty, nothing_chosen
from application.model_explanation import ModelExplainer, NothingToExplain
from application.model_review import InlineReviewer
from application.news_inbox import NewsInbox
from application.past import WARM_UP_DAYS, Past, past_on
from application.performance.wording import day
from application.ports.beliefs import Beliefs
from application.ports.broker import Broker
from application.ports.candle_aggregator import CandleAggregator
from application.ports.candle_sink import SinkFailed
from application.ports.candle_tape import AuditedTape, CandleTape, TapeReading, TapeRefused
from application.ports.clock import Clock
from application.ports.feed import Feed
from application.ports.forest import Forest, ForestMaker
from application.ports.journal import Journal, JournalDamaged, JournalFailed
from application.ports.model_registry import ModelNotKept
from application.ports.structure_engine import StructureEngine
from application.ports.tape_source import TapeSource
from application.ports.trade_store import DecisionRecord, StoreFailed, TradeStore
from application.random_entries import Moments, drawn_entries, shape_of_sample
from application.random_trades import RandomMarket, RandomTrade, RandomTrades
from application.recalled_tape import RecalledTape
from application.replay import RecordedSession, ReplayDiffers
from application.report_page import Page
from application.sample_harvest import SampleHarvest
from application.scouted_market import ScoutedMarket
from application.session_header import SessionHeader
from application.session_memory import SessionMemory
from application.session_place import CannotBeTakenOver, SessionPlace, has_begun, started_at_ms
from application.session_report import SessionReport, build_report
from application.session_tally import SessionTally
from application.shadow_desk import ShadowDesk
from application.shadow_rules import ShadowRules, SteadyFunding
from application.side_by_side import with_all
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.symbol_shadows import SymbolShadows
from application.tape_conversion import Lengthening, TapeConversion, convert_tape
from application.tape_generation import TapeGenerated, generate_tapes
from application.tape_inspection import TapeInspection, inspect_tape
from application.tape_instruments import instruments_of
from application.tape_shelf import TapeKind, TapeShelf, common_step_ms
from application.trade_story import decisions_on, decisions_on_setup, setup_behind
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from application.walk_forward import WalkForward, WalkForwardRules, WalkStep
from application.walk_forward_page import walk_forward_page
from application.walk_forward_report import (
    RandomOutcome,
    Traded,
    WalkForwardReport,
    Way,
    report_on,
    traded_by,
)
from application.walk_forward_trials import SeatTrials, TrialsHeld, every_challenger
from domain.halt import TradingHalt
from domain.learning.fixed_confidence import FixedConfidence
from domain.learning.no_model import NoModel
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample
from domain.learning.structure_score import StructureScore
from domain.market import candle_aggregator
from domain.market.candle import Candle
from domain.market.candle_run import CandleList, CandleRun
from domain.market.instrument import Instrument
from domain.market.tape_audit import RepairPolicy
from domain.market.timeframe import DAY_MS, HOUR_MS
from domain.orders.order_validator import OrderValidator
from domain.position.closed_trade import ClosedTrade
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.setup.setup_rules import EntryStyle
from domain.structure import structure_engine
from domain.structure.structure_config import StructureConfig
from domain.tape import ChampionChanged, Event

EngineMaker = Callable[[StructureConfig], StructureEngine]
AggregatorMaker = Callable[[int, int], CandleAggregator]


def slow_forest(model: bytes) -> Forest:
    """Walk trees by XGBoost itself, where the compiled walker is not to be had."""
    from adapters.xgboost.forest import XGBoostForest  # noqa: PLC0415 - it takes a second to import

    return XGBoostForest(model)


try:
    from adapters.native.candle_aggregator import NativeCandleAggregator
    from adapters.native.candle_run import NativeRunMaker
    from adapters.native.forest import NativeForest
    from adapters.native.scout import NativeScout
    from adapters.native.structure_engine import NativeStructureEngine
except ImportError:
    IS_COMPILED = False
    compiled_engine: EngineMaker = structure_engine.StructureEngine
    compiled_aggregator: AggregatorMaker = candle_aggregator.CandleAggregator
    compiled_forest: ForestMaker = slow_forest
else:
    IS_COMPILED = True
    compiled_engine = NativeStructureEngine
    compiled_aggregator = NativeCandleAggregator
    compiled_forest = NativeForest

PRODUCT: Final = "selflearningtrader"
SHELF: Final = TapeShelf([TapeKind((".parquet",), ParquetPart), TapeKind((ZIP, CSV), ArchivePart)], files_at)
VENUE_STEP_MS: Final = 250
EMBEDDED_STEP_MS: Final = 5_000
ENDING_HOURS: Final = 1
EMBEDDED_HOURS: Final = 16.0
EMBEDDED_LOOK_S: Final = 0.5
TAUGHT_PARTS: Final = 5
HISTORY_PARTS: Final = 9
SECONDS_AN_HOUR: Final = 3_600.0
LIVE: Final = "live"
PAPER: Final = "paper"
PEM: Final = ".pem"
NOT_BEGUN: Final = "the session ended before the market or the account told anything"
CLOCK_SLACK_MS: Final = 60_000
NOTHING_TO_LEARN: Final = "a stand-in for the model is set (confidence): take it out, nothing learns with it"
REPORT_BYTES: Final = 8_000_000
RANDOM_TRADES: Final = 5_000
MADE_UP_SETUPS: Final = (
    "The newest setups are of a made-up market: none of this says anything about real money."
)
MADE_UP: Final = "These candles are made up: whatever was earned on them says nothing about real money."
SIMULATED_NAMES: Final = frozenset(symbol.name for symbol in SIMULATED_SYMBOLS)


class NotFound(Exception):
    """What was asked for is not there; the message names the command that helps."""


class SessionUnfinished(Exception):
    """A session is over, and what it opened is not closed."""


EXIT_CODES: Final[Mapping[type[Exception], int]] = {
    SettingsRefused: 4,
    FileNotFoundError: 3,
    OSError: 1,
    NotFound: 3,
    NothingToDo: 3,
    NothingToExplain: 3,
    ModelNotKept: 1,
    FaultsRefused: 4,
    SessionRefused: 4,
    SessionUnfinished: 1,
    VenueRefused: 1,
    AccountRefused: 1,
    TapeRefused: 1,
    SinkFailed: 1,
    JournalFailed: 1,
    JournalDamaged: 1,
    StoreFailed: 1,
    ReplayDiffers: 1,
    TradingHalt: 1,
    InvalidOperation: 1,
}
ENGINES: Final[Mapping[str, EngineMaker]] = {
    "reference": structure_engine.StructureEngine,
    "native": compiled_engine,
}
AGGREGATORS: Final[Mapping[str, AggregatorMaker]] = {
    "reference": candle_aggregator.CandleAggregator,
    "native": compiled_aggregator,
}


def beliefs_for(settings: Settings) -> Beliefs:
    """Give an empty champion's seat, or what stands in for it: a number, or a score of the structure."""
    confidence, learning = settings.confidence, settings.learning
    if confidence is None:
        is_maker = settings.setup.entry is EntryStyle.POST_ONLY_LIMIT
        calibration, drift = learning.training.calibration, learning.watch.drift
        return ChampionSeat(SeatRules(compiled_forest, settings.costs, is_maker, calibration, drift))
    return StructureScore() if isinstance(confidence, str) else FixedConfidence(confidence)


def shadows_for(
    instruments: Mapping[str, Instrument],
    aggregator: Callable[[], CandleAggregator],
    structure: Callable[[], StructureEngine],
    rules: ShadowRules,
) -> list[SymbolShadows]:
    """Give the shadows of every symbol, with an engine of their own."""
    return [SymbolShadows(one, aggregator(), structure(), rules) for one in instruments.values()]


def learner_on(cycle: LearningCycle | None, shadows: Callable[[], ShadowDesk]) -> Learner | None:
    """Give whoever learns from a session, if anybody does."""
    return None if cycle is None else Learner(shadows(), cycle)


def books_for(book: providers.Factory[SymbolBook], instruments: Mapping[str, Instrument]) -> list[SymbolBook]:
    """Give an empty book per symbol."""
    return [book(instrument=instrument) for instrument in instruments.values()]


class Wiring(containers.DeclarativeContainer):
    """One session; what is opened and closed is opened outside and handed in."""

    settings = providers.Dependency(instance_of=Settings)
    instruments = providers.Dependency(instance_of=dict)
    step_ms = providers.Dependency(instance_of=int)
    feed: providers.Provider[Feed] = providers.Dependency()
    clock: providers.Provider[Clock] = providers.Dependency()
    journal: providers.Provider[Journal] = providers.Dependency()
    broker: providers.Provider[Broker] = providers.Dependency()
    store: providers.Provider[TradeStore] = providers.Dependency()
    is_live = providers.Dependency(instance_of=bool)
    may_explore = providers.Dependency(instance_of=bool)
    cycle: providers.Provider[LearningCycle | None] = providers.Dependency()

    structure: providers.Provider[StructureEngine] = providers.Selector(
        settings.provided.structure,
        native=providers.Factory(ENGINES["native"], settings.provided.structure_rules),
        reference=providers.Factory(ENGINES["reference"], settings.provided.structure_rules),
    )
    aggregator: providers.Provider[CandleAggregator] = providers.Selector(
        settings.provided.structure,
        native=providers.Factory(
            AGGREGATORS["native"], step_ms, settings.provided.structure_rules.base_step_ms
        ),
        reference=providers.Factory(
            AGGREGATORS["reference"], step_ms, settings.provided.structure_rules.base_step_ms
        ),
    )
    beliefs: providers.Provider[Beliefs] = providers.Callable(beliefs_for, settings)
    gate: providers.Provider[RiskGate] = providers.Factory(
        RiskGate, settings.provided.gate, providers.Factory(OrderValidator)
    )
    planner: providers.Provider[TradePlanner] = providers.Factory(
        TradePlanner,
        settings.provided.sizing,
        settings.provided.leverage,
        settings.provided.costs,
        may_explore=may_explore,
    )
    review: providers.Provider[EntryReview] = providers.Factory(
        EntryReview, planner, gate, settings.provided.setup.entry
    )
    book = providers.Factory(SymbolBook, aggregator=aggregator, engine=structure, step_ms=step_ms)
    rules: providers.Provider[DeskRules] = providers.Factory(
        DeskRules,
        settings.provided.setup,
        settings.provided.exits,
        settings.provided.costs,
        settings.provided.cross_margin,
    )
    desk: providers.Provider[TradingDesk] = providers.Singleton(
        TradingDesk,
        providers.Callable(books_for, book.provider, instruments),
        rules,
        beliefs,
        review,
        providers.Factory(SmartOrderManager, gate),
    )
    recorder: providers.Provider[UnifiedTradeRecorder] = providers.Factory(
        UnifiedTradeRecorder, store, is_prompt=is_live
    )
    shadow_rules: providers.Provider[ShadowRules] = providers.Factory(
        ShadowRules,
        rules,
        providers.Factory(NoModel),
        providers.Factory(
            SteadyFunding,
            settings.provided.venue.funding_rate_per_interval,
            settings.provided.venue.funding_interval_ms,
        ),
        step_ms,
    )
    shadows: providers.Provider[list[SymbolShadows]] = providers.Callable(
        shadows_for, instruments, aggregator.provider, structure.provider, shadow_rules
    )
    shadow_desk: providers.Provider[ShadowDesk] = providers.Factory(ShadowDesk, shadows)
    learner: providers.Provider[Learner | None] = providers.Singleton(learner_on, cycle, shadow_desk.provider)
    session: providers.Provider[TradingSession] = providers.Factory(
        TradingSession, feed, clock, journal, desk, broker, recorder, learner
    )


def wired(
    settings: Settings,
    instruments: Mapping[str, Instrument],
    step_ms: int,
    feed: Feed | None = None,
    journal: Journal | None = None,
    broker: Broker | None = None,
    store: TradeStore | None = None,
    cycle: LearningCycle | None = None,
    *,
    is_live: bool = False,
    may_explore: bool = True,
) -> Wiring:
    """Wire a session on the time of its tape; one that is live keeps each closed trade at once."""
    return Wiring(
        settings=providers.Object(settings),
        instruments=providers.Object(instruments),
        step_ms=providers.Object(step_ms),
        feed=providers.Object(feed),
        clock=providers.Factory(TapeClock),
        journal=providers.Object(journal),
        broker=providers.Object(broker),
        store=providers.Object(store),
        is_live=providers.Object(is_live),
        may_explore=providers.Object(may_explore),
        cycle=providers.Object(cycle),
    )


def play(
    settings: Settings,
    header: SessionHeader,
    market: MarketMinutes,
    journal: Journal,
    store: TradeStore,
    changes: Sequence[ChampionChanged] = (),
    learning: SqliteLearningStore | None = None,
) -> SessionReport:
    """Trade a market on the simulated exchange until it ends, and sum up.

    Changes of champion are known beforehand, or come of learning on the way. Raises TradingHalt when the
    desk's wallet or the closed trades differ from the venue's wallet, Stopped between two candles when
    somebody asked for that.
    """
    exchange = exchange_of(settings, header.instruments, is_book_shown=False)
    broker = ExchangeBroker(exchange)
    with stop_when_ready() as request:
        feed = SimulatedFeed(exchange, broker, request.watched(market), header.step_ms)
        told = AppointedFeed(feed, changes, header.step_ms) if changes else feed

        async def played() -> SessionReport:
            cycle = None if learning is None else await learning_inline(settings, learning)
            wiring = wired(settings, header.instruments, header.step_ms, told, journal, broker, store, cycle)
            learner = wiring.learner()
            if learner is not None:
                wiring.feed.override(providers.Object(learner.beside(told)))
            told.spare(wiring.desk())
            return await _played(wiring.session(), store, settings.wallet, exchange)

        return asyncio.run(played())


def lines_to(
    rest_url: str,
    stream_url: str,
    key: SigningKey | None,
    clock: Clock,
    steady_s: Callable[[], float],
    settings: Settings,
    look_every_s: float = 0.1,
) -> BinanceLines:
    """Speak to a venue as the settings say."""
    chosen = settings.binance
    feed = FeedRules(queue_size=chosen.queue_size)
    hole_ms = 0 if settings.disable_rest_fallback else chosen.longest_hole_ms
    price = TriggeredBy.MARK if chosen.stops_on == "mark" else TriggeredBy.LAST
    rules = LineRules(
        ClientRules(chosen.connect_timeout_s, chosen.answer_timeout_s, chosen.receive_window_ms),
        KlineFeedRules(feed=feed, rebuild=RebuildRules(longest_hole_ms=hole_ms)),
        PriceFeedRules(PriceSource(chosen.prices), feed=feed),
        AccountFeedRules(feed=feed),
        BrokerRules(triggered_by=price, compare_every_ms=chosen.compare_every_ms, look_every_s=look_every_s),
    )
    chance = random.Random(1)  # noqa: S311 - it only spreads reconnects
    return BinanceLines(rest_url, stream_url, key, clock, steady_s, chance, rules)


async def _played(
    session: TradingSession, store: TradeStore, start_wallet: Decimal, exchange: SimulatedExchange
) -> SessionReport:
    tally = await session.run()
    trades, decisions = await store.trades(), await store.decisions()
    return build_report(tally, trades, decisions, start_wallet, exchange.balance)


def settings_for(session: SessionOptions) -> Settings:
    """Read the settings a command was started with. Raises SettingsRefused."""
    return load_settings(os.environ, chosen=session.settings, file=session.settings_file)


def header_of(
    kind: str, settings: Settings, instruments: Mapping[str, Instrument], step_ms: int, source: object
) -> SessionHeader:
    """Describe a session about to start."""
    return SessionHeader(kind, version(PRODUCT), settings.as_header(), instruments, step_ms, source)


def rules_of(tapes: Sequence[AuditedTape], exchange_info: Path | None) -> dict[str, Instrument]:
    """Tell what can be traded how: by the venue's own rules, or inferred from the candles.

    Raises FileNotFoundError, or TapeRefused when a symbol has no rules.
    """
    told = None if exchange_info is None else read_instruments(exchange_info)
    return instruments_of(tapes, told, str(exchange_info))


def every_candle(
    _settings: Settings, readings: Mapping[str, TapeReading], _step_ms: int, name: str
) -> MarketMinutes:
    """Give a market candle by candle, as a journal wants it. Raises TapeRefused when there is none."""
    candles = {symbol: reading.candles for symbol, reading in readings.items()}
    return EveryCandle(not_empty(merged_candles(candles), name))


def scouted_market(
    settings: Settings, readings: Mapping[str, TapeReading], step_ms: int, name: str
) -> MarketMinutes:
    """Give a market whose quiet candles are passed over. Raises TapeRefused when there is none."""
    runs = {symbol: reading.runs(NativeRunMaker()) for symbol, reading in readings.items()}
    scouts = {symbol: NativeScout(step_ms, settings.setup, settings.structure_rules) for symbol in runs}
    market = ScoutedMarket(runs, scouts, step_ms, settings.structure_rules.base_step_ms)
    if market.is_over:
        raise nothing_chosen(name)
    return market


def journal_and_store(
    session: SessionOptions, header: SessionHeader, files: ExitStack
) -> tuple[Journal, TradeStore]:
    """Open what a backtest was told to keep; by itself it keeps nothing."""
    journal: Journal = NoJournal()
    store: TradeStore = MemoryTradeStore()
    if session.journal is not None:
        journal = files.enter_context(FileJournal.create(session.journal, header.as_json(), is_durable=False))
    if session.store is not None:
        store = files.enter_context(SqliteTradeStore(session.store, header.session_id))
    return journal, store


def runs_again(tapes: Sequence[AuditedTape], options: TapeOptions, symbol: str) -> Iterator[CandleRun]:
    """Begin one more pass over a symbol's candles, many at once where that is possible."""
    reading = next(tape for tape in tapes if tape.symbol == symbol).read(options.from_ms, options.until_ms)
    if IS_COMPILED:
        return reading.runs(NativeRunMaker())
    return (CandleList([candle]) for candle in reading.candles)


def page_of(
    report: SessionReport,
    settings: Settings,
    header: SessionHeader,
    tapes: Sequence[AuditedTape],
    options: TapeOptions,
    trials: int | None,
) -> Page:
    """Put a backtest on a page; its candles are read twice more. Raises TapeRefused."""
    from application.backtest_page import MarketAgain, backtest_page  # noqa: PLC0415 - seldom wanted

    wiring = wired(settings, header.instruments, header.step_ms)
    market = MarketAgain(
        instruments=header.instruments,
        rules=wiring.shadow_rules(),
        bar_ms=settings.structure_rules.base_step_ms,
        aggregator=wiring.aggregator,
        engine=wiring.structure,
        runs=partial(runs_again, tapes, options),
    )
    warnings = [MADE_UP] if SIMULATED_NAMES.intersection(header.instruments) else []
    files = ", ".join(sorted({Path(path).name for path in options.paths}))
    made_by = f"Made by slt {header.version} from {files}."
    return backtest_page(report, market, trials, SeededChance(1), RANDOM_TRADES, warnings, [made_by])


def print_page(page: Page, path: Path) -> None:
    """Put a page on file as HTML. Raises SinkFailed, and what stood there stays."""
    from adapters.plotly.html_page import html_of  # noqa: PLC0415 - Plotly is slow to load, and seldom wanted

    with whole_file(path.resolve()) as file:
        file.writelines(part.encode() for part in html_of(page))


class WalkedTapes(NamedTuple):
    """Recorded candles that are gone through more than once, and by which rules."""

    settings: Settings
    header: SessionHeader
    tapes: Sequence[AuditedTape]
    options: TapeOptions
    follow: Follow

    @property
    def is_scouted(self) -> bool:
        """Whether quiet candles can be passed over."""
        return self.settings.structure == "native" and IS_COMPILED

    def readings(self) -> dict[str, TapeReading]:
        """Begin one more pass over all candles."""
        window = self.options.from_ms, self.options.until_ms
        return {tape.symbol: self.follow(tape).read(*window) for tape in self.tapes}

    def setups(self) -> tuple[list[LabelledSample], HarvestSummary]:
        """Find every setup, and what it would have given. Raises TapeRefused, NotFound without any."""
        return History(self.settings, [self.follow(tape) for tape in self.tapes], self.options).harvested()

    def random_trades(self, like: Sequence[Sample], seed: int) -> RandomOutcome:
        """Enter at random in the place of setups, over the same time. Raises TapeRefused."""
        if not like:
            return RandomOutcome()
        decided = [one.decided_at_ms for one in like]
        moments = Moments(min(decided), max(decided), self.settings.structure_rules.base_step_ms)
        drawn = drawn_entries(map(shape_of_sample, like), moments, 1, SeededChance(seed))
        wiring, rules = self._wiring, self._wiring.shadow_rules()
        market = RandomMarket(
            RandomTrades(instrument, wiring.aggregator(), wiring.structure(), rules, drawn.get(symbol, ()))
            for symbol, instrument in self.header.instruments.items()
        )
        readings = self.readings()
        if not IS_COMPILED:
            candles = merged_candles({symbol: reading.candles for symbol, reading in readings.items()})
            return RandomOutcome(list(market.over(candles)), market.dropped)
        trades: list[RandomTrade] = []
        for symbol, reading in readings.items():
            trades += market.over_runs(symbol, reading.runs(NativeRunMaker()))
        return RandomOutcome(trades, market.dropped)

    def traded(self, changes: Sequence[ChampionChanged]) -> SessionReport:
        """Trade all of it once, with these changes of champion. Raises TapeRefused, TradingHalt."""
        market_of = scouted_market if self.is_scouted else every_candle
        name = " ".join(self.options.paths)
        market = market_of(self.settings, self.readings(), self.header.step_ms, name)
        return play(self.settings, self.header, market, NoJournal(), MemoryTradeStore(), changes)

    @property
    def _wiring(self) -> Wiring:
        return wired(self.settings, self.header.instruments, self.header.step_ms)


def history_on(tapes: TapeOptions, settings: Settings, follow: Follow) -> WalkedTapes:
    """Open tapes to go through more than once. Raises TapeRefused, FileNotFoundError."""
    opened = SHELF.open(tapes.paths, tapes.policy)
    step_ms = common_step_ms(opened, settings.structure_rules.base_step_ms)
    source = {"tapes": list(tapes.paths), "from_ms": tapes.from_ms, "until_ms": tapes.until_ms}
    header = header_of("walk-forward", settings, rules_of(opened, tapes.exchange_info), step_ms, source)
    return WalkedTapes(settings, header, opened, tapes, follow)


def walked(samples: Sequence[LabelledSample], rules: WalkForwardRules) -> Iterator[WalkStep]:
    """Train and judge, step by step."""
    from adapters.xgboost.model_trainer import XGBoostTrainer  # noqa: PLC0415 - it takes a second to import

    steps = WalkForward(samples, XGBoostTrainer(), compiled_forest, rules).steps()
    with asyncio.Runner() as runner:
        while (step := runner.run(next_of(steps))) is not None:
            yield step


async def next_of(steps: AsyncIterator[WalkStep]) -> WalkStep | None:
    """Wait for the next step, None when there is none."""
    return await anext(steps, None)


def walk_rules(settings: Settings, walk: WalkOptions) -> WalkForwardRules:
    """Give the rules of a walk: those of learning, at another pace."""
    learning = settings.learning
    return WalkForwardRules(
        walk.every_ms, walk.every_trades, walk.seed, learning.training, learning.trial, learning.watch
    )


def traded_ways(
    history: WalkedTapes, steps: Sequence[WalkStep], trials: TrialsHeld, seed: int
) -> Iterator[Traded]:
    """Trade without a model, with whom the gate promoted if anybody, and with every challenger."""
    changes_of = {Way.WITHOUT: (), Way.GATE: trials.changes, Way.EVERY: every_challenger(steps)}
    for way, changes in changes_of.items():
        if changes or way is Way.WITHOUT:
            yield traded_by(way, history.traded(changes), changes, SeededChance(seed))


def print_walk(report: WalkForwardReport, history: WalkedTapes, path: Path) -> None:
    """Put a walk forward on file as a page. Raises SinkFailed."""
    files = ", ".join(sorted({Path(name).name for name in history.options.paths}))
    symbols = ", ".join(sorted(history.header.instruments))
    seen = report.out_of_sample
    span = "" if seen is None else f", {day(seen.from_ms)} to {day(seen.until_ms)}"
    made_by = f"Made by slt {history.header.version} from {files}, seed {report.seed}."
    print_page(walk_forward_page(report, f"Walk forward of {symbols}{span}", [made_by]), path)


def require_older(
    kept: SqliteLearningStore, path: Path, tapes: Sequence[AuditedTape], options: TapeOptions, newest: int
) -> None:
    """Refuse to trade candles by what was learned from them, or later. Raises SessionRefused."""
    firsts = (islice(tape.candles(options.from_ms, options.until_ms), 1) for tape in tapes)
    begins_ms = min((candle.open_time_ms for first in firsts for candle in first), default=0)
    last_ms = asyncio.run(last_moment_ms(kept.samples, kept.models, newest))
    if last_ms > begins_ms:
        raise SessionRefused(
            f"{path} knows what happened until {day(last_ms)}, these candles begin on {day(begins_ms)}:"
            " trading the past by what came later proves nothing; give --from a later day, or another file"
        )


def lengthening_of(tape: AuditedTape, into_ms: int) -> Lengthening:
    """Fold a tape's candles with what the settings name. Raises SettingsRefused, or TapeRefused."""
    settings = settings_for(SessionOptions())
    opened_log(settings)
    return Lengthening(AGGREGATORS[settings.structure](common_step_ms([tape], into_ms), into_ms), into_ms)


def last_store(session: SessionOptions) -> SqliteTradeStore:
    """Open the newest session of a store. Raises FileNotFoundError or NotFound."""
    path = session.store or last_folder(settings_for(session).data_folder).store
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; `slt run` trades and keeps its trades there")
    sessions = sessions_in(path)
    if not sessions:
        raise NotFound(f"{path} holds no session yet; `slt run` makes one")
    return SqliteTradeStore(path, sessions[-1])


def warnings_of(settings: Settings) -> list[str]:
    """Say what was asked for and cannot be had."""
    is_slow = settings.structure == "native" and not IS_COMPILED
    return warnings(settings.without_effect_yet(), is_reference_forced=is_slow)


def opened_log(settings: Settings) -> FilteringBoundLogger:
    """Open the log, and say at once what was asked for and cannot be had."""
    log = open_log(
        WallClock(),
        level=settings.logs.level,
        is_json=settings.logs.is_json,
        secrets=settings.secret_values(),
    )
    for warning in warnings_of(settings):
        log.warning(warning)
    return log


def session_log(settings: Settings, header: SessionHeader) -> FilteringBoundLogger:
    """Open the log of a session, and say that it starts."""
    log = opened_log(settings).bind(session=header.session_id)
    log.info("session starts", engine=settings.structure if IS_COMPILED else "reference")
    return log


def key_of(settings: Settings) -> SigningKey:
    """Give the key of the account: Ed25519 where the secret names a PEM file. Raises SessionRefused."""
    if settings.binance_api_key is None or settings.binance_api_secret is None:
        raise SessionRefused(NO_KEY)
    name = Secret(settings.binance_api_key.get_secret_value())
    secret = settings.binance_api_secret.get_secret_value()
    try:
        if secret.endswith(PEM):
            return Ed25519Key(name, Secret(Path(secret).read_text(encoding="ascii")))
        return HmacKey(name, Secret(secret))
    except (OSError, ValueError) as error:
        raise SessionRefused(
            f"BINANCE_API_KEY and BINANCE_API_SECRET are no key: {type(error).__name__}"
        ) from None


def history_of(paths: Sequence[str], now_ms: int, symbols: Collection[str], follow: Follow) -> Past:
    """Read what happened in the days before now, as far as tapes tell. Raises TapeRefused, OSError."""
    return past_on([follow(tape) for tape in SHELF.open(paths, RepairPolicy.STANDARD)], now_ms, symbols)


def announce(lines: Iterable[str]) -> None:
    """Say something at once, beside what a command prints at its end."""
    for line in lines:
        sys.stderr.write(f"slt: {line}\n")


def live_log(settings: Settings, header: SessionHeader) -> FilteringBoundLogger:
    """Open the log of a session on a venue's own time, and say what the switches mean for it."""
    log = session_log(settings, header)
    for line in switches_of(settings):
        log.warning(line)
    return log


@contextmanager
def session_files(
    settings: Settings, header: SessionHeader, *, is_durable: bool = False
) -> Iterator[tuple[SessionFolder, FileJournal, SqliteTradeStore]]:
    """Open the folder, the journal and the store of a session. Raises OSError, JournalFailed, StoreFailed."""
    with (
        fresh_folder(settings.data_folder, header.session_id) as folder,
        FileJournal.create(folder.journal, header.as_json(), is_durable=is_durable) as journal,
        SqliteTradeStore(folder.store, header.session_id) as store,
    ):
        yield folder, journal, store


class BrokenOff(NamedTuple):
    """A live session that ended without a word: where it lies, and what it was."""

    folder: SessionFolder
    recorded: JournalFile
    header: SessionHeader


def broken_off(data_folder: Path, place: SessionPlace) -> BrokenOff | None:
    """Find the last session that traded an account from here; None when it left nothing open.

    Raises OSError, JournalFailed.
    """
    found: list[BrokenOff] = []
    for folder in session_folders(data_folder, LIVE):
        try:
            recorded = JournalFile(folder.journal)
            session = BrokenOff(folder, recorded, SessionHeader.read(recorded.header))
        except (FileNotFoundError, JournalDamaged):
            continue
        if SessionPlace.of(session.header) == place:
            found.append(session)
    found.sort(key=lambda session: started_at_ms(session.header), reverse=True)
    last = next((session for session in found if may_have_begun(session.recorded)), None)
    return None if last is None or last.recorded.is_finished else last


def may_have_begun(recorded: JournalFile) -> bool:
    """Tell whether a session traded, or whether nobody can tell any more."""
    try:
        return has_begun(recorded)
    except JournalDamaged:
        return True


@contextmanager
def files_of(broken: BrokenOff) -> Iterator[tuple[FileJournal, SqliteTradeStore]]:
    """Open journal and store of a session that broke off, to go on with them.

    Raises OSError, JournalFailed, JournalDamaged, StoreFailed.
    """
    with (
        resumed_folder(broken.folder),
        FileJournal.reopen(broken.folder.journal, is_durable=True) as journal,
        SqliteTradeStore(broken.folder.store, broken.header.session_id) as store,
    ):
        yield journal, store


class Recovered(NamedTuple):
    """A session decided again up to where it broke off; what was not written then is `unwritten`."""

    wiring: Wiring
    memory: SessionMemory
    tally: SessionTally
    unwritten: bytes
    is_over: bool


async def recovered(
    settings: Settings, broken: BrokenOff, store: TradeStore, cycle: LearningCycle | None
) -> Recovered:
    """Decide a session again that broke off, and remember what it had open. Raises CannotBeTakenOver."""
    which = f"version {broken.header.version} wrote its journal, this is {version(PRODUCT)}"
    try:
        differing = decisive_differences(settings_from_header(broken.header.settings), settings)
    except SettingsRefused as unknown:
        raise CannotBeTakenOver(f"its settings are not known here ({which}): {unknown}") from unknown
    if differing:
        raise CannotBeTakenOver(f"it had other settings ({'; '.join(differing)}); start with those")
    recorded, memory = RecordedSession(broken.recorded), SessionMemory()
    wiring = wired(
        settings,
        broken.header.instruments,
        broken.header.step_ms,
        memory.follow(recorded),
        recorded,
        memory,
        store,
        cycle,
        is_live=True,
        may_explore=may_explore(settings, broken.header),
    )
    try:
        tally = await wiring.session().run()
    except TradingHalt as halt:
        raise CannotBeTakenOver(f"it was halted: {halt}") from halt
    except ReplayDiffers as differs:
        raise CannotBeTakenOver(f"it cannot be decided again ({which}): {differs}") from differs
    is_over = recorded.is_whole and wiring.desk().is_idle
    return Recovered(wiring, memory, tally, recorded.unwritten, is_over)


async def halted(session: TradingSession, recorded: RecordedSession) -> TradingHalt | None:
    """Decide a recorded session again, and give what halted it then and now. Raises ReplayDiffers."""
    try:
        await session.run()
    except TradingHalt as halt:
        recorded.halt(halt)
        return halt
    return None


class VenueMarket(NamedTuple):
    """What is traded at a venue on loopback: tapes of one candle length, and their rules."""

    tapes: Sequence[CandleTape]
    instruments: Mapping[str, Instrument]
    first_ms: int
    length_ms: int


def made_up_venue_market(generator: GeneratorOptions, follow: Follow | None = None) -> VenueMarket:
    """Make up what a venue trades."""
    made_up = made_up_market(**asdict(generator))
    tapes = [GeneratedTape(made_up, symbol.name) for symbol in made_up.symbols]
    instruments = {symbol.name: instrument_of(symbol) for symbol in made_up.symbols}
    followed: Sequence[CandleTape] = tapes if follow is None else [follow(tape) for tape in tapes]
    return VenueMarket(followed, instruments, made_up.start_ms, made_up.candles * STEP_MS)


def recorded_venue_market(tapes: TapeOptions) -> VenueMarket:
    """Take recorded candles for what a venue trades. Raises TapeRefused, FileNotFoundError."""
    opened = SHELF.open(tapes.paths, tapes.policy)
    step_ms = common_step_ms(opened, opened[0].step_ms)
    windows = [TapeWindow(tape, tapes.from_ms, tapes.until_ms) for tape in opened]
    first = [candle.open_time_ms for window in windows for candle in islice(window.candles(), 1)]
    if not first:
        raise nothing_chosen(" ".join(tapes.paths))
    length = max(tape.read(tapes.from_ms, tapes.until_ms).length for tape in opened)
    return VenueMarket(windows, rules_of(opened, tapes.exchange_info), min(first), length * step_ms)


def exchange_of(
    settings: Settings,
    instruments: Mapping[str, Instrument],
    fates: StopFates | None = None,
    *,
    is_book_shown: bool = True,
) -> SimulatedExchange:
    """Give an exchange of our own, with the wallet, fees and funding of the settings."""
    rules = settings.venue
    contracts = {
        symbol: ContractTerms(
            instrument,
            liquidation_fee=rules.liquidation_fee,
            funding_rate=rules.funding_rate_per_interval,
            funding_interval_ms=rules.funding_interval_ms,
        )
        for symbol, instrument in instruments.items()
    }
    habits = ExchangeHabits(
        maker_fee=settings.costs.maker_fee,
        taker_fee=settings.costs.taker_fee,
        is_book_shown=is_book_shown,
        slippage=settings.costs.slippage,
        stuck_stop_every=rules.stuck_stop_every,
    )
    return SimulatedExchange(contracts, settings.wallet, habits, fates)


def venue_with(
    settings: Settings,
    market: VenueMarket,
    shift_ms: int,
    clock: VenueClock,
    faults: Faults,
    key_seed: int,
    step_ms: int,
) -> Venue:
    """Put a venue together: exchange, market, one key."""
    exchange = exchange_of(settings, market.instruments, StopFates(faults))
    played = Market(market.tapes, market.instruments, step_ms, shift_ms)
    return Venue(exchange, played, clock, [throw_away_key(key_seed)], faults, VenueSettings())


def venue_at_its_pace(settings: Settings, market: VenueMarket, options: VenueOptions) -> Venue:
    """Put a venue together whose history has passed: at its own pace in the time of this machine.

    Raises OSError, FaultsRefused, TapeRefused.
    """
    step_ms = market.tapes[0].step_ms
    opens_ms = market.first_ms + min(options.history_ms, market.length_ms // 2)
    shift_ms = 0
    if options.speed == 1.0:
        now_ms = WallClock().now_ms()
        shift_ms = (now_ms - opens_ms) // step_ms * step_ms
        opens_ms = now_ms
    left_ms = market.first_ms + shift_ms + market.length_ms - opens_ms
    chance = random.Random(options.key_seed)  # noqa: S311 - a seeded fault is no secret
    faults = Faults(faults_asked_for(options.faults, opens_ms, left_ms), chance)
    clock: VenueClock = SteppedClock(opens_ms)
    if options.speed is not None:
        clock = PacedClock(opens_ms, options.speed, time.monotonic)
    venue = venue_with(settings, market, shift_ms, clock, faults, options.key_seed, VENUE_STEP_MS)
    play_history(venue, opens_ms)
    return venue


def hours_of(run: RunOptions) -> float:
    """Tell how long the embedded venue is traded."""
    return EMBEDDED_HOURS if run.hours is None else run.hours


def source_of(run: RunOptions) -> dict[str, object]:
    """Tell what makes an embedded session the one it is."""
    faults = run.faults.read_text() if isinstance(run.faults, Path) else run.faults
    return {
        **asdict(run.generator),
        "hours": hours_of(run),
        "learn_days": run.learn_days,
        "faults": faults,
    }


def learns_from_history(settings: Settings, run: RunOptions) -> bool:
    """Tell whether an embedded session begins with what its market's history teaches."""
    is_asked = settings.confidence is None and not settings.disable_model_training
    return is_asked and run.learn_days > 0


def days_before(settings: Settings, run: RunOptions) -> int:
    """Tell how many days of history an embedded session has: to learn from, and to warm up on."""
    return max(WARM_UP_DAYS, run.learn_days if learns_from_history(settings, run) else 0)


def embedded_market(settings: Settings, run: RunOptions, follow: Follow) -> VenueMarket:
    """Make up what the embedded venue trades: its history, the session, and time to end it."""
    days = days_before(settings, run) + math.ceil((hours_of(run) + ENDING_HOURS) / 24)
    return made_up_venue_market(replace(run.generator, days=days), follow)


def embedded_venue(
    settings: Settings, market: VenueMarket, starts_ms: int, clock: VenueClock, run: RunOptions
) -> Venue:
    """Put the embedded venue together; its last hour before the session has passed."""
    ends_ms = starts_ms + round(hours_of(run) * HOUR_MS)
    played = market._replace(
        tapes=[
            TapeWindow(tape, starts_ms - HOUR_MS, ends_ms + ENDING_HOURS * HOUR_MS) for tape in market.tapes
        ]
    )
    chance = random.Random(run.generator.seed)  # noqa: S311 - a seeded fault is no secret
    faults = Faults(faults_asked_for(run.faults, starts_ms, ends_ms - starts_ms), chance)
    venue = venue_with(settings, played, 0, clock, faults, run.generator.seed, EMBEDDED_STEP_MS)
    play_history(venue, starts_ms)
    return venue


def recalled(market: VenueMarket, until_ms: int) -> list[tuple[str, Candle]]:
    """Give the candles of the days before a moment, in the order of time."""
    from_ms = until_ms - WARM_UP_DAYS * DAY_MS
    return list(merged_candles({tape.symbol: tape.candles(from_ms, until_ms) for tape in market.tapes}))


class ListeningVenue:
    """A venue that listens, driven from ordinary code."""

    def __init__(self, server: VenueServer, runner: RealTimeRunner, options: VenueOptions) -> None:
        self._server = server
        self._runner = runner
        self._options = options
        self._from_ms = server.venue.now_ms()
        self._start_wallet = server.venue.exchange.wallet().balance

    @property
    def opened(self) -> VenueOpened:
        """Where it listens."""
        server, (key,) = self._server, self._server.venue.keys.values()
        symbols = tuple(server.venue.exchange.contracts)
        addresses = server.rest_url, server.stream_url, server.ws_api_url
        return VenueOpened(*addresses, symbols, key.name, key.secret, self._from_ms, self._options.speed)

    def play(self) -> VenueSummary:
        """Let its market run until the tape ends or somebody asks for it. Raises TapeRefused."""
        self._runner.run(done_or_stopped(play_to_listeners(self._server, self._options.until_ms)))
        venue = self._server.venue
        exchange = venue.exchange
        return VenueSummary(
            self._from_ms,
            venue.now_ms(),
            dict(venue.calls.most_common()),
            dict(venue.faults.struck.most_common()),
            len(exchange.trades(None)),
            len(exchange.open_orders(None)) + len(exchange.open_stops(None)),
            sum(1 for position in exchange.positions() if position.amount),
            self._start_wallet,
            exchange.wallet().balance,
        )


class Trading(NamedTuple):
    """Where a live tape gets its news, who takes the orders, and what has to run meanwhile."""

    account: Sequence[TapeSource[Event]]
    market: Sequence[TapeSource[Event]]
    broker: Broker
    jobs: Sequence[Coroutine[Any, Any, None]]


@asynccontextmanager
async def on_account(
    lines: BinanceLines,
    client: BinanceClient,
    instruments: Mapping[str, Instrument],
    last: Mapping[str, Candle],
    memory: SessionMemory | None = None,
    *,
    pays_in_bnb: bool = False,
) -> AsyncIterator[Trading]:
    """Trade the account of the key, after the last known candles; go on with what is remembered, if asked."""
    account, inbox, prices = lines.account(client), NewsInbox[Event](), lines.prices(instruments)
    async with lines.broker(client, account, instruments) as broker:
        if memory is not None:
            broker.resume(memory, fees_paid_in="BNB" if pays_in_bnb else "")
        klines = lines.klines(client, instruments, last, broker)
        jobs = (klines.run(), prices.run(), account.run(), broker.run(), inbox.follow(broker))
        yield Trading([inbox], [candle_news(klines), price_news(prices)], broker, jobs)


@asynccontextmanager
async def on_paper(
    lines: BinanceLines, client: BinanceClient, exchange: SimulatedExchange, past: Past
) -> AsyncIterator[Trading]:
    """Trade an exchange of our own that follows the venue's market."""
    symbols, broker = exchange.contracts, ExchangeBroker(exchange)
    klines, prices = lines.klines(client, symbols, past.last, broker), lines.prices(symbols)
    feed = PaperFeed([candle_news(klines), quote_news(prices)], exchange, broker)
    yield Trading([feed], [], broker, (klines.run(), prices.run()))


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session in the time of a venue: what it is, what it remembers, and where it writes."""

    settings: Settings
    header: SessionHeader
    past: Past
    ends_after_s: float | None
    clock: Time
    recovered: Recovered | None = None

    async def trade(
        self, trading: Trading, journal: Journal, store: TradeStore, cycle: LearningCycle
    ) -> "LiveOutcome":
        """Trade and learn until the time is over or somebody asks.

        Raises AccountRefused, TradingHalt, JournalFailed, StoreFailed, Stopped when asked twice.
        """
        wiring = self._wired(cycle)
        wiring.journal.override(providers.Object(journal))
        wiring.broker.override(providers.Object(trading.broker))
        wiring.store.override(providers.Object(store))
        desk = wiring.desk()
        learning, learner = NewsInbox[Event](), wiring.learner()
        market = [learning, *trading.market]
        tape = LiveTape(trading.account, market, self.clock, desk, LiveTapeRules())
        past = RecalledTape(self.past.at_ms, self.past.candles, tape)
        wiring.feed.override(providers.Object(past))
        if self.ends_after_s is not None:
            asyncio.get_running_loop().call_later(self.ends_after_s, tape.stop)
        so_far = None if self.recovered is None else self.recovered.tally
        jobs = trading.jobs if learner is None else [*trading.jobs, learner.run(learning, self.clock)]
        with stop_then_end(tape.stop) as request, telling_what_stays_open(desk, self.header):
            tally = await with_all(wiring.session().run(so_far), jobs)
        return LiveOutcome(tally, desk, request.exit_code)

    def _wired(self, cycle: LearningCycle) -> Wiring:
        if self.recovered is not None:
            return self.recovered.wiring
        header, explores = self.header, may_explore(self.settings, self.header)
        return wired(
            self.settings,
            header.instruments,
            header.step_ms,
            cycle=cycle,
            is_live=True,
            may_explore=explores,
        )


def learning_file(settings: Settings) -> Path:
    """Tell where everything learned of a real market is kept."""
    return settings.data_folder / f"learning-{settings.venue.kind}.sqlite"


def learning_rules(settings: Settings) -> LearningRules:
    """Give the rules of learning; DISABLE_MODEL_TRAINING stops it."""
    learning = settings.learning
    is_enabled = learning.retrain.is_enabled and not settings.disable_model_training
    return replace(learning, retrain=replace(learning.retrain, is_enabled=is_enabled))


async def learning_beside(settings: Settings, kept: SqliteLearningStore) -> LearningCycle:
    """Go on learning from what is kept, beside a market that does not wait. Raises StoreFailed."""
    cycle = LearningCycle(
        kept.samples,
        kept.models,
        TrainingProcess(),
        ReviewProcess(compiled_forest, SeededChance),
        compiled_forest,
        learning_rules(settings),
    )
    await cycle.open()
    return cycle


async def learning_inline(settings: Settings, kept: SqliteLearningStore) -> LearningCycle:
    """Go on learning from what is kept, while the time of the tape stands still. Raises StoreFailed."""
    from adapters.xgboost.model_trainer import XGBoostTrainer  # noqa: PLC0415 - it takes a second to import

    rules, reviewer = learning_rules(settings), InlineReviewer(compiled_forest, SeededChance)
    cycle = LearningCycle(kept.samples, kept.models, XGBoostTrainer(), reviewer, compiled_forest, rules)
    await cycle.open()
    return cycle


def harvested(settings: Settings, market: VenueMarket, until_ms: int) -> list[LabelledSample]:
    """Look back over the history of a market: every setup, and what it would have given."""
    wiring = wired(settings, market.instruments, STEP_MS)
    harvest, samples = SampleHarvest(wiring.shadows()), list[LabelledSample]()
    for tape in market.tapes:
        samples += harvest.over((tape.symbol, candle) for candle in tape.candles(None, until_ms))
    return samples


@contextmanager
def telling_what_stays_open(desk: TradingDesk, header: SessionHeader) -> Iterator[None]:
    """Say what is still open when the session inside breaks off; of a desk that halted nobody knows."""
    try:
        yield
    except (asyncio.CancelledError, JournalFailed, StoreFailed):
        if left := desk.left_open:
            announce(still_open(left, is_paper=header.kind == PAPER).splitlines())
        raise


class LiveOutcome(NamedTuple):
    """A live session that is over; what a shell expects when somebody asked for the end."""

    tally: SessionTally
    desk: TradingDesk
    exit_code: int


async def on_paper_market(live: LiveSession, lines: BinanceLines, client: BinanceClient) -> SessionOutcome:
    """Follow a real market with made-up money."""
    settings, header = live.settings, live.header
    log = live_log(settings, header)
    announce(about_to_trade(settings, settings.wallet, header.instruments, is_warm=bool(live.past.candles)))
    exchange = exchange_of(settings, header.instruments)
    with (
        session_files(settings, header, is_durable=True) as (folder, journal, store),
        SqliteLearningStore(learning_file(settings)) as learning,
    ):
        cycle = await learning_beside(settings, learning)
        async with on_paper(lines, client, exchange, live.past) as trading:
            outcome = await live.trade(trading, LoggedJournal(journal, log), store, cycle)
        wallet = exchange.wallet().balance
        told = await ended(outcome, folder, journal, store, wallet, log, is_paper=True)
        return await with_learning(told, learning, settings)


class LivePlan(NamedTuple):
    """What was asked for: the settings, since when, for how long, and which tapes tell the past."""

    settings: Settings
    started_at_ms: int
    ends_after_s: float | None
    history: Sequence[str]
    follow: Follow


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """An account at a venue, about to be traded: by a new session, or by one that broke off and goes on.

    Whatever would keep a new session from beginning is no reason to leave what is open unwatched.
    """

    lines: BinanceLines
    client: BinanceClient
    place: SessionPlace
    seen: AccountSeen
    contracts: Contracts
    plan: LivePlan

    async def trade(self, *, is_fresh: bool) -> SessionOutcome:
        """Take over what broke off if that can be, else begin on a clean account.

        Raises AccountRefused and VenueRefused with what can be done, and whatever ends a session early.
        """
        settings = self.plan.settings
        why_not = f"no session in {settings.data_folder} knows of them"
        broken = broken_off(settings.data_folder, self.place)
        if broken is not None and is_fresh:
            why_not = f"leave --fresh out to take over the session {broken.header.session_id}"
        elif broken is not None:
            try:
                return await self._go_on(broken)
            except (CannotBeTakenOver, JournalDamaged) as cannot:
                why_not = f"the session {broken.header.session_id} cannot be taken over: {cannot}"
                announce([f"{why_not}; a new session begins on a clean account only"])
        try:
            return await self._begin()
        except AccountRefused as refused:
            raise AccountRefused(f"{refused}; {why_not}") from refused

    async def _begin(self) -> SessionOutcome:
        live = self._new_session()
        settings, header = live.settings, live.header
        log = live_log(settings, header)
        is_warm = bool(live.past.candles)
        announce(about_to_trade(settings, self.seen.wallet, header.instruments, is_warm=is_warm))
        with (
            session_files(settings, header, is_durable=True) as (folder, journal, store),
            SqliteLearningStore(learning_file(settings)) as learning,
        ):
            cycle = await learning_beside(settings, learning)
            async with on_account(self.lines, self.client, header.instruments, live.past.last) as trading:
                outcome = await live.trade(trading, LoggedJournal(journal, log), store, cycle)
            told = await ended(outcome, folder, journal, store, outcome.desk.wallet, log)
            return await with_learning(told, learning, settings)

    def _new_session(self) -> LiveSession:
        """Give a session that has not begun. Raises VenueRefused when none may."""
        plan, symbols = self.plan, self.plan.settings.binance.symbol_names
        require_no_hindrance(hindrances(self.contracts, symbols, self.seen))
        instruments = {symbol: self.contracts.instruments[symbol] for symbol in symbols}
        past = history_of(plan.history, plan.started_at_ms, instruments, plan.follow)
        source = {
            "venue": self.place.venue,
            "started_at_ms": plan.started_at_ms,
            "history": list(plan.history),
            "account": self.place.account,
        }
        header = header_of(LIVE, plan.settings, instruments, STEP_MS, source)
        return LiveSession(plan.settings, header, past, plan.ends_after_s, self.client.clock)

    async def _go_on(self, broken: BrokenOff) -> SessionOutcome:
        """Take a session over: decide it again, ask the venue what was missed, and trade on."""
        settings, header = self.plan.settings, broken.header
        log = live_log(settings, header)
        with files_of(broken) as (journal, store), SqliteLearningStore(learning_file(settings)) as learning:
            cycle = await learning_beside(settings, learning)
            found = await recovered(settings, broken, store, cycle)
            memory = found.memory
            if found.is_over:
                journal.finish()
                raise CannotBeTakenOver("it is over, and left nothing open")
            if memory.last_at_ms > self.client.clock.now_ms() + CLOCK_SLACK_MS:
                raise CannotBeTakenOver(f"it ends at {memory.last_at_ms} ms, which is yet to come")
            reasons = hindrances(self.contracts, header.instruments, self.seen)
            if memory.is_quiet:
                require_no_hindrance(reasons)
            journal.note(found.unwritten)
            announce(about_the_takeover(header.session_id, memory, broken.folder.path))
            announce(f"{reason}; what is open is seen out all the same" for reason in reasons)
            announce(about_to_trade(settings, self.seen.wallet, header.instruments, is_warm=True))
            past, ends_after_s = Past(memory.last_at_ms, ()), self.plan.ends_after_s
            live = LiveSession(settings, header, past, ends_after_s, self.client.clock, found)
            rules = {**header.instruments, **memory.instruments}
            bnb = self.seen.pays_in_bnb
            async with on_account(
                self.lines, self.client, rules, memory.candles, memory, pays_in_bnb=bnb
            ) as trading:
                outcome = await live.trade(trading, LoggedJournal(journal, log), store, cycle)
            told = await ended(outcome, broken.folder, journal, store, outcome.desk.wallet, log)
            return await with_learning(told, learning, settings)


async def ended(
    outcome: LiveOutcome,
    folder: SessionFolder,
    journal: FileJournal,
    store: TradeStore,
    end_wallet: Decimal,
    log: FilteringBoundLogger,
    *,
    is_paper: bool = False,
) -> SessionOutcome:
    """Sum up a session at a market, and say in its journal that it left nothing open.

    Raises SessionUnfinished when it did, TradingHalt when the book is not the venue's.
    """
    if not outcome.tally.marks:
        raise SessionUnfinished(NOT_BEGUN)
    if not outcome.desk.is_idle:
        raise SessionUnfinished(still_open(outcome.desk.left_open, is_paper=is_paper))
    report = await reported(outcome, store, outcome.tally.marks[0].wallet, end_wallet)
    journal.finish()
    log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
    notices = tuple(after_a_session(report, folder.journal))
    return SessionOutcome(report, {}, folder.journal, folder.store, notices, outcome.exit_code)


async def with_learning(
    outcome: SessionOutcome, kept: SqliteLearningStore, settings: Settings
) -> SessionOutcome:
    """Tell, too, where learning stands after a session. Raises StoreFailed."""
    return outcome._replace(learning=await archive_in(kept, settings).status())


def may_explore(settings: Settings, header: SessionHeader) -> bool:
    """Tell whether a session may trade without a model of proven skill."""
    return header.kind != LIVE or settings.explore_live


async def reported(
    outcome: LiveOutcome, store: TradeStore, start_wallet: Decimal, end_wallet: Decimal
) -> SessionReport:
    """Sum up a live session. Raises TradingHalt when the book is not the venue's."""
    if outcome.desk.wallet != end_wallet:
        raise TradingHalt(f"the book says {outcome.desk.wallet}, the venue {end_wallet}")
    trades, decisions = await store.trades(), await store.decisions()
    return build_report(outcome.tally, trades, decisions, start_wallet, end_wallet)


def is_made_up(one: LabelledSample) -> bool:
    """Tell whether a setup was found in a market of our own."""
    return one.sample.symbol in SIMULATED_NAMES


def learning_asked(settings: Settings, file: Path | None) -> Path:
    """Find the learning file that is meant. Raises FileNotFoundError with what makes one."""
    path, made_by = file, "`slt learn bootstrap TAPE...` makes one from recorded candles"
    if path is None and settings.venue.kind is VenueKind.EMBEDDED:
        path = last_folder(settings.data_folder).learning
        made_by = f"`slt run` learns there, and {made_by}"
    path = path or learning_file(settings)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; {made_by}")
    return path


def archive_in(kept: SqliteLearningStore, settings: Settings) -> LearningArchive:
    """Read what is kept by the rules of the settings."""
    learning = learning_rules(settings)
    calibration = learning.training.calibration
    rules = StatusRules(learning.trial, learning.retrain, calibration, learning.most_samples)
    return LearningArchive(kept.samples, kept.models, compiled_forest, rules)


def evidence_in(kept: SqliteLearningStore, settings: Settings) -> EvidenceSearch:
    """Look for everything that speaks for and against what was learned."""
    from adapters.xgboost.contributions import XGBoostContributions  # noqa: PLC0415 - a second to import
    from adapters.xgboost.model_trainer import XGBoostTrainer  # noqa: PLC0415 - the same

    trainer, explainer = XGBoostTrainer(), XGBoostContributions()
    rules = learning_rules(settings)
    return EvidenceSearch(kept.samples, kept.models, trainer, compiled_forest, explainer, rules)


@asynccontextmanager
async def by_hand(learning: LearningOptions) -> AsyncIterator[tuple[LearningByHand, int]]:
    """Give a hand in learning, and the present moment: that of the file, except at a real market."""
    settings = settings_for(learning.session)
    opened_log(settings)
    is_made_up = settings.venue.kind is VenueKind.EMBEDDED
    with SqliteLearningStore(learning_asked(settings, learning.file)) as kept:
        cycle = await learning_inline(settings, kept)
        last_ms = await last_moment_ms(kept.samples, kept.models, settings.learning.most_samples)
        now_ms = last_ms if is_made_up else max(WallClock().now_ms(), last_ms)
        rules = learning_rules(settings).retrain
        yield LearningByHand(kept.samples, kept.models, cycle, rules), now_ms


def require_training(settings: Settings) -> None:
    """Refuse to train where that is switched off. Raises SessionRefused."""
    if settings.disable_model_training:
        raise SessionRefused("DISABLE_MODEL_TRAINING is set; unset it to train a model")


def store_of(session: SessionOptions, trade_id: str) -> tuple[ClosedTrade | None, list[DecisionRecord]]:
    """Look a trade or a setup up in the store of trades, where there is one."""
    try:
        store = last_store(session)
    except (FileNotFoundError, NotFound):
        return None, []
    with store:
        trades, decisions = asyncio.run(store.trades()), asyncio.run(store.decisions())
    trade = next((one for one in trades if one.trade_id == trade_id), None)
    return trade, decisions_on_setup(setup_behind(trade_id), decisions)


class History(NamedTuple):
    """Recorded candles that are to be looked back over."""

    settings: Settings
    tapes: Sequence[AuditedTape]
    options: TapeOptions

    def harvested(self) -> tuple[list[LabelledSample], HarvestSummary]:
        """Find every setup, and what it would have given. Raises TapeRefused, NotFound without any."""
        rules = self.settings.structure_rules
        step_ms = common_step_ms(self.tapes, rules.base_step_ms)
        instruments = rules_of(self.tapes, self.options.exchange_info)
        harvest = SampleHarvest(wired(self.settings, instruments, step_ms).shadows())
        is_fast = self.settings.structure == "native" and IS_COMPILED
        samples: list[LabelledSample] = []
        for tape in self.tapes:
            reading = tape.read(self.options.from_ms, self.options.until_ms)
            if is_fast:
                scout = NativeScout(step_ms, self.settings.setup, rules)
                samples += harvest.over_runs(tape.symbol, reading.runs(NativeRunMaker()), scout)
            else:
                samples += harvest.over((tape.symbol, candle) for candle in reading.candles)
        if not samples:
            raise NotFound(
                "no setup came to an end in these candles; give more, or --set relaxed_signal_mode=true"
            )
        return samples, harvest.summary


def split_of(samples: Sequence[LabelledSample], taught_share: float) -> int:
    """Give the moment up to which samples teach."""
    first_ms = min(one.sample.decided_at_ms for one in samples)
    last_ms = max(one.outcome.resolved_at_ms for one in samples)
    return first_ms + round((last_ms - first_ms) * taught_share)


@contextmanager
def new_learning_file(path: Path) -> Iterator[Path]:
    """Give a place beside, which takes the name when all went well. Raises StoreFailed if it is taken."""
    if path.exists():
        raise StoreFailed(f"{path} holds learning already; give another --file, or move it away first")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield beside
        beside.replace(path)
    finally:
        for left in (beside, Path(f"{beside}-wal"), Path(f"{beside}-shm")):
            left.unlink(missing_ok=True)


class LearningJobs:
    """Every job of learning; each opens the learning file, and lets go of it."""

    def version(self) -> str:
        """Tell the product's version and how it is running."""
        return version(PRODUCT) if IS_COMPILED else f"{version(PRODUCT)} (without its compiled module)"

    def learning_status(self, learning: LearningOptions) -> LearningTold:
        """Tell where learning stands."""
        settings = settings_for(learning.session)
        opened_log(settings)
        if learning.report is not None:
            require_place(learning.report.resolve(), REPORT_BYTES)
        return asyncio.run(self._told(settings, learning_asked(settings, learning.file), learning.report))

    async def _told(self, settings: Settings, path: Path, report: Path | None) -> LearningTold:
        with SqliteLearningStore(path) as kept:
            status = await archive_in(kept, settings).status()
            warnings = [MADE_UP_SETUPS for one in await kept.samples.resolved(1) if is_made_up(one)]
            if report is None:
                return LearningTold(path, status, tuple(warnings))
            evidence = await evidence_in(kept, settings).gather(status, SeededChance(1))
        made_by = f"Made by slt {self.version()} from {path.name}."
        print_page(learning_page(evidence, warnings, [made_by]), report)
        notices = (*warnings, f"{report}: the report, to be opened in a browser")
        return LearningTold(path, status, notices, evidence)

    def explain(self, learning: LearningOptions, trade_id: str) -> ExplainedTrade:
        """Take apart what a model thought of a trade. Raises NothingToExplain."""
        from adapters.xgboost.contributions import XGBoostContributions  # noqa: PLC0415 - a second to import

        settings = settings_for(learning.session)
        trade, decisions = store_of(learning.session, trade_id)
        rules = settings.learning
        path = learning_asked(settings, learning.file)
        with SqliteLearningStore(path) as kept:
            explainer = ModelExplainer(
                kept.samples,
                kept.models,
                compiled_forest,
                XGBoostContributions(),
                rules.training.calibration.bound_z,
                rules.watch.drift,
            )
            try:
                explanation = asyncio.run(explainer.explain(setup_behind(trade_id), decisions))
            except NothingToExplain as nothing:
                raise NothingToExplain(f"{path}: {nothing}") from nothing
        return ExplainedTrade(explanation, trade, decisions)

    def train(self, learning: LearningOptions) -> LearningDone:
        """Train a challenger now. Raises SessionRefused where training is switched off."""
        require_training(settings_for(learning.session))

        async def trained() -> Done:
            async with by_hand(learning) as (hand, now_ms):
                return await hand.train(now_ms)

        return self._done(learning, trained())

    def promote(self, learning: LearningOptions, *, is_by_hand: bool) -> LearningDone:
        """Have the challenger on trial tested now, or seat it without proof. Raises NothingToDo."""

        async def promoted() -> Done:
            async with by_hand(learning) as (hand, now_ms):
                return await (hand.seat_by_hand(now_ms) if is_by_hand else hand.promote(now_ms))

        return self._done(learning, promoted())

    def roll_back(self, learning: LearningOptions) -> LearningDone:
        """Send the champion away. Raises NothingToDo."""

        async def rolled_back() -> Done:
            async with by_hand(learning) as (hand, now_ms):
                return await hand.roll_back(now_ms)

        return self._done(learning, rolled_back())

    def _done(self, learning: LearningOptions, step: Coroutine[Any, Any, Done]) -> LearningDone:
        done = asyncio.run(step)
        settings = settings_for(learning.session)
        path = learning_asked(settings, learning.file)
        is_of_a_session = path == last_folder(settings.data_folder).learning
        notice = about_a_step_by_hand(settings.learning.look_every, is_of_a_session=is_of_a_session)
        return LearningDone(path, done, (notice,) if done.happened else ())

    def bootstrap(
        self, tapes: TapeOptions, learning: LearningOptions, taught_share: float, follow: Follow
    ) -> LearningBegun:
        """Begin learning with recorded candles, in a file of its own."""
        settings = settings_for(learning.session)
        require_training(settings)
        opened_log(settings)
        if learning.report is not None:
            require_place(learning.report.resolve(), REPORT_BYTES)
        path = learning.file or learning_file(settings)
        with new_learning_file(path) as beside:
            opened = [follow(tape) for tape in SHELF.open(tapes.paths, tapes.policy)]
            samples, summary = History(settings, opened, tapes).harvested()
            begun = asyncio.run(self._begun(settings, beside, samples, taught_share))
        told = asyncio.run(self._told(settings, path, learning.report))
        notices = (
            f"{path}: what was learned; `slt learn status --file {path}` tells it again",
            *told.notices,
        )
        return LearningBegun(summary, begun, told._replace(notices=notices))

    async def _begun(
        self, settings: Settings, path: Path, samples: list[LabelledSample], taught_share: float
    ) -> Bootstrapped:
        with SqliteLearningStore(path) as kept:
            cycle = await learning_inline(settings, kept)
            return await bootstrap_learning(samples, split_of(samples, taught_share), cycle)


class Service(LearningJobs):
    """Every job of the product; each wires what it needs, runs it, and lets go of it."""

    def run(self, run: RunOptions, session: SessionOptions, follow: Follow) -> SessionOutcome:
        """Trade on the venue that the settings name until it is over, or somebody asks for the end."""
        settings = settings_for(session)
        why_not = why_not_run(
            settings,
            has_history=bool(run.history),
            has_faults=run.faults is not None,
            is_confirmed=run.is_confirmed,
            is_fresh=run.is_fresh,
        )
        if why_not is not None:
            raise SessionRefused(why_not)
        if settings.venue.kind is VenueKind.EMBEDDED:
            return self._run_embedded(run, settings, follow)
        return run_in_real_time(self._at_market(run, settings, follow))

    def _run_embedded(self, run: RunOptions, settings: Settings, follow: Follow) -> SessionOutcome:
        with asyncio.Runner(loop_factory=QuietTimeLoop) as runner:
            return runner.run(self._embedded(run, settings, follow))

    async def _embedded(self, run: RunOptions, settings: Settings, follow: Follow) -> SessionOutcome:
        """Trade a venue of our own, on a loop whose time is the venue's."""
        seconds_of = asyncio.get_running_loop().time
        market = embedded_market(settings, run, follow)
        starts_ms = market.first_ms + days_before(settings, run) * DAY_MS
        clock = RunningClock(starts_ms, seconds_of)
        venue = embedded_venue(settings, market, starts_ms, PacedClock(starts_ms, 1.0, seconds_of), run)
        past = Past(starts_ms, recalled(market, starts_ms))
        (key,) = venue.keys.values()
        async with opened_venue(venue, 0, seconds_of) as server:
            lines = lines_to(
                server.rest_url,
                server.stream_url,
                HmacKey(Secret(key.name), Secret(key.secret)),
                clock,
                seconds_of,
                settings,
                EMBEDDED_LOOK_S,
            )
            async with lines.client() as client:
                instruments = await instruments_at(client, market.instruments)
                header = header_of("run", settings, instruments, STEP_MS, source_of(run))
                log = live_log(settings, header)
                live = LiveSession(settings, header, past, hours_of(run) * SECONDS_AN_HOUR, client.clock)
                with (
                    session_files(settings, header) as (folder, journal, store),
                    SqliteLearningStore(folder.learning) as learning,
                ):
                    cycle = await learning_inline(settings, learning)
                    if learns_from_history(settings, run):
                        split_ms = market.first_ms + run.learn_days * DAY_MS * TAUGHT_PARTS // HISTORY_PARTS
                        await bootstrap_learning(harvested(settings, market, starts_ms), split_ms, cycle)
                    async with on_account(lines, client, instruments, past.last) as trading:
                        beside = trading._replace(jobs=(*trading.jobs, server.run()))
                        outcome = await live.trade(beside, journal, store, cycle)
                    learned = await archive_in(learning, settings).status()
                    wallet = venue.exchange.wallet().balance
                    report = await reported(outcome, store, settings.wallet, wallet)
        log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
        notices = (
            *about_the_market(run.generator),
            *about_the_faults(venue.faults.struck),
            *next_commands(report, folder.journal),
        )
        told = SessionOutcome(report, {}, folder.journal, folder.store, notices, outcome.exit_code)
        return told._replace(learning=learned)

    async def _at_market(self, run: RunOptions, settings: Settings, follow: Follow) -> SessionOutcome:
        """Trade a market that is real, or runs as if it were: with our account there or on paper."""
        is_live, clock = settings.mode is Mode.LIVE, WallClock()
        rest_url, stream_url = addresses_of(settings)
        key = key_of(settings) if is_live else None
        lines = lines_to(rest_url, stream_url, key, clock, time.monotonic, settings)
        async with lines.client() as client:
            seconds = None if run.hours is None else run.hours * SECONDS_AN_HOUR
            if is_live:
                contracts, seen = await contracts_at(client), await account_at(client)
                place = SessionPlace(rest_url, seen.name)
                plan = LivePlan(settings, clock.now_ms(), seconds, run.history, follow)
                with only_here(settings.data_folder, f"account-{place.mark}"):
                    account = LiveAccount(lines, client, place, seen, contracts, plan)
                    return await account.trade(is_fresh=run.is_fresh)
            instruments = await instruments_at(client, settings.binance.symbol_names)
            past = history_of(run.history, clock.now_ms(), instruments, follow)
            source = {"venue": rest_url, "started_at_ms": clock.now_ms(), "history": list(run.history)}
            header = header_of(PAPER, settings, instruments, STEP_MS, source)
            live = LiveSession(settings, header, past, seconds, client.clock)
            return await on_paper_market(live, lines, client)

    def backtest(
        self,
        tapes: TapeOptions,
        session: SessionOptions,
        follow: Follow,
        told: ReportOptions | None = None,
    ) -> SessionOutcome:
        """Trade recorded candles."""
        if told is not None:
            require_place(told.path.resolve(), REPORT_BYTES)
        settings, opened = settings_for(session), SHELF.open(tapes.paths, tapes.policy)
        instruments = rules_of(opened, tapes.exchange_info)
        step_ms = common_step_ms(opened, settings.structure_rules.base_step_ms)
        source = {"tapes": list(tapes.paths), "from_ms": tapes.from_ms, "until_ms": tapes.until_ms}
        header = header_of("backtest", settings, instruments, step_ms, source)
        log = session_log(settings, header)
        readings = {tape.symbol: follow(tape).read(tapes.from_ms, tapes.until_ms) for tape in opened}
        is_looked_over = session.journal is not None or session.learning is not None
        is_scouted = not is_looked_over and settings.structure == "native" and IS_COMPILED
        market_of = scouted_market if is_scouted else every_candle
        market = market_of(settings, readings, step_ms, " ".join(tapes.paths))
        with ExitStack() as files:
            journal, store = journal_and_store(session, header, files)
            learning = None
            if session.learning is not None:
                learning = files.enter_context(SqliteLearningStore(session.learning))
                require_older(learning, session.learning, opened, tapes, settings.learning.most_samples)
            report = play(settings, header, market, journal, store, learning=learning)
            learned = None
            if learning is not None:
                learned = asyncio.run(archive_in(learning, settings).status())
        log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
        audits = {symbol: reading.audit for symbol, reading in readings.items()}
        notices = tuple(
            f"{symbol}: {line}" for symbol, audit in audits.items() for line in audit_lines(audit)
        )
        if told is not None:
            again = [follow(tape) for tape in opened]
            page = page_of(report, settings, header, again, tapes, told.trials)
            print_page(page, told.path)
            notices = (*notices, page.lead[0].text, f"{told.path}: the report, to be opened in a browser")
        outcome = SessionOutcome(report, audits, session.journal, session.store, notices)
        return outcome._replace(learning=learned)

    def walk_forward(
        self, tapes: TapeOptions, walk: WalkOptions, session: SessionOptions, follow: Follow
    ) -> Iterator[WalkStep | WalkForwardReport]:
        """Learn on what is over, trade what comes after; every training, then what all of it comes to."""
        settings = settings_for(session)
        if settings.confidence is not None:
            raise SessionRefused(NOTHING_TO_LEARN)
        if walk.report is not None:
            require_place(walk.report.resolve(), REPORT_BYTES)
        history = history_on(tapes, settings, follow)
        session_log(settings, history.header)
        samples, setups = history.setups()
        rules, steps = walk_rules(settings, walk), list[WalkStep]()
        for step in walked(samples, rules):
            steps.append(step)
            yield step
        trials = SeatTrials(samples, compiled_forest, rules, SeededChance(walk.seed)).history(steps)
        judged = [one.labelled.sample for step in steps for one in step.judged]
        report = report_on(
            seed=walk.seed,
            setups=setups,
            steps=steps,
            at_random=history.random_trades(judged, walk.seed),
            trials=trials,
            traded=tuple(traded_ways(history, steps, trials, walk.seed)),
            chance=SeededChance(walk.seed),
            least_size=rules.trial.gate.least_effective_size,
            warnings=[MADE_UP] if SIMULATED_NAMES.intersection(history.header.instruments) else [],
        )
        if walk.report is not None:
            print_walk(report, history, walk.report)
        yield report

    def replay(self, journal: Path) -> ReplayOutcome:
        """Decide a recorded session again."""
        recorded = JournalFile(journal)
        header = SessionHeader.read(recorded.header)
        session, store = RecordedSession(recorded), MemoryTradeStore()
        settings = settings_from_header(header.settings)
        wiring = wired(
            settings,
            header.instruments,
            header.step_ms,
            session,
            session,
            session,
            store,
            may_explore=may_explore(settings, header),
        )
        halt = asyncio.run(halted(wiring.session(), session))
        notices = [] if header.version == version(PRODUCT) else [f"recorded by version {header.version}"]
        if halt is not None:
            notices.append(f"the session was halted, and so is this: {halt}")
        elif not session.is_whole:
            notices.append("the journal breaks off before the session's end; compared as far as it goes")
        trades = len(asyncio.run(store.trades()))
        return ReplayOutcome(session.compared, trades, (*notices, *warnings_of(settings)))

    def features(
        self, tapes: TapeOptions, frames: Mapping[str, str], out: Path, follow: Follow
    ) -> FeatureExport:
        """Write the twelve features of one tape."""
        settings, tape = settings_for(SessionOptions(frames)), SHELF.open_one(tapes.paths, tapes.policy)
        opened_log(settings)
        rules = settings.structure_rules
        return export_features(
            tape.symbol,
            not_empty(follow(tape).candles(tapes.from_ms, tapes.until_ms), tape.symbol),
            AGGREGATORS[settings.structure](common_step_ms([tape], rules.base_step_ms), rules.base_step_ms),
            rules.base_step_ms,
            ENGINES[settings.structure](rules),
            FeatureFile(out),
        )

    def inspect(self, tapes: TapeOptions, follow: Follow) -> list[TapeInspection]:
        """Look tapes over from end to end."""
        return [
            inspect_tape(follow(tape), tapes.from_ms, tapes.until_ms)
            for tape in SHELF.open(tapes.paths, tapes.policy)
        ]

    def convert(self, tapes: TapeOptions, into_ms: int | None, out: Path, follow: Follow) -> TapeConversion:
        """Put one tape on file as Parquet, in longer candles if asked."""
        tape = SHELF.open_one(tapes.paths, tapes.policy)
        lengthening = None if into_ms is None else lengthening_of(tape, into_ms)
        return convert_tape(follow(tape), ParquetSink(out), tapes.from_ms, tapes.until_ms, lengthening)

    def generate(self, generator: GeneratorOptions, folder: Path) -> Iterator[TapeGenerated]:
        """Put a made-up market on file, a Parquet file a symbol."""
        made_up = made_up_market(**asdict(generator))
        folder.mkdir(parents=True, exist_ok=True)
        for symbol in made_up.symbols:
            path = folder / f"{symbol.name}-1m-seed{generator.seed}.parquet"
            places = DecimalPlaces(symbol.price_decimals, symbol.volume_decimals)
            sink = ParquetSink(path, places, note=f"made up: {asdict(generator)}")
            yield from generate_tapes([(GeneratedTape(made_up, symbol.name), sink)])

    @contextmanager
    def venue(
        self, market: TapeOptions | GeneratorOptions, venue: VenueOptions, session: SessionOptions
    ) -> Iterator[ListeningVenue]:
        """Open a venue on loopback whose prices come from tapes or are made up."""
        settings = settings_for(session)
        opened_log(settings)
        traded = (
            made_up_venue_market(market)
            if isinstance(market, GeneratorOptions)
            else recorded_venue_market(market)
        )
        at_its_pace = venue_at_its_pace(settings, traded, venue)
        with RealTimeRunner() as runner:
            files = AsyncExitStack()
            server = runner.run(files.enter_async_context(opened_venue(at_its_pace, venue.port)))
            try:
                yield ListeningVenue(server, runner, venue)
            finally:
                runner.run(files.aclose())

    def faults(self) -> Mapping[str, str]:
        """Tell every fault a venue can have, and what it does."""
        return FAULTS

    def trades(self, session: SessionOptions) -> list[ClosedTrade]:
        """Give the closed trades of the store's last session."""
        with last_store(session) as store:
            return asyncio.run(store.trades())

    def why(self, session: SessionOptions, trade_id: str) -> tuple[ClosedTrade, list[DecisionRecord]]:
        """Give one closed trade and everything decided on its setup. Raises NotFound."""
        with last_store(session) as store:
            trades, decisions = asyncio.run(store.trades()), asyncio.run(store.decisions())
        for trade in trades:
            if trade.trade_id == trade_id:
                return trade, decisions_on(trade, decisions)
        raise NotFound(f"no trade {trade_id}; `slt trades` lists those there are")


def main() -> None:
    """Run the command line; what goes wrong is told in one line and by the exit code."""
    stop_at_once()
    try:
        build_app(Service())()
    except Stopped as stopped:
        sys.stderr.write(f"slt: {stopped}\n")
        sys.exit(stopped.exit_code)
    except tuple(EXIT_CODES) as error:
        sys.stderr.write(f"slt: {in_words(error)}\n")
        sys.exit(next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind)))
