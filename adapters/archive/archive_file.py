"""Opens the archive's files: a zip of one CSV, or the bare CSV, with a CHECKSUM beside it or not."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from application.ports.candle_tape import TapeRefused

ZIP: Final = ".zip"
CSV: Final = ".csv"
_CHECKSUM: Final = ".CHECKSUM"
_IS_ENCRYPTED: Final = 0x1


def check_checksum(path: Path) -> None:
    """Compare the file with the `.CHECKSUM` beside it, if there is one.

    Raises TapeRefused when the file is not the one the checksum was made of.
    """
    told = path.with_name(path.name + _CHECKSUM)
    if not told.exists():
        return
    expected = told.read_text(encoding="ascii", errors="replace").split()
    with path.open("rb") as file:
        found = hashlib.file_digest(file, hashlib.sha256).hexdigest()
    if not expected or expected[0].lower() != found:
        raise TapeRefused(
            str(path), None, f"checksum differs from {told.name}: the file is not what was published"
        )


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Stream the CSV's lines, counted from 1; blank lines are passed over.

    Raises TapeRefused with the row at which a truncated or corrupt zip breaks off.
    """
    number = 0
    try:
        with closing(_opened(path)) as lines:
            for number, line in enumerate(lines, 1):
                if not line.isspace():
                    yield number, line
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as broken:
        row = number + 1 if number else None
        raise TapeRefused(str(path), row, f"is truncated or corrupt: {broken}") from broken


def _opened(path: Path) -> io.TextIOWrapper:
    source = _member_of(path) if path.suffix == ZIP else path.open("rb")
    return io.TextIOWrapper(source, encoding="utf-8", errors="replace", newline=None)


def _member_of(path: Path) -> IO[bytes]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) != 1 or not members[0].filename.endswith(CSV):
            raise TapeRefused(str(path), None, f"holds {len(members)} files where one CSV is expected")
        if members[0].flag_bits & _IS_ENCRYPTED:
            raise TapeRefused(str(path), None, "is encrypted")
        return archive.open(members[0])
