"""The audit every recorded candle passes: what is dropped, what is refused, and what is only noted."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.market.candle import LARGEST, Candle, fault_within

PLACES_KEPT: Final = 10


class RepairPolicy(StrEnum):
    """How much a tape may be mended.

    STRICT drops nothing and refuses every row it cannot take. STANDARD drops a row that repeats the one
    before it word for word, and refuses the rest. REPAIR drops every row that cannot be true, keeping the
    first of two that disagree. What is dropped is always counted.
    """

    STRICT = "strict"
    STANDARD = "standard"
    REPAIR = "repair"


class TapeRemark(StrEnum):
    """What the audit can say of a row."""

    IDENTICAL_DUPLICATE = "repeats the candle before it"
    CONFLICTING_DUPLICATE = "has the open time of the candle before it and other numbers"
    OUT_OF_ORDER = "lies before the candle before it"
    OFF_THE_GRID = "open time is not a multiple of the candle's length"
    IMPOSSIBLE = "cannot be true"
    GAP = "candles are missing before it"
    ZERO_VOLUME = "nothing was traded"
    ODD_CLOSE_TIME = "does not close one millisecond before the next candle opens"


FAULTS: Final = frozenset(
    {
        TapeRemark.IDENTICAL_DUPLICATE,
        TapeRemark.CONFLICTING_DUPLICATE,
        TapeRemark.OUT_OF_ORDER,
        TapeRemark.OFF_THE_GRID,
        TapeRemark.IMPOSSIBLE,
    }
)
"""The remarks that cost a row its place; the others are facts of the market and stay."""

_DROPPED_UNDER: Final = {
    RepairPolicy.STRICT: frozenset[TapeRemark](),
    RepairPolicy.STANDARD: frozenset({TapeRemark.IDENTICAL_DUPLICATE}),
    RepairPolicy.REPAIR: FAULTS,
}


class RowRefused(ValueError):
    """A row that the policy neither takes nor drops; the tape ends here."""

    def __init__(self, file: str, row: int, reason: str) -> None:
        super().__init__(f"{file}, row {row}: {reason}")
        self.file = file
        self.row = row
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TapePlace:
    """Where something was noted; rows count from 1."""

    file: str
    row: int
    open_time_ms: int
    remark: TapeRemark
    reason: str


@dataclass(frozen=True, slots=True)
class TapeAudit:
    """What was found on a tape, or on the part of it that was read.

    `rows` were read, `candles` were given; the difference was dropped. Gaps are counted with the candles
    missing in them, and the longest in candles. `places` are the first few remarks.
    """

    rows: int
    candles: int
    first_open_ms: int | None
    last_open_ms: int | None
    counts: dict[TapeRemark, int]
    missing_candles: int
    longest_gap: int
    places: tuple[TapePlace, ...]

    @property
    def dropped(self) -> int:
        """How many rows were left out."""
        return self.rows - self.candles

    def count(self, remark: TapeRemark) -> int:
        """How many rows earned the remark."""
        return self.counts[remark]


class TapeAuditor:
    """Reads the rows of one tape in turn and says of each whether it may stay."""

    def __init__(self, step_ms: int, policy: RepairPolicy = RepairPolicy.STANDARD) -> None:
        self.step_ms = step_ms
        self._closes_after_ms = step_ms - 1
        self._dropped_remarks = _DROPPED_UNDER[policy]
        self._file = ""
        self._rows = 0
        self._counts = dict.fromkeys(TapeRemark, 0)
        self._missing = 0
        self._longest = 0
        self._places: list[TapePlace] = []
        self._first_open_ms: int | None = None
        self._last: Candle | None = None
        self._due_ms: int | None = None

    def turn_to(self, file: str) -> None:
        """Say which file the next rows come from."""
        self._file = file

    @property
    def due_ms(self) -> int | None:
        """When the next candle opens if none is missing; None before the first."""
        return self._due_ms

    def admit_plain(self, rows: int, last: Candle) -> None:
        """Keep a stretch of rows at once: each plain, the first one due, `last` the last of them.

        What `CandleRows.plain_until` calls plain is what `admit` keeps without a remark.
        """
        self._rows += rows
        self._last = last
        self._due_ms = last.open_time_ms + self.step_ms

    def admit(self, row: int, candle: Candle, close_time_ms: int | None) -> bool:
        """Keep the row (True) or drop it (False). `close_time_ms` is None where the source has none.

        Raises RowRefused where the policy allows neither.
        """
        self._rows += 1
        open_time_ms, opened, high, low, close, volume, taker_buy = candle
        is_plain = (
            0.0 < low <= opened <= high <= LARGEST and low <= close <= high and 0.0 <= taker_buy <= volume
        )
        if open_time_ms != self._due_ms or not is_plain or volume > LARGEST:
            return self._admit_unexpected(row, candle, close_time_ms)
        self._last = candle
        self._due_ms = open_time_ms + self.step_ms
        if volume == 0.0 or close_time_ms != open_time_ms + self._closes_after_ms:
            self._remark_on_kept(row, candle, close_time_ms)
        return True

    def result(self) -> TapeAudit:
        """Give the counts as of the last row read."""
        faults = sum(self._counts[fault] for fault in FAULTS)
        return TapeAudit(
            rows=self._rows,
            candles=self._rows - faults,
            first_open_ms=self._first_open_ms,
            last_open_ms=None if self._last is None else self._last.open_time_ms,
            counts=dict(self._counts),
            missing_candles=self._missing,
            longest_gap=self._longest,
            places=tuple(self._places),
        )

    def _admit_unexpected(self, row: int, candle: Candle, close_time_ms: int | None) -> bool:
        fault = self._fault_of(candle)
        if fault is not None:
            self._drop(row, candle, *fault)
            return False
        self._note_gap_before(row, candle)
        if self._first_open_ms is None:
            self._first_open_ms = candle.open_time_ms
        self._last = candle
        self._due_ms = candle.open_time_ms + self.step_ms
        self._remark_on_kept(row, candle, close_time_ms)
        return True

    def _fault_of(self, candle: Candle) -> tuple[TapeRemark, str] | None:
        impossible = fault_within(candle)
        if impossible is not None:
            return TapeRemark.IMPOSSIBLE, impossible.value
        if candle.open_time_ms % self.step_ms:
            return TapeRemark.OFF_THE_GRID, TapeRemark.OFF_THE_GRID.value
        remark = _fault_after(self._last, candle)
        return None if remark is None else (remark, remark.value)

    def _drop(self, row: int, candle: Candle, remark: TapeRemark, reason: str) -> None:
        if remark not in self._dropped_remarks:
            self._rows -= 1
            raise RowRefused(self._file, row, f"candle at {candle.open_time_ms}: {reason}")
        self._remark(row, candle, remark, reason)

    def _note_gap_before(self, row: int, candle: Candle) -> None:
        if self._due_ms is None or candle.open_time_ms == self._due_ms:
            return
        missing = (candle.open_time_ms - self._due_ms) // self.step_ms
        self._missing += missing
        self._longest = max(self._longest, missing)
        self._remark(row, candle, TapeRemark.GAP, f"{missing} {TapeRemark.GAP.value}")

    def _remark_on_kept(self, row: int, candle: Candle, close_time_ms: int | None) -> None:
        if candle.volume == 0.0:
            self._remark(row, candle, TapeRemark.ZERO_VOLUME, TapeRemark.ZERO_VOLUME.value)
        if close_time_ms not in (None, candle.open_time_ms + self._closes_after_ms):
            self._remark(row, candle, TapeRemark.ODD_CLOSE_TIME, TapeRemark.ODD_CLOSE_TIME.value)

    def _remark(self, row: int, candle: Candle, remark: TapeRemark, reason: str) -> None:
        self._counts[remark] += 1
        if len(self._places) < PLACES_KEPT:
            self._places.append(TapePlace(self._file, row, candle.open_time_ms, remark, reason))


def _fault_after(last: Candle | None, candle: Candle) -> TapeRemark | None:
    if last is None or candle.open_time_ms > last.open_time_ms:
        return None
    if candle.open_time_ms < last.open_time_ms:
        return TapeRemark.OUT_OF_ORDER
    return TapeRemark.IDENTICAL_DUPLICATE if _is_same(last, candle) else TapeRemark.CONFLICTING_DUPLICATE


def _is_same(one: Candle, other: Candle) -> bool:
    if one[:6] != other[:6]:
        return False
    both_unknown = math.isnan(one.taker_buy_volume) and math.isnan(other.taker_buy_volume)
    return both_unknown or one.taker_buy_volume == other.taker_buy_volume
