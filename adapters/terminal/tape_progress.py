"""A progress bar that follows tapes while they are read."""

import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from application.ports.candle_tape import AuditedTape, TapeReading
from application.ports.run_maker import RunMaker
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.tape_audit import TapeAudit

_CANDLES_A_STEP: Final = 5_000


class TapeProgress:
    """One bar over all tapes it follows, on standard error; silent when that is no terminal."""

    def __init__(self, label: str) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("candles"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            disable=not sys.stderr.isatty(),
        )
        self._task: TaskID = self._progress.add_task(label, total=0)
        self._total = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def follow(self, tape: AuditedTape) -> AuditedTape:
        """Give the same tape, counted as it is read."""
        return _FollowedTape(tape, self)

    def say(self, label: str) -> None:
        """Call what goes on by another name."""
        self._progress.update(self._task, description=label)

    def expect(self, candles: int) -> None:
        """Make the bar longer by so many candles."""
        self._total += candles
        self._progress.update(self._task, total=self._total)

    def advance(self, candles: int) -> None:
        """Count candles as read."""
        self._progress.advance(self._task, candles)


class _FollowedReading:
    """One pass whose candles are counted."""

    def __init__(self, reading: TapeReading, progress: TapeProgress) -> None:
        self.reading = reading
        self._progress = progress
        self._candles = self._counted()

    @property
    def candles(self) -> Iterator[Candle]:
        return self._candles

    def runs(self, maker: RunMaker) -> Iterator[CandleRun]:
        for run in self.reading.runs(maker):
            yield run
            self._progress.advance(len(run))

    @property
    def length(self) -> int:
        return self.reading.length

    @property
    def audit(self) -> TapeAudit:
        return self.reading.audit

    def _counted(self) -> Iterator[Candle]:
        told = count = 0
        for count, candle in enumerate(self.reading.candles, 1):
            yield candle
            if count - told == _CANDLES_A_STEP:
                self._progress.advance(_CANDLES_A_STEP)
                told = count
        self._progress.advance(count - told)


class _FollowedTape:
    def __init__(self, tape: AuditedTape, progress: TapeProgress) -> None:
        self._tape = tape
        self._progress = progress

    @property
    def symbol(self) -> str:
        return self._tape.symbol

    @property
    def step_ms(self) -> int:
        return self._tape.step_ms

    @property
    def length(self) -> int:
        return self._tape.length

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        return self.read(from_ms, until_ms).candles

    def read(self, from_ms: int | None = None, until_ms: int | None = None) -> TapeReading:
        reading = self._tape.read(from_ms, until_ms)
        self._progress.expect(reading.length)
        return _FollowedReading(reading, self._progress)
