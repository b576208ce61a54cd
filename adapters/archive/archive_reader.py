"""Finds archive tapes."""

from collections.abc import Sequence
from pathlib import Path

from adapters.archive.archive_tape import ArchiveTape, can_read
from application.ports.candle_tape import AuditedTape
from domain.market.tape_audit import RepairPolicy


class ArchiveReader:
    """Knows the zips and CSVs of the exchange by their ending."""

    def files_at(self, path: str) -> list[str]:
        """List the archive files at a path. Raises FileNotFoundError."""
        place = Path(path)
        if not place.exists():
            raise FileNotFoundError(f"{path} does not exist")
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        return [str(file) for file in files if file.is_file() and can_read(file)]

    def open(self, files: Sequence[str], symbol: str | None, policy: RepairPolicy) -> AuditedTape:
        """Join files of one symbol to a tape. Raises TapeRefused."""
        return ArchiveTape.open([Path(file) for file in files], symbol, policy=policy)
