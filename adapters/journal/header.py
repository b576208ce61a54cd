"""The first frame of a journal: what the session was."""

import json
from pathlib import Path
from typing import BinaryIO

from adapters.journal.frame import (
    FORMAT_VERSION,
    FRAME_HEAD,
    MAGIC,
    MAX_PAYLOAD_BYTES,
    PREAMBLE,
    FrameReader,
    frame,
)
from application.ports.journal import JournalDamaged, JournalFailed


def encode_header(header: dict[str, object]) -> bytes:
    """Give the bytes with which a journal begins; keys keep their order.

    Raises JournalFailed unless the header is plain JSON that reads back as the same values.
    """
    try:
        text = json.dumps(header, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        encoded = text.encode()
    except (TypeError, ValueError) as error:
        raise JournalFailed(f"the journal's header is not plain JSON: {error}") from error
    if json.loads(text) != header:
        raise JournalFailed("the journal's header would not read back as it was written")
    if len(encoded) > MAX_PAYLOAD_BYTES:
        raise JournalFailed(f"the journal's header takes {len(encoded)} bytes, more than {MAX_PAYLOAD_BYTES}")
    return PREAMBLE + frame(encoded)


def read_header(file: BinaryIO, path: Path) -> tuple[dict[str, object], FrameReader]:
    """Read the header and give it with a reader that stands on the first frame behind it.

    Raises JournalDamaged for what is no journal or has no whole header, JournalFailed for one in a format
    that this version does not know.
    """
    preamble = file.read(len(PREAMBLE))
    if preamble[: len(MAGIC)] != MAGIC[: len(preamble)]:
        raise JournalDamaged(f"{path} is no journal")
    if len(preamble) == len(PREAMBLE) and preamble != PREAMBLE:
        raise JournalFailed(f"{path} has format {preamble[-1]}; this version reads format {FORMAT_VERSION}")
    reader = FrameReader(file, path, offset=len(PREAMBLE))
    payload = reader.next_payload()
    if payload is None:
        raise JournalDamaged(f"{path} has no whole header; nothing was recorded in it")
    return _parsed(payload, path), reader


def _parsed(payload: bytes, path: Path) -> dict[str, object]:
    try:
        header = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise JournalDamaged(f"{path} has a header that is not JSON") from error
    if not isinstance(header, dict):
        raise JournalDamaged(f"{path} has a header that is no JSON object")
    return header


def is_cut_short(file: BinaryIO, size: int) -> bool:
    """Tell whether the whole of this file is a header whose writing was cut short, or nothing at all."""
    beginning = file.read(len(PREAMBLE) + FRAME_HEAD.size)
    if not beginning.startswith(PREAMBLE):
        return PREAMBLE.startswith(beginning)
    if len(beginning) < len(PREAMBLE) + FRAME_HEAD.size:
        return True
    length, _ = FRAME_HEAD.unpack_from(beginning, len(PREAMBLE))
    return size < len(beginning) + int(length)
