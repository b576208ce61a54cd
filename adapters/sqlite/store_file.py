"""The SQLite file under an embedded store: opened, guarded, and its failures in plain words."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from adapters.sqlite.schema import Schema, migrate
from application.ports.trade_store import StoreFailed

BUSY_WAIT_MS: Final = 2_000

_PLAIN_WORDS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and start again",
    sqlite3.SQLITE_BUSY: "another program is writing it; try again when that has ended",
    sqlite3.SQLITE_CORRUPT: "it is damaged; move it away and restore a copy, {if_damaged}",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database; give another name",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check the folder and its permissions",
    sqlite3.SQLITE_READONLY: "it may only be read; check who owns the file and its folder",
    sqlite3.SQLITE_IOERR: "the disk refused to read or write; check its space, limits and health",
}
_PRIMARY_CODE: Final = 0xFF
_NOT_STORABLE: Final = (OverflowError, UnicodeEncodeError)
_NOT_READABLE: Final = (ValueError, ArithmeticError)


class StoreFile:
    """One open database with a write-ahead log; every commit is on disk when it returns."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self._path = path
        self._schema = schema
        with self.failures_named():
            self.connection = sqlite3.connect(path, timeout=BUSY_WAIT_MS / 1000, isolation_level=None)
        try:
            self._prepare()
        except StoreFailed:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        with self.failures_named():
            (mode,) = self.connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise StoreFailed("no write-ahead log can be kept here; give a name on a local disk")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA fullfsync = ON")
        with self.transaction():
            migrate(self.connection, self._schema)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Do all that is written inside, or nothing of it."""
        with self.failures_named():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def failures_named(self) -> Generator[None]:
        """Turn every failure inside into a StoreFailed that names the file and says what to do."""
        try:
            yield
        except StoreFailed as failed:
            raise StoreFailed(f"{self._path}: {failed}") from failed.__cause__
        except sqlite3.Error as error:
            raise StoreFailed(f"{self._path}: {self._in_plain_words(error)}") from error
        except _NOT_STORABLE as error:
            raise StoreFailed(f"{self._path}: a record cannot be stored: {error}") from error
        except _NOT_READABLE as error:
            raise StoreFailed(f"{self._path}: a record cannot be read back: {error}") from error

    def _in_plain_words(self, error: sqlite3.Error) -> str:
        words = _PLAIN_WORDS.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE)
        return str(error) if words is None else words.format(if_damaged=self._schema.if_damaged)

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
