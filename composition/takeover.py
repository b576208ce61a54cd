"""Live sessions that broke off: how they are found, and decided again."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.settings.settings import Settings
from adapters.settings.settings_difference import decisive_differences
from adapters.settings.settings_loader import SettingsRefused, settings_from_header
from adapters.sqlite.trade_store import SqliteTradeStore
from adapters.system.session_folder import SessionFolder, resumed_folder, session_folders
from application.learning_cycle import LearningCycle
from application.ports.journal import JournalDamaged
from application.ports.trade_store import TradeStore
from application.replay import RecordedSession, ReplayDiffers
from application.session_header import SessionHeader
from application.session_memory import SessionMemory
from application.session_place import CannotBeTakenOver, SessionPlace, has_begun, started_at_ms
from application.session_tally import SessionTally
from composition.opening import LIVE, PRODUCT
from composition.session import Wiring, may_explore, wired
from domain.halt import TradingHalt


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
