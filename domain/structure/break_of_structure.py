"""Closes beyond the last swing, and the trend they make."""

import math
from dataclasses import dataclass

from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.squash import recency


@dataclass(frozen=True)
class TrendRules:
    """How many breaks are remembered, and after how many bars the last one counts half."""

    events_kept: int = 6
    half_life_bars: int = 12


class SwingLevel:
    """The last confirmed swing high of a side; `is_live` until a bar closes above it."""

    __slots__ = ("is_live", "price")

    def __init__(self) -> None:
        self.price = math.nan
        self.is_live = False

    def confirm(self, price: float) -> None:
        """Take a newly confirmed swing high as the level to break."""
        self.price = price
        self.is_live = True

    def break_by(self, close: float) -> bool:
        """Tell whether this close breaks the level, which it does once."""
        if not (self.is_live and close > self.price):
            return False
        self.is_live = False
        return True

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.number(self.price)
        out.flag(self.is_live)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.price = saved.number()
        self.is_live = saved.flag()


class Trend:
    """The direction of the last break: +1, -1, or 0 before the first.

    A break against the trend is a change of character (CHoCH), any other a break of structure (BOS).
    `age_bars` is 0 on the bar of the last break and None before the first.
    """

    __slots__ = ("_events", "_rules", "age_bars", "direction", "is_choch")

    def __init__(self, rules: TrendRules) -> None:
        self._rules = rules
        self._events: list[int] = []
        self.direction = 0
        self.is_choch = False
        self.age_bars: int | None = None

    def update(self, event: int) -> None:
        """Take the bar's break: +1 up, -1 down, 0 none."""
        if event != 0:
            self._turn(event)
        elif self.age_bars is not None:
            self.age_bars += 1

    def _turn(self, event: int) -> None:
        self.is_choch = self.direction == -event
        self.direction = event
        self.age_bars = 0
        self._events.append(event)
        if len(self._events) > self._rules.events_kept:
            del self._events[0]

    def strength(self) -> float:
        """Give the trend from -1 to 1, fresh breaks counting up to twice as much as old ones.

        trend (1 + r(age; 12)) / 2 with r(a; h) = h / (h + a).
        """
        if self.age_bars is None:
            return 0.0
        return self.direction * (1.0 + recency(self.age_bars, self._rules.half_life_bars)) / 2.0

    def integrity(self) -> float:
        """Give the share of the remembered breaks that went the trend's way, 0 before the first."""
        if not self._events:
            return 0.0
        return self._events.count(self.direction) / len(self._events)

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(self.direction)
        out.flag(self.is_choch)
        out.whole_or_unknown(self.age_bars)
        out.whole(len(self._events))
        for event in self._events:
            out.whole(event)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.direction = saved.whole()
        self.is_choch = saved.flag()
        self.age_bars = saved.whole_or_unknown()
        self._events = [saved.whole() for _ in range(saved.whole())]
