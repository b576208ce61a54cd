"""The embedded store of what was learned: one SQLite file, no server."""

from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.sqlite.learning_schema import LEARNING
from adapters.sqlite.model_registry import SqliteModelRegistry
from adapters.sqlite.sample_book import SqliteSampleBook
from adapters.sqlite.store_file import StoreFile


class SqliteLearningStore:
    """One open file with samples and models in it; every failure is a StoreFailed with the path.

    A later session, or another program meanwhile, may open the same file.
    """

    def __init__(self, path: Path) -> None:
        self._file = StoreFile(path, LEARNING)
        with self._file.failures_named():
            self._file.connection.execute("PRAGMA foreign_keys = ON")
        self.samples = SqliteSampleBook(self._file)
        self.models = SqliteModelRegistry(self._file)

    def close(self) -> None:
        """Let go of the file; what was kept stays."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
