"""What sessions leave on file: journals that can be decided again, trades that can be asked for."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import settings_from_header
from adapters.sqlite.trade_store import SqliteTradeStore, sessions_in
from adapters.system.session_folder import SessionFolder, fresh_folder, last_folder
from adapters.terminal.workbench import ReplayOutcome, SessionOptions
from application.ports.journal import Journal
from application.ports.trade_store import DecisionRecord, TradeStore
from application.replay import RecordedSession
from application.session_header import SessionHeader
from application.trade_story import decisions_on, decisions_on_setup, setup_behind
from application.trading_session import TradingSession
from composition.opening import PRODUCT, settings_for, warnings_of
from composition.session import may_explore, wired
from domain.halt import TradingHalt
from domain.position.closed_trade import ClosedTrade


class NotFound(Exception):
    """What was asked for is not there; the message names the command that helps."""


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


def last_store(session: SessionOptions) -> SqliteTradeStore:
    """Open the newest session of a store. Raises FileNotFoundError or NotFound."""
    path = session.store or last_folder(settings_for(session).data_folder).store
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; `slt run` trades and keeps its trades there")
    sessions = sessions_in(path)
    if not sessions:
        raise NotFound(f"{path} holds no session yet; `slt run` makes one")
    return SqliteTradeStore(path, sessions[-1])


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


async def halted(session: TradingSession, recorded: RecordedSession) -> TradingHalt | None:
    """Decide a recorded session again, and give what halted it then and now. Raises ReplayDiffers."""
    try:
        await session.run()
    except TradingHalt as halt:
        recorded.halt(halt)
        return halt
    return None


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


def replayed(journal: Path) -> ReplayOutcome:
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


def last_trades(session: SessionOptions) -> list[ClosedTrade]:
    """Give the closed trades of the store's last session."""
    with last_store(session) as store:
        return asyncio.run(store.trades())


def trade_and_reasons(session: SessionOptions, trade_id: str) -> tuple[ClosedTrade, list[DecisionRecord]]:
    """Give one closed trade and everything decided on its setup. Raises NotFound."""
    with last_store(session) as store:
        trades, decisions = asyncio.run(store.trades()), asyncio.run(store.decisions())
    for trade in trades:
        if trade.trade_id == trade_id:
            return trade, decisions_on(trade, decisions)
    raise NotFound(f"no trade {trade_id}; `slt trades` lists those there are")
