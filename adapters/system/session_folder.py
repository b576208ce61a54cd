"""Where the files of a session lie."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

JOURNAL: Final = "journal.slt"
STORE: Final = "trades.sqlite"
LAST: Final = "last"


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """One folder a session, under the data folder; `last` there points to the newest."""

    path: Path

    @property
    def journal(self) -> Path:
        """The session's journal."""
        return self.path / JOURNAL

    @property
    def store(self) -> Path:
        """The session's closed trades and decisions."""
        return self.path / STORE


def last_folder(data_folder: Path) -> SessionFolder:
    """Give the folder of the newest session; it need not exist."""
    return SessionFolder(data_folder / LAST)


def fresh_folder(data_folder: Path, session_id: str) -> SessionFolder:
    """Make an empty folder for a session that can be played again; an earlier play of it is removed.

    Raises OSError.
    """
    folder = SessionFolder(data_folder / session_id)
    folder.path.mkdir(parents=True, exist_ok=True)
    for name in (JOURNAL, STORE, f"{STORE}-wal", f"{STORE}-shm"):
        (folder.path / name).unlink(missing_ok=True)
    _point_to(data_folder / LAST, session_id)
    return folder


def _point_to(link: Path, session_id: str) -> None:
    beside = link.with_name(f"{LAST}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(session_id, target_is_directory=True)
    beside.replace(link)
