"""One symbol's chart on three timeframes at once."""

from typing import Final

from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.killzone import killzone_weight
from domain.structure.chart_side import Kept
from domain.structure.dealing_range import DealingRange
from domain.structure.frame import Frame
from domain.structure.order_flow import OrderFlow
from domain.structure.participation import Participation
from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.structure_config import StructureConfig

KEPT_OF_BASE: Final = Kept(blocks=False, gaps=True, pools=True)
KEPT_OF_MIDDLE: Final = Kept(blocks=True, gaps=False, pools=True)
KEPT_OF_HIGHER: Final = Kept(blocks=False, gaps=False, pools=False)


class ThreeFrames:
    """The base frame and the two longer ones that grow out of its bars.

    A longer bar is read when it is complete and never while it forms, but for the highs and lows of
    its closed base bars, which widen the middle frame's dealing range.
    """

    __slots__ = (
        "_to_higher",
        "_to_middle",
        "base",
        "flow",
        "higher",
        "killzone",
        "last",
        "middle",
        "participation",
    )

    def __init__(self, config: StructureConfig) -> None:
        base, middle, higher = config.base_step_ms, config.middle_step_ms, config.higher_step_ms
        self._to_middle = CandleAggregator(base, middle)
        self._to_higher = CandleAggregator(base, higher)
        self.base = Frame(base, config, KEPT_OF_BASE)
        self.middle = Frame(middle, config, KEPT_OF_MIDDLE)
        self.higher = Frame(higher, config, KEPT_OF_HIGHER)
        self.flow = OrderFlow(config.order_flow)
        self.participation = Participation(config.participation)
        self.killzone = 0.0
        self.last: Candle | None = None

    def update(self, bar: Candle) -> None:
        """Take one closed base bar that has been checked."""
        for middle_bar in self._to_middle.fold(bar):
            self.middle.update(middle_bar)
        for higher_bar in self._to_higher.fold(bar):
            self.higher.update(higher_bar)
        self.base.update(bar)
        self.flow.update(bar)
        self.participation.update(bar.volume)
        self.killzone = killzone_weight(bar.open_time_ms)
        self.last = bar

    @property
    def is_ready(self) -> bool:
        """Tell whether everything that the twelve features read is known."""
        return (
            self.base.atr.before > 0.0
            and self.base.atr.now > 0.0
            and self.middle.atr.now > 0.0
            and self.higher.atr.now >= 0.0
            and self.participation.is_known
            and self.middle.dealing_range() is not None
        )

    def dealing_range(self) -> DealingRange | None:
        """Give the middle frame's range, the closed base bars of its forming bar included."""
        dealing_range = self.middle.dealing_range()
        growing = self._to_middle.growing
        if dealing_range is None or growing is None:
            return dealing_range
        return dealing_range.widened_by(growing.low, growing.high)

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.candle(self._to_middle.growing)
        out.candle(self._to_higher.growing)
        out.number(self.killzone)
        out.candle(self.last)
        for part in (self.base, self.middle, self.higher, self.flow, self.participation):
            part.save(out)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self._to_middle.resume(saved.candle())
        self._to_higher.resume(saved.candle())
        self.killzone = saved.number()
        self.last = saved.candle()
        for part in (self.base, self.middle, self.higher, self.flow, self.participation):
            part.load(saved)
