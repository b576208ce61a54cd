"""How far price usually travels in one bar."""

import math
from dataclasses import dataclass

from domain.structure.snapshot import SnapshotReader, SnapshotWriter


@dataclass(frozen=True)
class AverageTrueRangeRules:
    """Over how many bars the range is averaged."""

    period_bars: int = 14


class AverageTrueRange:
    """Wilder's average true range of one timeframe, in price.

    The mean of the first 14 true ranges, then (13 ATR + TR) / 14 (Wilder 1978). `before` is the value
    known before the last bar and `now` the one that includes it; both NaN until enough bars are known.
    """

    __slots__ = ("_bars", "_last_close", "_period", "_seed_sum", "before", "now")

    def __init__(self, rules: AverageTrueRangeRules) -> None:
        self._period = rules.period_bars
        self._bars = 0
        self._seed_sum = 0.0
        self._last_close = math.nan
        self.before = math.nan
        self.now = math.nan

    def update(self, high: float, low: float, close: float) -> None:
        """Take one closed bar."""
        true_range = self._true_range(high, low)
        self._last_close = close
        self.before = self.now
        if self._bars >= self._period:
            self.now = ((self._period - 1) * self.now + true_range) / self._period
            return
        self._bars += 1
        self._seed_sum += true_range
        if self._bars == self._period:
            self.now = self._seed_sum / self._period

    def _true_range(self, high: float, low: float) -> float:
        widest = high - low
        if self._bars == 0:
            return widest
        for reach in (high - self._last_close, self._last_close - low):
            widest = max(widest, reach)
        return widest

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(self._bars)
        for number in (self._seed_sum, self._last_close, self.before, self.now):
            out.number(number)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self._bars = saved.whole()
        self._seed_sum = saved.number()
        self._last_close = saved.number()
        self.before = saved.number()
        self.now = saved.number()
