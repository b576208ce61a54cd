"""The composition root: settings in, wired service out; the entry of the command `slt`."""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from dependency_injector import containers, providers
from structlog.typing import FilteringBoundLogger

from adapters.archive.archive_file import CSV, ZIP
from adapters.archive.archive_part import ArchivePart
from adapters.binance.exchange_info import read_instruments
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import STEP_MS, made_up_market
from adapters.generator.venue_rules import instrument_of
from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.logs.log import open_log
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.parquet.feature_file import FeatureFile
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import SettingsRefused, load_settings, settings_from_header
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_broker import SimulatedBroker
from adapters.simulated.simulated_feed import SimulatedFeed
from adapters.simulated.simulated_venue import SimulatedVenue
from adapters.simulated.venue_terms import VenueTerms
from adapters.sqlite.trade_store import SqliteTradeStore, sessions_in
from adapters.system.clock import TapeClock, WallClock
from adapters.system.session_folder import fresh_folder, last_folder
from adapters.system.stop_signal import Stopped, done_or_stopped, stop_at_once, stop_when_ready
from adapters.system.tape_files import files_at
from adapters.terminal.app import build_app
from adapters.terminal.notices import about_the_market, next_commands, warnings
from adapters.terminal.tape_commands import audit_lines
from adapters.terminal.workbench import (
    Follow,
    GeneratorOptions,
    ReplayOutcome,
    SessionOptions,
    SessionOutcome,
    TapeOptions,
    VenueOpened,
    VenueOptions,
    VenueSummary,
)
from adapters.venue.fault_file import read_faults
from adapters.venue.faults import FAULTS, Faults, FaultSwitch, StopFates, seeded_schedule
from adapters.venue.market import Market
from adapters.venue.open_venue import opened_venue, play_history, play_to_listeners
from adapters.venue.tape_window import TapeWindow
from adapters.venue.throw_away_key import throw_away_key
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock, SteppedClock, VenueClock
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.feature_export import FeatureExport, export_features
from application.market_minutes import EveryCandle, MarketMinutes
from application.market_tape import merged_candles, not_empty, nothing_chosen
from application.ports.beliefs import Beliefs
from application.ports.broker import Broker
from application.ports.candle_aggregator import CandleAggregator
from application.ports.candle_sink import SinkFailed
from application.ports.candle_tape import AuditedTape, CandleTape, TapeReading, TapeRefused
from application.ports.clock import Clock
from application.ports.feed import Feed
from application.ports.journal import Journal, JournalDamaged, JournalFailed
from application.ports.structure_engine import StructureEngine
from application.ports.trade_store import DecisionRecord, StoreFailed, TradeStore
from application.replay import RecordedSession, ReplayDiffers
from application.scouted_market import ScoutedMarket
from application.session_header import SessionHeader
from application.session_report import SessionReport, build_report
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.tape_conversion import Lengthening, TapeConversion, convert_tape
from application.tape_generation import TapeGenerated, generate_tapes
from application.tape_inspection import TapeInspection, inspect_tape
from application.tape_shelf import TapeKind, TapeShelf, common_step_ms
from application.trade_story import decisions_on
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.halt import TradingHalt
from domain.learning.fixed_confidence import FixedConfidence
from domain.learning.no_model import NoModel
from domain.learning.structure_score import StructureScore
from domain.market import candle_aggregator
from domain.market.instrument import Instrument, instrument_seen_on
from domain.orders.order_validator import OrderValidator
from domain.position.closed_trade import ClosedTrade
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.structure import structure_engine
from domain.structure.structure_config import StructureConfig

EngineMaker = Callable[[StructureConfig], StructureEngine]
AggregatorMaker = Callable[[int, int], CandleAggregator]

try:
    from adapters.native.candle_aggregator import NativeCandleAggregator
    from adapters.native.candle_run import NativeRunMaker
    from adapters.native.scout import NativeScout
    from adapters.native.structure_engine import NativeStructureEngine
except ImportError:
    IS_COMPILED = False
    compiled_engine: EngineMaker = structure_engine.StructureEngine
    compiled_aggregator: AggregatorMaker = candle_aggregator.CandleAggregator
else:
    IS_COMPILED = True
    compiled_engine = NativeStructureEngine
    compiled_aggregator = NativeCandleAggregator

PRODUCT: Final = "selflearningtrader"
SHELF: Final = TapeShelf([TapeKind((".parquet",), ParquetPart), TapeKind((ZIP, CSV), ArchivePart)], files_at)
CANDLES_TO_KNOW_A_GRID: Final = 2_000
VENUE_STEP_MS: Final = 250


class NotFound(Exception):
    """What was asked for is not there; the message names the command that helps."""


class FaultsRefused(Exception):
    """A file of faults cannot be used; the message says which entry and why."""


EXIT_CODES: Final[Mapping[type[Exception], int]] = {
    SettingsRefused: 4,
    FileNotFoundError: 3,
    OSError: 1,
    NotFound: 3,
    FaultsRefused: 4,
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


def beliefs_for(confidence: float | str | None) -> Beliefs:
    """Give what stands in for the model: nothing, a number, or a score of the structure."""
    if confidence is None:
        return NoModel()
    return StructureScore() if isinstance(confidence, str) else FixedConfidence(confidence)


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
    beliefs: providers.Provider[Beliefs] = providers.Callable(beliefs_for, settings.provided.confidence)
    gate: providers.Provider[RiskGate] = providers.Factory(
        RiskGate, settings.provided.gate, providers.Factory(OrderValidator)
    )
    planner: providers.Provider[TradePlanner] = providers.Factory(
        TradePlanner,
        settings.provided.sizing,
        settings.provided.leverage,
        settings.provided.costs,
        may_explore=True,
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
        UnifiedTradeRecorder, store, is_prompt=False
    )
    session: providers.Provider[TradingSession] = providers.Factory(
        TradingSession, feed, clock, journal, desk, broker, recorder
    )


def wired(
    settings: Settings,
    instruments: Mapping[str, Instrument],
    step_ms: int,
    feed: Feed,
    journal: Journal,
    broker: Broker,
    store: TradeStore,
) -> Wiring:
    """Wire a session on the time of its tape."""
    return Wiring(
        settings=providers.Object(settings),
        instruments=providers.Object(instruments),
        step_ms=providers.Object(step_ms),
        feed=providers.Object(feed),
        clock=providers.Factory(TapeClock),
        journal=providers.Object(journal),
        broker=providers.Object(broker),
        store=providers.Object(store),
    )


def play(
    settings: Settings,
    header: SessionHeader,
    market: MarketMinutes,
    journal: Journal,
    store: TradeStore,
) -> SessionReport:
    """Trade a market on the simulated venue until it ends, and sum up.

    Raises TradingHalt when the desk's wallet or the closed trades differ from the venue's wallet, Stopped
    between two candles when somebody asked for that.
    """
    terms = VenueTerms(
        costs=settings.costs,
        funding_rate_per_interval=settings.venue.funding_rate_per_interval,
        funding_interval_ms=settings.venue.funding_interval_ms,
        liquidation_fee=settings.venue.liquidation_fee,
        stuck_stop_every=settings.venue.stuck_stop_every,
    )
    venue = SimulatedVenue(header.instruments, settings.wallet, terms)
    broker = SimulatedBroker(venue)
    with stop_when_ready() as request:
        feed = SimulatedFeed(venue, request.watched(market), header.step_ms)
        wiring = wired(settings, header.instruments, header.step_ms, feed, journal, broker, store)
        feed.spare(wiring.desk())
        return asyncio.run(_played(wiring.session(), store, settings.wallet, venue))


async def _played(
    session: TradingSession, store: TradeStore, start_wallet: Decimal, venue: SimulatedVenue
) -> SessionReport:
    tally = await session.run()
    trades, decisions = await store.trades(), await store.decisions()
    return build_report(tally, trades, decisions, start_wallet, venue.account.wallet)


def settings_for(session: SessionOptions) -> Settings:
    """Read the settings a command was started with. Raises SettingsRefused."""
    return load_settings(os.environ, chosen=session.settings, file=session.settings_file)


def header_of(
    kind: str, settings: Settings, instruments: Mapping[str, Instrument], step_ms: int, source: object
) -> SessionHeader:
    """Describe a session about to start."""
    return SessionHeader(kind, version(PRODUCT), settings.as_header(), instruments, step_ms, source)


def instruments_of(tapes: Iterable[AuditedTape], exchange_info: Path | None) -> dict[str, Instrument]:
    """Tell what can be traded how: by the venue's own rules, or inferred from the candles.

    Raises FileNotFoundError, or TapeRefused when a symbol has no rules.
    """
    if exchange_info is None:
        return {tape.symbol: instrument_of_tape(tape) for tape in tapes}
    told = read_instruments(exchange_info)
    for tape in tapes:
        if tape.symbol not in told:
            raise TapeRefused(str(exchange_info), None, f"has no rules for {tape.symbol}")
    return {tape.symbol: told[tape.symbol] for tape in tapes}


def instrument_of_tape(tape: AuditedTape) -> Instrument:
    """Infer what can be traded how from the candles. Raises TapeRefused when none of them is any good."""
    sample = list(islice(tape.candles(), CANDLES_TO_KNOW_A_GRID))
    if not sample:
        raise TapeRefused(tape.symbol, None, "holds no candle that can be used")
    return instrument_seen_on(tape.symbol, sample)


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


class VenueMarket(NamedTuple):
    """What is traded at a venue on loopback: tapes of one candle length, and their rules."""

    tapes: Sequence[CandleTape]
    instruments: Mapping[str, Instrument]
    first_ms: int
    length_ms: int


def made_up_venue_market(generator: GeneratorOptions) -> VenueMarket:
    """Make up what a venue trades."""
    made_up = made_up_market(**asdict(generator))
    tapes = [GeneratedTape(made_up, symbol.name) for symbol in made_up.symbols]
    instruments = {symbol.name: instrument_of(symbol) for symbol in made_up.symbols}
    return VenueMarket(tapes, instruments, made_up.start_ms, made_up.candles * STEP_MS)


def recorded_venue_market(tapes: TapeOptions) -> VenueMarket:
    """Take recorded candles for what a venue trades. Raises TapeRefused, FileNotFoundError."""
    opened = SHELF.open(tapes.paths, tapes.policy)
    step_ms = common_step_ms(opened, opened[0].step_ms)
    windows = [TapeWindow(tape, tapes.from_ms, tapes.until_ms) for tape in opened]
    first = [candle.open_time_ms for window in windows for candle in islice(window.candles(), 1)]
    if not first:
        raise nothing_chosen(" ".join(tapes.paths))
    length = max(tape.read(tapes.from_ms, tapes.until_ms).length for tape in opened)
    return VenueMarket(windows, instruments_of(opened, tapes.exchange_info), min(first), length * step_ms)


def faults_of(asked: Path | int | None, start_ms: int, length_ms: int) -> list[FaultSwitch]:
    """Read a file of faults, or draw a schedule from a seed. Raises OSError, FaultsRefused."""
    if asked is None:
        return []
    if isinstance(asked, int):
        return seeded_schedule(asked, start_ms, length_ms)
    try:
        return read_faults(asked.read_bytes(), start_ms)
    except ValueError as error:
        raise FaultsRefused(f"{asked}: {error}") from error


def venue_with(
    settings: Settings, market: VenueMarket, shift_ms: int, clock: VenueClock, faults: Faults, key_seed: int
) -> Venue:
    """Put a venue together: exchange, market, one key."""
    rules = settings.venue
    contracts = {
        symbol: ContractTerms(
            instrument,
            liquidation_fee=rules.liquidation_fee,
            funding_rate=rules.funding_rate_per_interval,
            funding_interval_ms=rules.funding_interval_ms,
        )
        for symbol, instrument in market.instruments.items()
    }
    habits = ExchangeHabits(maker_fee=settings.costs.maker_fee, taker_fee=settings.costs.taker_fee)
    exchange = SimulatedExchange(contracts, settings.wallet, habits, StopFates(faults))
    played = Market(market.tapes, market.instruments, VENUE_STEP_MS, shift_ms)
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
    faults = Faults(faults_of(options.faults, opens_ms, left_ms), random.Random(options.key_seed))  # noqa: S311
    clock: VenueClock = SteppedClock(opens_ms)
    if options.speed is not None:
        clock = PacedClock(opens_ms, options.speed, time.monotonic)
    venue = venue_with(settings, market, shift_ms, clock, faults, options.key_seed)
    play_history(venue, opens_ms)
    return venue


class ListeningVenue:
    """A venue that listens, driven from ordinary code."""

    def __init__(self, server: VenueServer, runner: asyncio.Runner, options: VenueOptions) -> None:
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


class Service:
    """Every job of the product; each wires what it needs, runs it, and lets go of it."""

    def version(self) -> str:
        """Tell the product's version and how it is running."""
        return version(PRODUCT) if IS_COMPILED else f"{version(PRODUCT)} (without its compiled module)"

    def run(self, generator: GeneratorOptions, session: SessionOptions, follow: Follow) -> SessionOutcome:
        """Trade the embedded market until it ends."""
        settings, made_up = settings_for(session), made_up_market(**asdict(generator))
        instruments = {symbol.name: instrument_of(symbol) for symbol in made_up.symbols}
        header = header_of("run", settings, instruments, STEP_MS, asdict(generator))
        log = session_log(settings, header)
        tapes = [GeneratedTape(made_up, symbol.name) for symbol in made_up.symbols]
        market = EveryCandle(merged_candles({tape.symbol: follow(tape).candles() for tape in tapes}))
        with (
            fresh_folder(settings.data_folder, header.session_id) as folder,
            FileJournal.create(folder.journal, header.as_json(), is_durable=False) as journal,
            SqliteTradeStore(folder.store, header.session_id) as store,
        ):
            report = play(settings, header, market, journal, store)
        log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
        notices = (*about_the_market(generator), *next_commands(report, folder.journal))
        return SessionOutcome(report, {}, folder.journal, folder.store, notices)

    def backtest(self, tapes: TapeOptions, session: SessionOptions, follow: Follow) -> SessionOutcome:
        """Trade recorded candles."""
        settings, opened = settings_for(session), SHELF.open(tapes.paths, tapes.policy)
        instruments = instruments_of(opened, tapes.exchange_info)
        step_ms = common_step_ms(opened, settings.structure_rules.base_step_ms)
        source = {"tapes": list(tapes.paths), "from_ms": tapes.from_ms, "until_ms": tapes.until_ms}
        header = header_of("backtest", settings, instruments, step_ms, source)
        log = session_log(settings, header)
        readings = {tape.symbol: follow(tape).read(tapes.from_ms, tapes.until_ms) for tape in opened}
        is_scouted = session.journal is None and settings.structure == "native" and IS_COMPILED
        market_of = scouted_market if is_scouted else every_candle
        market = market_of(settings, readings, step_ms, " ".join(tapes.paths))
        with ExitStack() as files:
            journal, store = journal_and_store(session, header, files)
            report = play(settings, header, market, journal, store)
        log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
        audits = {symbol: reading.audit for symbol, reading in readings.items()}
        notices = tuple(
            f"{symbol}: {line}" for symbol, audit in audits.items() for line in audit_lines(audit)
        )
        return SessionOutcome(report, audits, session.journal, session.store, notices)

    def replay(self, journal: Path) -> ReplayOutcome:
        """Decide a recorded session again."""
        recorded = JournalFile(journal)
        header = SessionHeader.read(recorded.header)
        session = RecordedSession(recorded)
        settings = settings_from_header(header.settings)
        wiring = wired(
            settings, header.instruments, header.step_ms, session, session, session, MemoryTradeStore()
        )
        tally = asyncio.run(wiring.session().run())
        notices = [] if header.version == version(PRODUCT) else [f"recorded by version {header.version}"]
        if not session.is_whole:
            notices.append("the journal breaks off before the session's end; compared as far as it goes")
        return ReplayOutcome(session.compared, tally.trades, (*notices, *warnings_of(settings)))

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
        with asyncio.Runner() as runner:
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


def in_words(error: Exception) -> str:
    """Tell an error in one line."""
    if isinstance(error, InvalidOperation):
        return "a price or an amount is too large to be reckoned with to the last digit"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return f"{error.filename} does not exist"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
