"""The port through which recorded or generated candles come in."""

from collections.abc import Iterator
from typing import Protocol

from application.ports.run_maker import RunMaker
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.tape_audit import TapeAudit


class TapeRefused(ValueError):
    """A tape cannot be read further; `row` counts from 1 and is None where no single row is to blame."""

    def __init__(self, file: str, row: int | None, reason: str) -> None:
        place = file if row is None else f"{file}, row {row}"
        super().__init__(f"{place}: {reason}")
        self.file = file
        self.row = row
        self.reason = reason


class TapeReading(Protocol):
    """One pass over a tape."""

    @property
    def candles(self) -> Iterator[Candle]:
        """The candles that passed the audit, to be taken once. Raises TapeRefused."""
        ...

    def runs(self, maker: RunMaker) -> Iterator[CandleRun]:
        """The same candles as runs without a hole, instead of one by one. Raises TapeRefused.

        A row that is refused is told only after the runs before it were taken.
        """
        ...

    @property
    def length(self) -> int:
        """About how many rows it will read: exact where no candle is missing."""
        ...

    @property
    def audit(self) -> TapeAudit:
        """What was found among the rows read so far."""
        ...


class CandleTape(Protocol):
    """Closed candles of one symbol, oldest first; reading twice gives the same candles."""

    @property
    def symbol(self) -> str:
        """The instrument's name, such as BTCUSDT."""
        ...

    @property
    def step_ms(self) -> int:
        """The length of a candle in milliseconds."""
        ...

    @property
    def length(self) -> int:
        """How many candles the whole tape holds, before any repair."""
        ...

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        """Give the candles whose open time lies in [from, until), with flat memory.

        Raises TapeRefused with file, row and reason.
        """
        ...


class AuditedTape(CandleTape, Protocol):
    """A tape that also tells what it had to drop and what it noted."""

    def read(self, from_ms: int | None = None, until_ms: int | None = None) -> TapeReading:
        """Begin a pass over the candles whose open time lies in [from, until)."""
        ...
