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
LEARNING: Final = "learning.sqlite"
LAST: Final = "last"
_OWNER_ONLY: Final = 0o700


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

    @property
    def learning(self) -> Path:
        """What was learned from and by the session, where it is its own."""
        return self.path / LEARNING


def last_folder(data_folder: Path) -> SessionFolder:
    """Give the folder of the newest session; it need not exist."""
    return SessionFolder(data_folder / LAST)


def session_folders(data_folder: Path, kind: str) -> list[SessionFolder]:
    """Give the folders of all sessions of a kind, in no order of meaning."""
    return [SessionFolder(path) for path in sorted(data_folder.glob(f"{kind}-*")) if path.is_dir()]


@contextmanager
def fresh_folder(data_folder: Path, session_id: str) -> Iterator[SessionFolder]:
    """Give an empty folder to a session that can be played again; an earlier play of it is removed.

    Nobody else gets the folder before the session lets go of it. Raises OSError.
    """
    folder = SessionFolder(data_folder / session_id)
    folder.path.mkdir(_OWNER_ONLY, parents=True, exist_ok=True)
    with _locked(folder.path, os.O_RDONLY, "the same session is being played here by another program"):
        for name in (JOURNAL, STORE, LEARNING):
            for left in (name, f"{name}-wal", f"{name}-shm"):
                (folder.path / left).unlink(missing_ok=True)
        _point_to(data_folder / LAST, session_id)
        yield folder


@contextmanager
def resumed_folder(folder: SessionFolder) -> Iterator[SessionFolder]:
    """Give the folder of a session that broke off to whoever goes on with it.

    Nobody else gets it meanwhile. Raises OSError.
    """
    with _locked(folder.path, os.O_RDONLY, "the session is being played here by another program"):
        _point_to(folder.path.parent / LAST, folder.path.name)
        yield folder


@contextmanager
def only_here(data_folder: Path, name: str) -> Iterator[None]:
    """Let nobody else do what goes by this name from this data folder. Raises OSError."""
    data_folder.mkdir(parents=True, exist_ok=True)
    reason = "another program trades this account from here"
    with _locked(data_folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, reason):
        yield


@contextmanager
def _locked(path: Path, flags: int, reason: str) -> Iterator[None]:
    """Hold the lock of a file or folder; it ends with the process, however that ends."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise OSError(errno.EBUSY, reason, str(path)) from taken
        yield
    finally:
        os.close(descriptor)


def _point_to(link: Path, session_id: str) -> None:
    beside = link.with_name(f"{LAST}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(session_id, target_is_directory=True)
    beside.replace(link)
