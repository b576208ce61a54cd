"""A tape that remembers what the audit of its last pass found."""

from collections.abc import Iterator

from application.ports.candle_tape import AuditedTape, TapeReading
from domain.market.candle import Candle
from domain.market.tape_audit import TapeAudit


class KeptAudit:
    """Reads like the tape it is made of, and tells afterwards what was dropped and noted."""

    def __init__(self, tape: AuditedTape) -> None:
        self._tape = tape
        self._reading: TapeReading | None = None

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self._tape.symbol

    @property
    def step_ms(self) -> int:
        """The length of a candle in milliseconds."""
        return self._tape.step_ms

    @property
    def length(self) -> int:
        """How many candles the whole tape holds, before any repair."""
        return self._tape.length

    @property
    def audit(self) -> TapeAudit:
        """What the last pass found. Raises LookupError before the first."""
        if self._reading is None:
            raise LookupError(f"the tape of {self.symbol} was not read yet")
        return self._reading.audit

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        """Give the candles whose open time lies in [from, until). Raises TapeRefused."""
        self._reading = self._tape.read(from_ms, until_ms)
        return self._reading.candles
