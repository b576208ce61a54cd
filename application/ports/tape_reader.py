"""The port through which recorded candles are found and opened."""

from collections.abc import Sequence
from typing import Protocol

from application.ports.candle_tape import AuditedTape
from domain.market.tape_audit import RepairPolicy


class TapeReader(Protocol):
    """Reads one kind of file."""

    def files_at(self, path: str) -> list[str]:
        """List the files of this kind at a path, a file or a folder; none when there is none.

        Raises FileNotFoundError when nothing is there at all.
        """
        ...

    def open(self, files: Sequence[str], symbol: str | None, policy: RepairPolicy) -> AuditedTape:
        """Join files of one symbol to a tape. Raises TapeRefused."""
        ...
