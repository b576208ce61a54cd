"""Prices that a fast bar jumped over, which the market tends to come back for."""

import math
from dataclasses import dataclass

from domain.structure.order_block import distance_to_zone
from domain.structure.sided_bar import Moment, SidedBar
from domain.structure.snapshot import SnapshotReader, SnapshotWriter


@dataclass(frozen=True)
class FairValueGapRules:
    """How large a gap is, how much of its size counts, how long and how many are kept on a side."""

    min_size_atr: float = 0.1
    max_counted_size_atr: float = 2.0
    max_age_bars: int = 500
    kept: int = 32


@dataclass(slots=True)
class FairValueGap:
    """The zone between the first bar's high and the third bar's low.

    `edge` is the lowest price seen in it since: what lies below is still open.
    """

    bottom: float
    top: float
    edge: float
    created_bar: int
    created_ms: int


class FairValueGaps:
    """The open fair value gaps of one side, oldest first."""

    __slots__ = ("_rules", "open")

    def __init__(self, rules: FairValueGapRules) -> None:
        self._rules = rules
        self.open: list[FairValueGap] = []

    def update(self, bar: SidedBar, moment: Moment) -> None:
        """Let every gap live through the bar: filled a little, filled, or too old."""
        low = bar.low
        oldest = moment.bar - self._rules.max_age_bars
        has_ended = False
        for gap in self.open:
            gap.edge = min(gap.edge, low)
            if low <= gap.bottom or gap.created_bar < oldest:
                has_ended = True
        if has_ended:
            self.open = [gap for gap in self.open if gap.edge > gap.bottom and gap.created_bar >= oldest]

    def find(self, bar: SidedBar, before: list[SidedBar], moment: Moment) -> None:
        """Take a gap when the bar is the third in a row and leaves one open."""
        if not moment.is_third_in_row:
            return
        bottom, top = before[-2].high, bar.low
        is_left_behind = top > bottom and before[-1].close > bottom
        if not (is_left_behind and top - bottom >= self._rules.min_size_atr * moment.atr_before):
            return
        if len(self.open) >= self._rules.kept:
            del self.open[0]
        self.open.append(FairValueGap(bottom, top, top, moment.bar, moment.open_time_ms))

    def weight(self, close: float, atr: float) -> float:
        """Add up the gaps: remaining share x min(size / ATR, 2) / (1 + d).

        d is the distance of the close to what is still open, in ATR.
        """
        total = 0.0
        most = self._rules.max_counted_size_atr
        for gap in self.open:
            size = gap.top - gap.bottom
            share = (gap.edge - gap.bottom) / size
            away = distance_to_zone(close, gap.bottom, gap.edge) / atr
            total += share * min(size / atr, most) / (1.0 + away)
        return total

    def nearest(self, close: float) -> FairValueGap | None:
        """Give the gap whose open part is closest to the close, of equally close ones the youngest."""
        found, least = None, math.inf
        for gap in self.open:
            away = distance_to_zone(close, gap.bottom, gap.edge)
            if away <= least:
                found, least = gap, away
        return found

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(len(self.open))
        for gap in self.open:
            out.number(gap.bottom)
            out.number(gap.top)
            out.number(gap.edge)
            out.whole(gap.created_bar)
            out.whole(gap.created_ms)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.open = [_loaded(saved) for _ in range(saved.whole())]


def _loaded(saved: SnapshotReader) -> FairValueGap:
    return FairValueGap(
        bottom=saved.number(),
        top=saved.number(),
        edge=saved.number(),
        created_bar=saved.whole(),
        created_ms=saved.whole(),
    )
