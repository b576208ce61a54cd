"""Where the files of a session lie."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def fresh_folder(data_folder: Path, session_id: str) -> Iterator[SessionFolder]:
    """Give an empty folder to a session that can be played again; an earlier play of it is removed.

    Nobody else gets the folder before the session lets go of it. Raises OSError.
    """
    folder = SessionFolder(data_folder / session_id)
    folder.path.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(descriptor, folder.path)
        for name in (JOURNAL, STORE, f"{STORE}-wal", f"{STORE}-shm"):
            (folder.path / name).unlink(missing_ok=True)
        _point_to(data_folder / LAST, session_id)
        yield folder
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        reason = "the same session is being played here by another program"
        raise OSError(errno.EBUSY, reason, str(path)) from taken


def _point_to(link: Path, session_id: str) -> None:
    beside = link.with_name(f"{LAST}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(session_id, target_is_directory=True)
    beside.replace(link)
