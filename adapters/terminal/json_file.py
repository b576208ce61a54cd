"""Reports for machines: JSON with every digit of every amount."""

import os
import sys
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import msgspec

from application.ports.candle_sink import SinkFailed

STANDARD_OUTPUT: Final = Path("-")

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def write_json(path: Path, told: object) -> None:
    """Write dataclasses, named tuples and plain values as JSON; amounts are exact JSON numbers.

    The path `-` is standard output. A file appears whole or not at all; a link stays a link, and a device
    or a pipe is written to. Raises SinkFailed.
    """
    text = msgspec.json.format(_ENCODER.encode(_plain(told)), indent=1) + b"\n"
    if path == STANDARD_OUTPUT:
        sys.stdout.buffer.write(text)
        return
    if not path.name:
        raise SinkFailed(str(path), "cannot be written: it names no file")
    try:
        _write(path.resolve() if path.is_symlink() else path, text)
    except OSError as error:
        raise SinkFailed(str(path), f"cannot be written: {error.strerror}") from error


def _write(path: Path, text: bytes) -> None:
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(text)
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _plain(told: object) -> object:
    if is_dataclass(told) and not isinstance(told, type):
        return {part.name: _plain(getattr(told, part.name)) for part in fields(told)}
    if isinstance(told, tuple) and hasattr(told, "_asdict"):
        return {name: _plain(value) for name, value in told._asdict().items()}
    if isinstance(told, dict):
        return {_key(name): _plain(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_plain(value) for value in told]
    return told


def _key(name: object) -> str:
    """An enum is keyed by its name: its value may be a sentence."""
    return name.name.lower() if isinstance(name, Enum) else str(name)
