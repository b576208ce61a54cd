"""A file that appears whole under its name, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from application.ports.candle_sink import SinkFailed


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file beside `path` for writing, and give it that name once it is safely on the disk.

    When anything fails, the half-written file is removed and what stood at `path` stays. Raises SinkFailed
    when the disk is full or the place cannot be written.
    """
    if not path.name:
        raise SinkFailed(str(path), "cannot be written: it names no file")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _settle_folder(path.parent)
    except SinkFailed:
        raise
    except OSError as failed:
        raise SinkFailed(str(path), f"cannot be written: {failed.strerror or failed}") from failed
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _settle_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
