"""The last opposing candle before a break, where the breakers' orders are thought to rest."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from domain.structure.sided_bar import Moment, SidedBar
from domain.structure.snapshot import SnapshotReader, SnapshotWriter


@dataclass(frozen=True)
class OrderBlockRules:
    """Where a block is sought, how tall it may be, how long and how many are kept on a side."""

    reach_bars: int = 5
    max_height_atr: float = 2.0
    max_age_bars: int = 500
    kept: int = 16


class Leg:
    """The way from a live swing high to now: its lowest low and the candle that would be the block.

    The block candle is the latest down-close candle at most five bars before the low, the low's own
    bar included; without one it is the low's own bar.
    """

    __slots__ = ("_reach", "block", "low")

    def __init__(self, rules: OrderBlockRules) -> None:
        self._reach = rules.reach_bars
        self.low = math.nan
        self.block = SidedBar(math.nan, math.nan, math.nan, math.nan)

    def rebuild(self, bars: list[SidedBar]) -> None:
        """Start again from a confirmed swing high's own bar, the first of these."""
        self.low = bars[0].low
        for number, bar in enumerate(bars):
            self.extend(bar, bars[:number])

    def extend(self, bar: SidedBar, before: list[SidedBar]) -> None:
        """Take the next bar; of equal lows the latest counts."""
        if bar.low <= self.low:
            self.low = bar.low
            self.block = self._block_candle(bar, before)

    def _block_candle(self, bar: SidedBar, before: list[SidedBar]) -> SidedBar:
        for candidate in (bar, *before[: -self._reach - 1 : -1]):
            if candidate.close < candidate.open:
                return candidate
        return bar

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.number(self.low)
        for price in self.block:
            out.number(price)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.low = saved.number()
        self.block = SidedBar(saved.number(), saved.number(), saved.number(), saved.number())


@dataclass(slots=True)
class OrderBlock:
    """A zone that price left with a break; once closed through it is a breaker for the other side.

    `is_inside` tells whether the last bar reached the zone from where price belongs, so that only an
    entry from outside counts as a touch.
    """

    bottom: float
    top: float
    created_bar: int
    created_ms: int
    is_inside: bool
    is_breaker: bool = False
    touches: int = 0


class ZoneWeights(NamedTuple):
    """What a side's blocks count together: those that hold, and half of those that broke."""

    blocks: float
    breakers: float


class OrderBlocks:
    """The order blocks and breakers of one side, oldest first."""

    __slots__ = ("_rules", "kept")

    def __init__(self, rules: OrderBlockRules) -> None:
        self._rules = rules
        self.kept: list[OrderBlock] = []

    def create(self, leg: Leg, bar: SidedBar, moment: Moment) -> None:
        """Take the block that the broken leg leaves behind; it is active from the next bar on."""
        bottom, top = self._zone(leg, moment.atr)
        if top <= bottom:
            return
        if len(self.kept) >= self._rules.kept:
            del self.kept[0]
        self.kept.append(OrderBlock(bottom, top, moment.bar, moment.open_time_ms, bar.low <= top))

    def _zone(self, leg: Leg, atr: float) -> tuple[float, float]:
        opened, high, low, close = leg.block
        bottom = min(low, leg.low)
        if high - bottom > self._rules.max_height_atr * atr:
            return min(opened, close), max(opened, close)
        return bottom, high

    def update(self, bar: SidedBar, moment: Moment) -> None:
        """Let every active block live through the bar: age, break, touch or end."""
        for block in tuple(self.kept):
            age = moment.bar - block.created_bar
            if age > self._rules.max_age_bars or (age > 0 and _ends(block, bar)):
                self.kept.remove(block)

    def weights(self, close: float, atr: float, last_bar: int) -> ZoneWeights:
        """Add up the active blocks by nearness and freshness: 1 / ((1 + d)(1 + touches)).

        d is the distance of the close to the zone in ATR, 0 inside. A breaker counts half.
        """
        blocks = breakers = 0.0
        for block in self.kept:
            if block.created_bar == last_bar:
                continue
            away = distance_to_zone(close, block.bottom, block.top) / atr
            weight = 1.0 / ((1.0 + away) * (1.0 + block.touches))
            if block.is_breaker:
                breakers += 0.5 * weight
            else:
                blocks += weight
        return ZoneWeights(blocks, breakers)

    def nearest(self, close: float, last_bar: int, *, is_breaker: bool) -> OrderBlock | None:
        """Give the active block or breaker closest to the close, of equally close ones the youngest."""
        found, least = None, math.inf
        for block in self.kept:
            if block.is_breaker is is_breaker and block.created_bar != last_bar:
                away = distance_to_zone(close, block.bottom, block.top)
                if away <= least:
                    found, least = block, away
        return found

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(len(self.kept))
        for block in self.kept:
            out.number(block.bottom)
            out.number(block.top)
            out.whole(block.created_bar)
            out.whole(block.created_ms)
            out.flag(block.is_inside)
            out.flag(block.is_breaker)
            out.whole(block.touches)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self.kept = [_loaded(saved) for _ in range(saved.whole())]


def distance_to_zone(close: float, bottom: float, top: float) -> float:
    """Give how far the close lies from the zone, in price; 0 inside."""
    if close < bottom:
        return bottom - close
    return close - top if close > top else 0.0


def _ends(block: OrderBlock, bar: SidedBar) -> bool:
    """Let one active block live through the bar; true when a breaker is closed through in turn."""
    if block.is_breaker:
        _touch(block, bar.high >= block.bottom)
        return bar.close > block.top
    if bar.close < block.bottom:
        block.is_breaker = True
        block.touches = 0
        block.is_inside = bar.high >= block.bottom
    else:
        _touch(block, bar.low <= block.top)
    return False


def _touch(block: OrderBlock, is_inside: bool) -> None:  # noqa: FBT001 - where price is, not a switch
    if is_inside and not block.is_inside:
        block.touches += 1
    block.is_inside = is_inside


def _loaded(saved: SnapshotReader) -> OrderBlock:
    return OrderBlock(
        bottom=saved.number(),
        top=saved.number(),
        created_bar=saved.whole(),
        created_ms=saved.whole(),
        is_inside=saved.flag(),
        is_breaker=saved.flag(),
        touches=saved.whole(),
    )
