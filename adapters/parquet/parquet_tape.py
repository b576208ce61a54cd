"""Tapes recorded in Parquet files."""

from collections.abc import Sequence
from pathlib import Path

from adapters.parquet.parquet_part import ParquetPart
from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from application.tape_name import may_belong
from domain.market.tape_audit import RepairPolicy

_SUFFIX = ".parquet"


def can_read(path: Path) -> bool:
    """Tell whether this is a Parquet file, or a folder that holds some."""
    if path.is_dir():
        return any(path.glob(f"*{_SUFFIX}"))
    return path.suffix == _SUFFIX


class ParquetTape(RecordedTape):
    """Klines of one symbol in one or several Parquet files."""

    @classmethod
    def open(
        cls,
        paths: Sequence[Path],
        symbol: str | None = None,
        step_ms: int | None = None,
        policy: RepairPolicy = RepairPolicy.STANDARD,
    ) -> "ParquetTape":
        """Open files and folders; of a folder those named after the symbol and candle length asked for.

        Raises TapeRefused when a file is missing or unreadable, or the files do not belong to one tape.
        """
        files = [file for path in paths for file in _files_at(path, symbol, step_ms)]
        return cls([ParquetPart(file, symbol) for file in files], policy)


def _files_at(path: Path, symbol: str | None, step_ms: int | None) -> list[Path]:
    if not path.exists():
        raise TapeRefused(str(path), None, "does not exist")
    if not path.is_dir():
        return [path]
    files = [file for file in sorted(path.glob(f"*{_SUFFIX}")) if may_belong(file.name, symbol, step_ms)]
    if not files:
        raise TapeRefused(str(path), None, "holds no Parquet file of the tape asked for")
    return files
