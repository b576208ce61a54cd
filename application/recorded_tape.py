"""A tape recorded in one or several files, joined in time order and audited as it is read."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Final, Protocol

from application.ports.candle_tape import TapeRefused
from application.ports.run_maker import CandleColumns, RunMaker
from domain.market.candle import Candle
from domain.market.candle_run import CandleRows, CandleRun
from domain.market.tape_audit import RepairPolicy, RowRefused, TapeAudit, TapeAuditor

TapeRow = tuple[int, Candle, int | None]
"""A row's number from 1 in its file, its candle, and its close time in ms where the file has one."""


_CANDLES_GATHERED: Final = 4_096


class TapePart(Protocol):
    """One file of a tape; its rows come in the order in which they stand in the file."""

    @property
    def file(self) -> str:
        """The file's path, as shown in errors."""
        ...

    @property
    def symbol(self) -> str:
        """The symbol of all its rows."""
        ...

    @property
    def step_ms(self) -> int:
        """The length of its candles."""
        ...

    @property
    def length(self) -> int:
        """How many rows it has."""
        ...

    @property
    def span_ms(self) -> tuple[int, int]:
        """The earliest and the latest open time in it."""
        ...

    def rows(self, from_ms: int | None, until_ms: int | None) -> Iterator[TapeRow]:
        """Give the rows whose open time lies in [from, until). Raises TapeRefused."""
        ...

    def columns(self, from_ms: int | None, until_ms: int | None) -> Iterator[CandleColumns]:
        """Give the same rows, some thousands at once. Raises TapeRefused after the rows before the fault."""
        ...


class RecordedReading:
    """One pass over the files of a tape."""

    def __init__(
        self, parts: Sequence[TapePart], auditor: TapeAuditor, from_ms: int | None, until_ms: int | None
    ) -> None:
        self._parts = _within(parts, from_ms, until_ms)
        self._window = from_ms, until_ms
        self._auditor = auditor
        self._length = sum(_rows_within(part, from_ms, until_ms) for part in self._parts)
        self._candles = _audited(self._parts, auditor, from_ms, until_ms)

    @property
    def candles(self) -> Iterator[Candle]:
        """The candles that passed the audit, to be taken once. Raises TapeRefused."""
        return self._candles

    def runs(self, maker: RunMaker) -> Iterator[CandleRun]:
        """The same candles as runs without a hole, instead of one by one. Raises TapeRefused."""
        return _audited_runs(self._parts, self._auditor, maker, *self._window)

    @property
    def length(self) -> int:
        """About how many rows it will read, as if no candle of its files were missing."""
        return self._length

    @property
    def audit(self) -> TapeAudit:
        """What was found among the rows read so far."""
        return self._auditor.result()


class RecordedTape:
    """Files of one symbol read as one tape."""

    def __init__(self, parts: Sequence[TapePart], policy: RepairPolicy = RepairPolicy.STANDARD) -> None:
        """Join the files. Raises TapeRefused when their symbols or candle lengths differ."""
        self._parts = sorted(parts, key=lambda part: part.span_ms)
        self._policy = policy
        for part in self._parts[1:]:
            _refuse_a_stranger(self._parts[0], part)

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self._parts[0].symbol

    @property
    def step_ms(self) -> int:
        """The length of a candle in milliseconds."""
        return self._parts[0].step_ms

    @property
    def length(self) -> int:
        """How many rows the files hold together."""
        return sum(part.length for part in self._parts)

    def read(self, from_ms: int | None = None, until_ms: int | None = None) -> RecordedReading:
        """Begin a pass over the candles whose open time lies in [from, until)."""
        return RecordedReading(self._parts, TapeAuditor(self.step_ms, self._policy), from_ms, until_ms)

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterator[Candle]:
        """Give the candles whose open time lies in [from, until). Raises TapeRefused."""
        return self.read(from_ms, until_ms).candles


def _refuse_a_stranger(first: TapePart, part: TapePart) -> None:
    if part.symbol != first.symbol:
        raise TapeRefused(part.file, None, f"wrong symbol: expected {first.symbol}, found {part.symbol}")
    if part.step_ms != first.step_ms:
        reason = f"its candles last {part.step_ms} ms, those of {first.file} {first.step_ms} ms"
        raise TapeRefused(part.file, None, reason)


def _within(parts: Sequence[TapePart], from_ms: int | None, until_ms: int | None) -> list[TapePart]:
    young_enough = [part for part in parts if from_ms is None or part.span_ms[1] >= from_ms]
    return [part for part in young_enough if until_ms is None or part.span_ms[0] < until_ms]


def _rows_within(part: TapePart, from_ms: int | None, until_ms: int | None) -> int:
    first_ms, last_ms = part.span_ms
    begin_ms = first_ms if from_ms is None else max(first_ms, from_ms)
    end_ms = last_ms + part.step_ms if until_ms is None else min(last_ms + part.step_ms, until_ms)
    return max(0, min(part.length, (end_ms - begin_ms) // part.step_ms))


def _audited(
    parts: Sequence[TapePart], auditor: TapeAuditor, from_ms: int | None, until_ms: int | None
) -> Iterator[Candle]:
    admit = auditor.admit
    try:
        for group in _overlapping(parts):
            if len(group) == 1:
                auditor.turn_to(group[0].file)
                for row, candle, close_time_ms in group[0].rows(from_ms, until_ms):
                    if admit(row, candle, close_time_ms):
                        yield candle
            else:
                yield from _merged(group, auditor, from_ms, until_ms)
    except RowRefused as refused:
        raise TapeRefused(refused.file, refused.row, refused.reason) from None


def _audited_runs(
    parts: Sequence[TapePart],
    auditor: TapeAuditor,
    maker: RunMaker,
    from_ms: int | None,
    until_ms: int | None,
) -> Iterator[CandleRun]:
    try:
        for group in _overlapping(parts):
            if len(group) == 1:
                auditor.turn_to(group[0].file)
                for columns in group[0].columns(from_ms, until_ms):
                    yield from _runs_among(columns, auditor, maker)
            else:
                yield from _gathered(_merged(group, auditor, from_ms, until_ms), auditor.step_ms, maker)
    except RowRefused as refused:
        raise TapeRefused(refused.file, refused.row, refused.reason) from None


def _runs_among(columns: CandleColumns, auditor: TapeAuditor, maker: RunMaker) -> Iterator[CandleRun]:
    """Audit rows, plain ones all at once, and give those that stay; a run ends where one is missing."""
    rows = maker.of_columns(columns)
    start = at = 0
    while at < len(rows):
        end = _plain_until(rows, at, auditor)
        if end == at:
            end, due_ms, candle = at + 1, auditor.due_ms, rows.candle(at)
            try:
                is_kept = auditor.admit(columns.row[at], candle, _close_time_of(columns, at))
            except RowRefused:
                yield from _part(rows, start, at)
                raise
            if not is_kept or candle.open_time_ms != due_ms:
                yield from _part(rows, start, at)
                start = at if is_kept else end
        at = end
    yield from _part(rows, start, at)


def _plain_until(rows: CandleRows, start: int, auditor: TapeAuditor) -> int:
    """Admit the plain rows from `start` on, and give the index of the first that must be looked at."""
    due_ms = auditor.due_ms
    end = start if due_ms is None else rows.plain_until(start, due_ms, auditor.step_ms)
    if end > start:
        auditor.admit_plain(end - start, rows.candle(end - 1))
    return end


def _close_time_of(columns: CandleColumns, index: int) -> int | None:
    return None if columns.close_time_ms is None else columns.close_time_ms[index]


def _part(rows: CandleRun, start: int, end: int) -> Iterator[CandleRun]:
    if end > start:
        yield rows.part(start, end)


def _gathered(candles: Iterator[Candle], step_ms: int, maker: RunMaker) -> Iterator[CandleRun]:
    """Gather candles into runs; those before a row that is refused are given first."""
    run: list[Candle] = []
    try:
        for candle in candles:
            is_next = run and candle.open_time_ms == run[-1].open_time_ms + step_ms
            if run and not (is_next and len(run) < _CANDLES_GATHERED):
                yield maker.of_candles(run)
                run = []
            run.append(candle)
    except (RowRefused, TapeRefused):
        if run:
            yield maker.of_candles(run)
        raise
    if run:
        yield maker.of_candles(run)


def _overlapping(parts: Sequence[TapePart]) -> Iterator[list[TapePart]]:
    """Group files, sorted by their first candle, that reach into one another's time."""
    group: list[TapePart] = []
    for part in parts:
        if group and part.span_ms[0] > max(one.span_ms[1] for one in group):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _merged(
    group: Sequence[TapePart], auditor: TapeAuditor, from_ms: int | None, until_ms: int | None
) -> Iterator[Candle]:
    streams = (zip(repeat(part.file), part.rows(from_ms, until_ms), strict=False) for part in group)
    for file, (row, candle, close_time_ms) in heapq.merge(*streams, key=_open_time_ms):
        auditor.turn_to(file)
        if auditor.admit(row, candle, close_time_ms):
            yield candle


def _open_time_ms(named_row: tuple[str, TapeRow]) -> int:
    return named_row[1][1].open_time_ms
