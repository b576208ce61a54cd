"""Tapes recorded in the files of Binance's public archive."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adapters.archive.archive_file import CSV, ZIP
from adapters.archive.archive_part import ArchivePart
from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from application.tape_name import may_belong
from domain.market.tape_audit import RepairPolicy

_SUFFIXES: Final = (ZIP, CSV)


def can_read(path: Path) -> bool:
    """Tell whether this is a kline zip or CSV, or a folder that holds some."""
    if path.is_dir():
        return any(file.suffix in _SUFFIXES for file in path.iterdir())
    return path.suffix in _SUFFIXES


class ArchiveTape(RecordedTape):
    """Klines of one symbol in one or several archive files, daily and monthly ones mixed as they come."""

    def __init__(self, parts: Sequence[ArchivePart], policy: RepairPolicy = RepairPolicy.STANDARD) -> None:
        super().__init__(parts, policy)
        self._unverified = tuple(part.file for part in parts if not part.is_verified)

    @property
    def unverified_files(self) -> tuple[str, ...]:
        """The files that had no CHECKSUM beside them; one that disagrees is refused."""
        return self._unverified

    @classmethod
    def open(
        cls,
        paths: Sequence[Path],
        symbol: str | None = None,
        step_ms: int | None = None,
        policy: RepairPolicy = RepairPolicy.STANDARD,
    ) -> "ArchiveTape":
        """Open files and folders; of a folder those named after the symbol and candle length asked for.

        Raises TapeRefused when a file is missing or unreadable, or the files do not belong to one tape.
        """
        files = [file for path in paths for file in _files_at(path, symbol, step_ms)]
        return cls([ArchivePart(file, symbol) for file in files], policy)


def _files_at(path: Path, symbol: str | None, step_ms: int | None) -> list[Path]:
    if not path.exists():
        raise TapeRefused(str(path), None, "does not exist")
    if not path.is_dir():
        return [path]
    found = [file for file in sorted(path.iterdir()) if file.suffix in _SUFFIXES]
    files = [file for file in found if may_belong(file.name, symbol, step_ms)]
    if not files:
        raise TapeRefused(str(path), None, "holds no archive file of the tape asked for")
    return files
