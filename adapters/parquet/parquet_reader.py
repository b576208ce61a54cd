"""Finds Parquet tapes."""

from collections.abc import Sequence
from pathlib import Path

from adapters.parquet.parquet_tape import ParquetTape, can_read
from application.ports.candle_tape import AuditedTape
from domain.market.tape_audit import RepairPolicy


class ParquetReader:
    """Knows Parquet files by their ending."""

    def files_at(self, path: str) -> list[str]:
        """List the Parquet files at a path. Raises FileNotFoundError."""
        place = Path(path)
        if not place.exists():
            raise FileNotFoundError(f"{path} does not exist")
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        return [str(file) for file in files if file.is_file() and can_read(file)]

    def open(self, files: Sequence[str], symbol: str | None, policy: RepairPolicy) -> AuditedTape:
        """Join files of one symbol to a tape. Raises TapeRefused."""
        return ParquetTape.open([Path(file) for file in files], symbol, policy=policy)
