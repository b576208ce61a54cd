"""Everything a timeframe knows about one side of its chart."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.structure.break_of_structure import SwingLevel
from domain.structure.dealing_range import RunningExtreme
from domain.structure.fair_value_gap import FairValueGaps
from domain.structure.liquidity import LiquidityPools
from domain.structure.order_block import Leg, OrderBlocks
from domain.structure.sided_bar import Moment, SidedBar
from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.structure_config import StructureConfig
from domain.structure.swing import bars_since_swing_high

Part = SwingLevel | RunningExtreme | Leg | OrderBlocks | FairValueGaps | LiquidityPools


class Kept(NamedTuple):
    """Which structures a timeframe keeps; what no feature and no view reads is not followed.

    Swings, breaks and the running extreme are always kept, and the leg where the blocks are.
    """

    blocks: bool
    gaps: bool
    pools: bool


EVERYTHING: Final = Kept(blocks=True, gaps=True, pools=True)


class ChartSide:
    """The up side: swing highs, what breaks them, what that leaves below, and the pools above.

    The down side is the same on turned-over bars; its prices are negated and its zones upside down.
    """

    __slots__ = (
        "_bars",
        "_bars_kept",
        "_keeps",
        "_leg",
        "_reach",
        "blocks",
        "extreme",
        "gaps",
        "level",
        "pools",
    )

    def __init__(self, config: StructureConfig, keeps: Kept = EVERYTHING) -> None:
        self._keeps = keeps
        self._reach = config.swing.reach_bars
        self._bars_kept = max(2 * self._reach + 1, config.order_block.reach_bars, 2)
        self._bars: list[SidedBar] = []
        self._leg = Leg(config.order_block)
        self.level = SwingLevel()
        self.extreme = RunningExtreme()
        self.blocks = OrderBlocks(config.order_block)
        self.gaps = FairValueGaps(config.fair_value_gap)
        self.pools = LiquidityPools(config.liquidity)

    def has_broken(self, bar: SidedBar, moment: Moment) -> bool:
        """Tell whether the bar closes above the live swing high, and keep the block it leaves."""
        is_broken = self.level.break_by(bar.close)
        if is_broken and self._keeps.blocks:
            self.blocks.create(self._leg, bar, moment)
        return is_broken

    def live_through(self, bar: SidedBar, moment: Moment) -> float:
        """Let zones, pools, extreme and leg take the bar; give the magnitude of what it swept."""
        if self._keeps.gaps:
            self.gaps.update(bar, moment)
            self.gaps.find(bar, self._bars, moment)
        if self._keeps.blocks:
            self.blocks.update(bar, moment)
            if self.level.is_live:
                self._leg.extend(bar, self._bars)
        self.extreme.update(bar.high)
        return self.pools.sweep(bar, moment) if self._keeps.pools else 0.0

    def confirm(self, bar: SidedBar, moment: Moment) -> None:
        """Keep the bar, and take the swing high it confirms, if it does."""
        self._bars.append(bar)
        if len(self._bars) > self._bars_kept:
            del self._bars[0]
        since_swing = bars_since_swing_high(self._bars, self._reach)
        if since_swing:
            swing_high = since_swing[0].high
            self.level.confirm(swing_high)
            self.extreme.restart(swing_high)
            if self._keeps.blocks:
                self._leg.rebuild(since_swing)
            if self._keeps.pools:
                self.pools.add(swing_high, moment)

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(len(self._bars))
        for bar in self._bars:
            for price in bar:
                out.number(price)
        for part in self._parts():
            part.save(out)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self._bars = [
            SidedBar(saved.number(), saved.number(), saved.number(), saved.number())
            for _ in range(saved.whole())
        ]
        for part in self._parts():
            part.load(saved)

    def _parts(self) -> Iterator[Part]:
        yield from (self.level, self.extreme)
        if self._keeps.blocks:
            yield from (self._leg, self.blocks)
        if self._keeps.gaps:
            yield self.gaps
        if self._keeps.pools:
            yield self.pools
