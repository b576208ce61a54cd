"""Stops that rest beyond swings, and the wicks that take them."""

from dataclasses import dataclass

from domain.structure.sided_bar import Moment, SidedBar
from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.squash import recency, saturation


@dataclass(frozen=True)
class LiquidityRules:
    """When highs are equal, how long a sweep may take to show, how long and how many pools are kept."""

    equal_within_atr: float = 0.1
    wait_bars: int = 2
    max_age_bars: int = 500
    kept: int = 64
    half_life_bars: int = 6
    nearest: int = 3


@dataclass(slots=True)
class RestingPool:
    """A swing high that no bar has traded above; `count` swings share the level."""

    level: float
    count: int
    born_bar: int


@dataclass(slots=True)
class PiercedPool:
    """A level that was traded above and not yet closed back under; `highest` is the high since."""

    level: float
    count: int
    pierced_bar: int
    highest: float


class LiquidityPools:
    """The pools above the swing highs of one side.

    `resting` never rises from first to last, so the last is the nearest and the first to be pierced.
    """

    __slots__ = ("_pierced", "_rules", "resting")

    def __init__(self, rules: LiquidityRules) -> None:
        self._rules = rules
        self.resting: list[RestingPool] = []
        self._pierced: list[PiercedPool] = []

    def add(self, level: float, moment: Moment) -> None:
        """Take a confirmed swing high: a pool of its own, or one more in the newest if that is equal."""
        newest = self.resting[-1] if self.resting else None
        if newest is not None and newest.level - level <= self._rules.equal_within_atr * moment.atr:
            newest.count += 1
            newest.born_bar = moment.bar
            return
        if len(self.resting) >= self._rules.kept:
            del self.resting[0]
        self.resting.append(RestingPool(level, 1, moment.bar))

    def sweep(self, bar: SidedBar, moment: Moment) -> float:
        """Give the summed magnitude of the pools swept by this bar, 0 when none was."""
        self._forget(moment.bar)
        swept = 0.0
        if self._pierced:
            swept += self._closed_back(bar, moment)
        while self.resting and bar.high > self.resting[-1].level:
            swept += self._pierce(self.resting.pop(), bar, moment)
        return swept

    def _forget(self, bar: int) -> None:
        while self.resting and bar - self.resting[0].born_bar > self._rules.max_age_bars:
            del self.resting[0]

    def _closed_back(self, bar: SidedBar, moment: Moment) -> float:
        swept = 0.0
        waiting, self._pierced = self._pierced, []
        for pool in waiting:
            pool.highest = max(pool.highest, bar.high)
            if bar.close <= pool.level:
                swept += _magnitude(pool, moment.atr)
            elif moment.bar - pool.pierced_bar < self._rules.wait_bars:
                self._pierced.append(pool)
        return swept

    def _pierce(self, pool: RestingPool, bar: SidedBar, moment: Moment) -> float:
        pierced = PiercedPool(pool.level, pool.count, moment.bar, bar.high)
        if bar.close <= pool.level:
            return _magnitude(pierced, moment.atr)
        self._pierced.append(pierced)
        return 0.0

    def nearest(self, close: float) -> list[RestingPool]:
        """Give up to three pools that the close has not passed, nearest first."""
        found: list[RestingPool] = []
        for pool in reversed(self.resting):
            if pool.level >= close:
                found.append(pool)
                if len(found) == self._rules.nearest:
                    break
        return found

    def weight(self, close: float, atr: float) -> float:
        """Add up the nearest pools: count / (1 + d), d the distance to the close in ATR."""
        total = 0.0
        for pool in self.nearest(close):
            total += pool.count / (1.0 + (pool.level - close) / atr)
        return total

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(len(self.resting))
        for pool in self.resting:
            out.number(pool.level)
            out.whole(pool.count)
            out.whole(pool.born_bar)
        out.whole(len(self._pierced))
        for pierced in self._pierced:
            out.number(pierced.level)
            out.whole(pierced.count)
            out.whole(pierced.pierced_bar)
            out.number(pierced.highest)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.resting = [
            RestingPool(saved.number(), saved.whole(), saved.whole()) for _ in range(saved.whole())
        ]
        self._pierced = [
            PiercedPool(saved.number(), saved.whole(), saved.whole(), saved.number())
            for _ in range(saved.whole())
        ]


class LastSweep:
    """The last sweep of a timeframe, and its age in bars.

    `magnitude` is negative when highs were swept, positive when lows were, and 0 before the first.
    """

    __slots__ = ("_half_life_bars", "age_bars", "magnitude")

    def __init__(self, rules: LiquidityRules) -> None:
        self._half_life_bars = rules.half_life_bars
        self.magnitude = 0.0
        self.age_bars: int | None = None

    def update(self, highs_swept: float, lows_swept: float) -> None:
        """Take the summed magnitudes of the bar's sweeps on either side."""
        if highs_swept > 0.0 or lows_swept > 0.0:
            self.magnitude = max(-1.0, min(1.0, lows_swept - highs_swept))
            self.age_bars = 0
        elif self.age_bars is not None:
            self.age_bars += 1

    def strength(self) -> float:
        """Give the last sweep, fading with its age: magnitude x 6 / (6 + age)."""
        if self.age_bars is None:
            return 0.0
        return self.magnitude * recency(self.age_bars, self._half_life_bars)

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.number(self.magnitude)
        out.whole_or_unknown(self.age_bars)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.magnitude = saved.number()
        self.age_bars = saved.whole_or_unknown()


def _magnitude(pool: PiercedPool, atr: float) -> float:
    """Give 0.5 + 0.5 z / (1 + z), z = (highest high - level) / ATR + count - 1; 0.5 without an ATR."""
    is_known = atr > 0.0
    if not is_known:
        return 0.5
    z = (pool.highest - pool.level) / atr + pool.count - 1
    return 0.5 + 0.5 * saturation(z, 1.0)
