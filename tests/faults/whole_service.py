"""The whole service as the composition root wires it, with a desk that trades often."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

from adapters.binance.binance_lines import instruments_at
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.journal.file_journal import FileJournal
from adapters.logs.log import open_log
from adapters.settings.session_choice import switches_of
from adapters.settings.settings import Settings
from adapters.sqlite.trade_store import SqliteTradeStore
from adapters.system.clock import TapeClock
from adapters.venue.venue_clock import PacedClock
from application.live_tape import LiveTape, LiveTapeRules
from application.ports.candle_tape import CandleTape
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from composition.live import lines_to, on_account
from composition.opening import header_of
from domain.market.instrument import Instrument
from domain.market.timeframe import MINUTE_MS
from domain.setup.setup_rules import EntryStyle
from tests.adapters.venue.house import KEY, SECRET, START_MS
from tests.faults.eager_desk import WatchedDesk, eager_desk
from tests.faults.synced_file import SyncedFile

LISTED: Final = tuple(SIMULATED_SYMBOLS[number] for number in (0, 2, 4, 5))
JOURNAL: Final = "session.journal"
STORE: Final = "trades.sqlite"
SYNCED: Final = "synced"


class VenueTime:
    """The wall clock of a loop whose time is its own."""

    def __init__(self, clock: PacedClock) -> None:
        self._clock = clock

    def advance_to(self, at_ms: int) -> None:
        """It goes by itself."""

    def now_ms(self) -> int:
        return self._clock.now_ms()


class Running(NamedTuple):
    """A service that is wired: run its jobs beside its session."""

    desk: WatchedDesk
    tape: LiveTape
    session: TradingSession
    jobs: Sequence[Coroutine[Any, Any, None]]
    file: SyncedFile


def market_of(seed: int, minutes: int) -> tuple[list[CandleTape], dict[str, Instrument]]:
    """Make up what is traded: four symbols that move fast enough to reach stops and targets."""
    made_up = GeneratorSettings(seed=seed, symbols=LISTED, start_ms=START_MS, candles=minutes + 10)
    instruments = {symbol.name: instrument_of(symbol) for symbol in LISTED}
    return [GeneratedTape(made_up, name) for name in instruments], instruments


@asynccontextmanager
async def service_at(
    addresses: tuple[str, str],
    clock: PacedClock,
    seconds: Callable[[], float],
    seed: int,
    entry: EntryStyle,
    folder: Path,
    log_to: TextIO,
    settings: Settings | None = None,
) -> AsyncIterator[Running]:
    """Speak to a venue, keep a durable journal and a store in a folder, and log everything."""
    settings, time = settings or Settings(), VenueTime(clock)
    key = HmacKey(Secret(KEY), Secret(SECRET))
    lines = lines_to(*addresses, key, time, seconds, settings)
    log = open_log(time, level="debug", secrets=(KEY, SECRET), stream=log_to)
    async with lines.client() as client:
        instruments = await instruments_at(client, [symbol.name for symbol in LISTED])
        header = header_of("run", settings, instruments, MINUTE_MS, {"seed": seed})
        log.info("session", **header.as_json())
        for line in switches_of(settings):
            log.warning(line)
        desk = eager_desk(instruments, seed, entry)
        with (
            SqliteTradeStore(folder / STORE, header.session_id) as store,
            _journal(folder, header.as_json()) as (journal, file),
        ):
            async with on_account(lines, client, instruments, {}) as trading:
                tape = LiveTape(trading.account, trading.market, client.clock, desk, LiveTapeRules())
                recorder = UnifiedTradeRecorder(store, is_prompt=True)
                session = TradingSession(tape, TapeClock(), journal, desk, trading.broker, recorder)
                yield Running(desk, tape, session, trading.jobs, file)
            log.info("session ended", trades=len(desk.trades), wallet=str(desk.wallet))


class _journal:  # noqa: N801 - a context
    """Begin a durable journal on a file that knows what of it is on disk."""

    def __init__(self, folder: Path, header: dict[str, object]) -> None:
        FileJournal.create(folder / JOURNAL, header, is_durable=True).close()
        self._file = SyncedFile(folder / JOURNAL, folder / SYNCED)
        self._journal = FileJournal(self._file, is_durable=True)

    def __enter__(self) -> tuple[FileJournal, SyncedFile]:
        return self._journal, self._file

    def __exit__(self, *_: object) -> None:
        self._journal.close()
