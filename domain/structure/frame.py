"""One timeframe of a chart."""

import math

from domain.market.candle import Candle
from domain.structure.average_true_range import AverageTrueRange
from domain.structure.break_of_structure import Trend
from domain.structure.chart_side import EVERYTHING, ChartSide, Kept
from domain.structure.dealing_range import DealingRange
from domain.structure.displacement import LastDisplacement, displacement_of
from domain.structure.liquidity import LastSweep
from domain.structure.sided_bar import Moment, SidedBar, turned_over, upright
from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_view import FrameView


class Frame:
    """The structure of one timeframe, bar by closed bar.

    The order within a bar is part of the definition: ATR, displacement, both sides' breaks, zones,
    sweeps, extremes and legs, then trend and sweep, and last the swing that the bar confirms.
    """

    __slots__ = (
        "_bars",
        "_last_open_times_ms",
        "_rules",
        "_step_ms",
        "atr",
        "displacement",
        "down",
        "sweep",
        "trend",
        "up",
    )

    def __init__(self, step_ms: int, config: StructureConfig, keeps: Kept = EVERYTHING) -> None:
        self._step_ms = step_ms
        self._rules = config.displacement
        self._bars = 0
        self._last_open_times_ms: list[int] = []
        self.atr = AverageTrueRange(config.average_true_range)
        self.displacement = LastDisplacement()
        self.trend = Trend(config.trend)
        self.sweep = LastSweep(config.liquidity)
        self.up = ChartSide(config, keeps)
        self.down = ChartSide(config, keeps)

    @property
    def last_bar(self) -> int:
        """The number of the last closed bar, counted from 0; -1 before the first."""
        return self._bars - 1

    def update(self, candle: Candle) -> None:
        """Take one closed candle of this timeframe."""
        self.atr.update(candle.high, candle.low, candle.close)
        self.displacement.update(displacement_of(candle, self.atr.before, self._rules))
        moment = self._moment(candle)
        up_bar, down_bar = upright(candle), turned_over(candle)
        self._see_both_sides(up_bar, down_bar, moment)
        self.up.confirm(up_bar, moment)
        self.down.confirm(down_bar, moment)

    def _moment(self, candle: Candle) -> Moment:
        times, step_ms, now_ms = self._last_open_times_ms, self._step_ms, candle.open_time_ms
        is_third_in_row = times == [now_ms - 2 * step_ms, now_ms - step_ms]
        self._last_open_times_ms = [*times[-1:], now_ms]
        self._bars += 1
        return Moment(self.last_bar, now_ms, self.atr.before, self.atr.now, is_third_in_row)

    def _see_both_sides(self, up_bar: SidedBar, down_bar: SidedBar, moment: Moment) -> None:
        broke_up = self.up.has_broken(up_bar, moment)
        highs_swept = self.up.live_through(up_bar, moment)
        broke_down = self.down.has_broken(down_bar, moment)
        lows_swept = self.down.live_through(down_bar, moment)
        self.trend.update(broke_up - broke_down)
        self.sweep.update(highs_swept, lows_swept)

    def dealing_range(self) -> DealingRange | None:
        """Give the range between the last swings, or None before a swing on either side."""
        top, mirrored_bottom = self.up.extreme.price, self.down.extreme.price
        if math.isnan(top) or math.isnan(mirrored_bottom):
            return None
        return DealingRange(-mirrored_bottom, top)

    def view(self) -> FrameView:
        """Show trend, last break and ATR."""
        trend = self.trend
        return FrameView(
            trend.direction,
            trend.direction,
            trend.is_choch,
            trend.age_bars,
            self.atr.now,
            self._step_ms,
        )

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.whole(self._bars)
        out.whole(len(self._last_open_times_ms))
        for open_time_ms in self._last_open_times_ms:
            out.whole(open_time_ms)
        for part in (self.atr, self.displacement, self.trend, self.sweep, self.up, self.down):
            part.save(out)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self._bars = saved.whole()
        self._last_open_times_ms = [saved.whole() for _ in range(saved.whole())]
        for part in (self.atr, self.displacement, self.trend, self.sweep, self.up, self.down):
            part.load(saved)
