"""Closed candles that never came, and those that have to wait for them."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from domain.market.candle import Candle
from domain.tape import CandleClosed

UNKNOWN: Final = -1
"""The next open time before any candle was seen."""


class CandleHole(NamedTuple):
    """Candles of a symbol are missing, from one open time up to, but not with, another.

    `last_close` is the price before the hole.
    """

    symbol: str
    from_ms: int
    until_ms: int
    last_close: float


class CandleRebuilt(NamedTuple):
    """A candle that never came, made from the trades of its time; `at_ms` is the moment it ended."""

    at_ms: int
    symbol: str
    candle: Candle


class WarmUpNeeded(NamedTuple):
    """Candles of a symbol are lost for good: its structure has to be learned anew, without entries.

    `at_ms` is the moment the hole ends; the next candle of the symbol follows it.
    """

    at_ms: int
    symbol: str
    from_ms: int
    until_ms: int
    reason: str


CandleEvent = CandleClosed | CandleRebuilt | WarmUpNeeded


class CandleSequence:
    """The closed candles of one symbol: each once, in order, and none behind a hole before it is filled."""

    def __init__(self, symbol: str, step_ms: int, last: Candle | None = None) -> None:
        self.hole: CandleHole | None = None
        self.next_open_ms = UNKNOWN if last is None else last.open_time_ms + step_ms
        self.duplicates = 0
        self.late = 0
        self._symbol = symbol
        self._step_ms = step_ms
        self._last_close = 0.0 if last is None else last.close
        self._waiting: dict[int, Candle] = {}
        self._was_hole: CandleHole | None = None

    def closed(self, candle: Candle) -> Sequence[CandleEvent]:
        """Take a closed candle, and give what may be told now."""
        open_ms = candle.open_time_ms
        if self.next_open_ms == UNKNOWN:
            self.next_open_ms = open_ms
        if open_ms < self.next_open_ms or open_ms in self._waiting:
            self._count_again(open_ms)
            return ()
        self._waiting[open_ms] = candle
        return self._released()

    def began(self, open_ms: int) -> None:
        """Learn that a candle is under way, so that all before it must have closed."""
        if UNKNOWN < self.next_open_ms < open_ms and self.hole is None:
            self._open_hole(open_ms)

    def filled(self, hole: CandleHole, candles: Iterable[Candle]) -> Sequence[CandleEvent]:
        """Take the rebuilt candles of a hole; real ones that came meanwhile are preferred."""
        if hole != self.hole:
            return ()
        rebuilt = {candle.open_time_ms: candle for candle in candles}
        events: list[CandleEvent] = []
        while self.next_open_ms < hole.until_ms:
            open_ms = self.next_open_ms
            if open_ms in self._waiting:
                events.append(self._tell(self._waiting.pop(open_ms)))
            elif open_ms in rebuilt:
                events.append(CandleRebuilt(*self._tell(rebuilt[open_ms])))
            else:
                return (*events, *self.gave_up(hole, "not all of its candles could be rebuilt"))
        return (*events, *self._released())

    def gave_up(self, hole: CandleHole, reason: str) -> Sequence[CandleEvent]:
        """Go on behind a hole that will not be filled."""
        if hole != self.hole:
            return ()
        lost = WarmUpNeeded(hole.until_ms, self._symbol, self.next_open_ms, hole.until_ms, reason)
        self._waiting = {
            open_ms: candle for open_ms, candle in self._waiting.items() if open_ms >= hole.until_ms
        }
        self.next_open_ms = hole.until_ms
        return (lost, *self._released())

    def _released(self) -> list[CandleEvent]:
        events: list[CandleEvent] = []
        while self._waiting and self.next_open_ms in self._waiting:
            events.append(self._tell(self._waiting.pop(self.next_open_ms)))
        if self.hole is not None and self.next_open_ms >= self.hole.until_ms:
            self._was_hole, self.hole = self.hole, None
        if self._waiting and self.hole is None:
            self._open_hole(min(self._waiting))
        return events

    def _tell(self, candle: Candle) -> CandleClosed:
        self.next_open_ms = candle.open_time_ms + self._step_ms
        self._last_close = candle.close
        return CandleClosed(self.next_open_ms, self._symbol, candle)

    def _open_hole(self, until_ms: int) -> None:
        self.hole = CandleHole(self._symbol, self.next_open_ms, until_ms, self._last_close)

    def _count_again(self, open_ms: int) -> None:
        was = self._was_hole
        if was is not None and was.from_ms <= open_ms < was.until_ms:
            self.late += 1
        else:
            self.duplicates += 1
