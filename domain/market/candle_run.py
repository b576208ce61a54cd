"""Candles that follow each other without a hole, taken as a whole."""

from collections.abc import Sequence
from typing import Protocol

from domain.market.candle import Candle, fault_within


class CandleRun(Protocol):
    """At least one candle of one symbol, each opening where the one before it closed."""

    def __len__(self) -> int: ...

    def candle(self, index: int) -> Candle:
        """Give one of the candles, the oldest being 0. Raises IndexError where there is none."""
        ...

    def part(self, start: int, end: int) -> "CandleRun":
        """Give the candles from `start` up to `end`, without copying them. Raises IndexError."""
        ...

    def first_reaching(self, start: int, end: int, below: float, above: float) -> int:
        """Give the first candle at or below one price, at or above another, or that cannot be true.

        It is sought from `start` up to `end`; `end` where there is none. Raises IndexError outside.
        """
        ...


class CandleRows(CandleRun, Protocol):
    """Rows as they stand on a tape, before anybody has looked them over."""

    def plain_until(self, start: int, due_ms: int, step_ms: int) -> int:
        """Give the end of the stretch from `start` in which every row is plain and opens when it is due.

        A plain row can be true, something was traded in it, and it closes one millisecond before the
        next opens, as far as the source tells. Whatever is not plain is for the auditor to judge.
        """
        ...


class CandleList:
    """The readable rows; `close_times_ms` are those that the source told, if it did."""

    __slots__ = ("_candles", "_close_times_ms", "_end", "_start")

    def __init__(self, candles: Sequence[Candle], close_times_ms: Sequence[int] | None = None) -> None:
        self._candles = candles
        self._close_times_ms = close_times_ms
        self._start = 0
        self._end = len(candles)

    def __len__(self) -> int:
        return self._end - self._start

    def candle(self, index: int) -> Candle:
        """Give one of the candles, the oldest being 0. Raises IndexError where there is none."""
        if not 0 <= index < len(self):
            raise IndexError("no such candle")
        return self._candles[self._start + index]

    def part(self, start: int, end: int) -> "CandleList":
        """Give the candles from `start` up to `end`, without copying them. Raises IndexError."""
        if not 0 <= start <= end <= len(self):
            raise IndexError("no such candles")
        part = CandleList(self._candles, self._close_times_ms)
        part._start, part._end = self._start + start, self._start + end
        return part

    def first_reaching(self, start: int, end: int, below: float, above: float) -> int:
        """Give the first candle at or below one price, at or above another, or that cannot be true."""
        for index in range(start, end):
            candle = self.candle(index)
            if candle.low <= below or candle.high >= above or fault_within(candle) is not None:
                return index
        return end

    def plain_until(self, start: int, due_ms: int, step_ms: int) -> int:
        """Give the end of the stretch from `start` in which every row is plain and opens when it is due."""
        for index in range(start, len(self)):
            candle = self.candle(index)
            closes_ms = candle.open_time_ms + step_ms - 1
            if (
                candle.open_time_ms != due_ms
                or not is_plain(candle)
                or closes_ms != self._told(index, closes_ms)
            ):
                return index
            due_ms += step_ms
        return max(start, len(self))

    def _told(self, index: int, otherwise: int) -> int:
        return otherwise if self._close_times_ms is None else self._close_times_ms[self._start + index]


def is_plain(candle: Candle) -> bool:
    """Tell whether a candle can be true and something was traded in it."""
    return fault_within(candle) is None and candle.volume > 0.0
