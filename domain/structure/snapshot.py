"""The state of a structure engine as bytes, exact to the last bit."""

from typing import Final

from domain.market.candle import Candle

_LARGEST_64_BIT_PRIME: Final = 2**64 - 59
_UNKNOWN: Final = "-"


class SnapshotRefused(ValueError):
    """A snapshot is damaged, or was taken by an engine with other rules."""


def fingerprint(text: str) -> str:
    """Give 16 hexadecimal digits that tell one text from another.

    The UTF-8 bytes, read as one little-endian number with a 1 after the last byte, modulo the
    largest prime below 2^64: any change of a single byte shows.
    """
    number = int.from_bytes(text.encode() + b"\x01", "little")
    return f"{number % _LARGEST_64_BIT_PRIME:016x}"


class SnapshotWriter:
    """Writes whole numbers, floats and flags one after the other; floats as exact hexadecimals."""

    __slots__ = ("_words",)

    def __init__(self) -> None:
        self._words: list[str] = []

    def whole(self, value: int) -> None:
        """Write a whole number."""
        self._words.append(str(value))

    def whole_or_unknown(self, value: int | None) -> None:
        """Write a whole number that may not be known yet."""
        self._words.append(_UNKNOWN if value is None else str(value))

    def number(self, value: float) -> None:
        """Write a float, NaN included."""
        self._words.append(float(value).hex())

    def numbers(self, values: tuple[float, ...] | list[float]) -> None:
        """Write some floats and how many they are."""
        self.whole(len(values))
        for value in values:
            self.number(value)

    def flag(self, value: bool) -> None:  # noqa: FBT001 - a flag is what is written
        """Write yes or no."""
        self._words.append("1" if value else "0")

    def candle(self, candle: Candle | None) -> None:
        """Write a candle that may be missing."""
        self.whole_or_unknown(None if candle is None else candle.open_time_ms)
        for value in candle[1:] if candle is not None else ():
            self.number(value)

    def sealed(self, schema: str) -> bytes:
        """Give everything written so far under its schema and a check of its own bytes."""
        body = " ".join(self._words)
        return f"{schema} {fingerprint(body)} {body}".encode()


class SnapshotReader:
    """Reads back, in the same order, what a SnapshotWriter wrote.

    Raises SnapshotRefused when the bytes are damaged or were sealed under another schema.
    """

    __slots__ = ("_next", "_words")

    def __init__(self, snapshot: bytes, schema: str) -> None:
        found, seal, body = _torn_open(snapshot)
        if found != schema:
            raise SnapshotRefused(f"snapshot of schema {found}, this engine has {schema}")
        if seal != fingerprint(body):
            raise SnapshotRefused("snapshot is damaged")
        self._words = body.split(" ")
        self._next = 0

    def whole(self) -> int:
        """Read a whole number."""
        return int(self._word())

    def whole_or_unknown(self) -> int | None:
        """Read a whole number that may not have been known."""
        word = self._word()
        return None if word == _UNKNOWN else int(word)

    def number(self) -> float:
        """Read a float."""
        return float.fromhex(self._word())

    def numbers(self) -> list[float]:
        """Read some floats."""
        return [self.number() for _ in range(self.whole())]

    def flag(self) -> bool:
        """Read yes or no."""
        return self._word() == "1"

    def candle(self) -> Candle | None:
        """Read a candle that may be missing."""
        open_time_ms = self.whole_or_unknown()
        if open_time_ms is None:
            return None
        opened, high, low, close, volume, taker_buy = (self.number() for _ in range(6))
        return Candle(open_time_ms, opened, high, low, close, volume, taker_buy)

    def _word(self) -> str:
        word = self._words[self._next]
        self._next += 1
        return word


def _torn_open(snapshot: bytes) -> tuple[str, str, str]:
    try:
        schema, seal, body = snapshot.decode().split(" ", 2)
    except ValueError as error:
        raise SnapshotRefused("snapshot is no text of this kind") from error
    return schema, seal, body
