"""The frames a journal file is made of: `[u32 length][u32 crc32][payload]`, little-endian."""

import zlib
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from application.ports.journal import JournalDamaged

MAGIC: Final = b"SLTJRNL"
FORMAT_VERSION: Final = 1
PREAMBLE: Final = MAGIC + bytes([FORMAT_VERSION])

DECISION_KIND: Final = b"\x00"
MARK_KIND: Final = b"\x01"
END_KIND: Final = b"\x02"

FRAME_HEAD: Final = Struct("<II")
MAX_PAYLOAD_BYTES: Final = 16 * 1024 * 1024

_SEARCH_BYTES: Final = 64 * 1024


def frame(payload: bytes) -> bytes:
    """Put a payload of 1 byte to 16 MiB into its frame."""
    return FRAME_HEAD.pack(len(payload), zlib.crc32(payload)) + payload


# Says: everything before me was handed over whole before I was written.
MARK: Final = frame(MARK_KIND)

# Says: the session is over, and nothing it opened is open; nothing follows me.
END: Final = frame(END_KIND)


class FrameReader:
    """Reads frames one after the other; the last whole one lies in the file from `began_at` to `offset`."""

    def __init__(self, file: BinaryIO, path: Path, offset: int) -> None:
        self._file = file
        self._path = path
        self.began_at = offset
        self.offset = offset
        file.seek(offset)

    def next_payload(self) -> bytes | None:
        """Give the next payload, or None at the end or before a torn tail.

        Raises JournalDamaged when a mark behind the bad bytes proves that they were whole once.
        """
        payload = self._payload_here()
        if payload is None:
            self._refuse_damage()
            return None
        self.began_at = self.offset
        self.offset += FRAME_HEAD.size + len(payload)
        return payload

    def _payload_here(self) -> bytes | None:
        head = self._file.read(FRAME_HEAD.size)
        if len(head) < FRAME_HEAD.size:
            return None
        length, checksum = FRAME_HEAD.unpack(head)
        if not 0 < length <= MAX_PAYLOAD_BYTES:
            return None
        payload = self._file.read(length)
        if len(payload) < length or zlib.crc32(payload) != checksum:
            return None
        return payload

    def _refuse_damage(self) -> None:
        if _holds_mark(self._file, self.offset):
            raise JournalDamaged(f"{self._path} is damaged at byte {self.offset}")


def _holds_mark(file: BinaryIO, from_offset: int) -> bool:
    file.seek(from_offset)
    window = b""
    while chunk := file.read(_SEARCH_BYTES):
        window = window[-len(MARK) :] + chunk
        if MARK in window:
            return True
    return False
