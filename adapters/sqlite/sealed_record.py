"""Records as bytes that give every bit back, or tell that somebody changed one."""

import hashlib
from typing import Final, Generic, TypeVar

import msgspec

from application.ports.trade_store import StoreFailed

_SEAL_BYTES: Final = 8
_WORDS: Final = 120
_NOT_WRITABLE: Final = (TypeError, OverflowError, UnicodeEncodeError, msgspec.MsgspecError)

_encode: Final = msgspec.msgpack.Encoder(decimal_format="string").encode

_Record = TypeVar("_Record")

Key = str | int | None
"""What stands in another column of the same row."""


class SealedRecord(Generic[_Record]):
    """Writes records of one kind as MessagePack behind a hash of them and of their row's other columns.

    Floats keep every bit, infinite ones too; Decimals every digit. The hash is no signature: it tells
    damage and a slip of the hand, not malice.
    """

    def __init__(self, kind: type[_Record]) -> None:
        self._name = kind.__name__
        self._decode = msgspec.msgpack.Decoder(kind).decode

    def sealed(self, record: _Record, *keys: Key) -> bytes:
        """Give the bytes to keep. Raises StoreFailed for a record that would not come back as it is."""
        try:
            body = _encode(record)
            is_exact = self._decode(body) == record
        except _NOT_WRITABLE as error:
            raise StoreFailed(f"a {self._name} cannot be kept: {error}; nothing was changed") from error
        if not is_exact:
            raise StoreFailed(f"a {self._name} cannot be kept exactly: {repr(record)[:_WORDS]}")
        return _seal(body, keys) + body

    def opened(self, cell: bytes, *keys: Key) -> _Record:
        """Read a record back. Raises StoreFailed when a bit of it or of its keys is another."""
        body = cell[_SEAL_BYTES:]
        if cell[:_SEAL_BYTES] != _seal(body, keys):
            raise StoreFailed(
                f"the {self._name} kept as {keys[0]} is not what was written; restore a copy of the file"
            )
        return self._decode(body)


def _seal(body: bytes, keys: tuple[Key, ...]) -> bytes:
    return hashlib.blake2b(_encode(keys) + body, digest_size=_SEAL_BYTES).digest()
