"""Whether a report can be put where somebody wants it, found out before the work for it begins."""

import os
from contextlib import suppress
from pathlib import Path

from application.ports.candle_sink import SinkFailed


def require_place(path: Path, size: int) -> None:
    """Raise SinkFailed unless a file of so many bytes can appear at `path`; nothing is left there.

    What is no ordinary file is not replaced.
    """
    if not path.name or (path.exists() and not path.is_file()):
        raise SinkFailed(str(path), "cannot be written: it is no file")
    trial = path.with_name(f".{path.name}.{os.getpid()}.trial")
    try:
        trial.write_bytes(bytes(size))
    except OSError as error:
        raise SinkFailed(str(path), f"cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)
