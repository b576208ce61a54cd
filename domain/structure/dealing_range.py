"""The range between the last swings in which price is dear or cheap."""

import math
from typing import NamedTuple

from domain.structure.snapshot import SnapshotReader, SnapshotWriter


class RunningExtreme:
    """The highest high since and including the last confirmed swing high; NaN before the first."""

    __slots__ = ("price",)

    def __init__(self) -> None:
        self.price = math.nan

    def restart(self, swing_high: float) -> None:
        """Start again from a confirmed swing high; the bars that confirmed it were not higher."""
        self.price = swing_high

    def update(self, high: float) -> None:
        """Take one closed bar's high."""
        if high > self.price:  # noqa: PLR1730 - so that NaN stays NaN in every language
            self.price = high

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.number(self.price)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.price = saved.number()


class DealingRange(NamedTuple):
    """From the lowest low to the highest high since the last swings; the upper half is premium."""

    bottom: float
    top: float

    def widened_by(self, low: float, high: float) -> "DealingRange":
        """Give the range with these prices in it too."""
        return DealingRange(min(self.bottom, low), max(self.top, high))

    def position_of(self, close: float) -> float:
        """Give -1 at the bottom (deepest discount), +1 at the top, 0 in the middle or without a range.

        ((close - bottom) - (top - close)) / (top - bottom).
        """
        if self.top <= self.bottom:
            return 0.0
        return ((close - self.bottom) - (self.top - close)) / (self.top - self.bottom)
