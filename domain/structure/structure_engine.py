"""The readable definition of market structure: one symbol, bar by closed bar."""

from domain.market.candle import Candle, CandleFault, CandleRefused, fault_in_place, fault_within
from domain.market.candle_run import CandleRun
from domain.structure.features import NOT_READY, features_of
from domain.structure.nearest_zone import (
    nearest_bearish_block,
    nearest_bearish_gap,
    nearest_bullish_block,
    nearest_bullish_gap,
    nearest_pools_above,
    nearest_pools_below,
)
from domain.structure.snapshot import SnapshotReader, SnapshotWriter, fingerprint
from domain.structure.structure_config import STANDARD, StructureConfig
from domain.structure.structure_view import FEATURE_NAMES, Features, StructureView
from domain.structure.three_frames import ThreeFrames


class StructureEngine:
    """Reads closed base bars of one symbol, oldest first, and tells twelve features and a view.

    It knows nothing of the future: a row depends on its bar and those before. After a hole of more
    than 12 base bars it is as new. `are_negative_prices_allowed` is for tests that mirror a chart.
    """

    __slots__ = ("_are_negative_prices_allowed", "_config", "_features", "_frames")

    def __init__(
        self, config: StructureConfig = STANDARD, *, are_negative_prices_allowed: bool = False
    ) -> None:
        self._config = config
        self._are_negative_prices_allowed = are_negative_prices_allowed
        self._frames = ThreeFrames(config)
        self._features = NOT_READY

    def update(self, bar: Candle) -> Features:
        """Take one closed bar and give twelve finite features, or twelve NaN while not ready.

        Raises CandleRefused, state untouched.
        """
        fault = self._fault_of(bar)
        if fault is not None:
            raise CandleRefused(fault, bar)
        if self._comes_after_a_hole(bar):
            self._frames = ThreeFrames(self._config)
        self._frames.update(bar)
        self._features = features_of(self._frames, bar)
        return self._features

    def take(self, run: CandleRun) -> None:
        """Take closed bars without telling their features.

        Raises CandleRefused at the first bar that cannot be taken; those before it are.
        """
        for index in range(len(run)):
            self.update(run.candle(index))

    def forget(self) -> None:
        """Be as new: nothing is known of the bars taken so far."""
        self._frames = ThreeFrames(self._config)
        self._features = NOT_READY

    def view(self) -> StructureView:
        """Show the structure as of the last bar taken. Raises LookupError before the first."""
        frames = self._frames
        if frames.last is None:
            raise LookupError("no bar has been taken yet")
        close = frames.last.close
        base, middle = frames.base, frames.middle
        return StructureView(
            open_time_ms=frames.last.open_time_ms,
            close=close,
            features=None if self._features is NOT_READY else self._features,
            base=base.view(),
            middle=middle.view(),
            higher=frames.higher.view(),
            displacement=base.displacement.direction,
            displacement_age_bars=base.displacement.age_bars,
            sweep=base.sweep.magnitude,
            sweep_age_bars=base.sweep.age_bars,
            bullish_block=nearest_bullish_block(middle, close),
            bearish_block=nearest_bearish_block(middle, close),
            bullish_gap=nearest_bullish_gap(base, close),
            bearish_gap=nearest_bearish_gap(base, close),
            dealing_range=frames.dealing_range(),
            pools_above=nearest_pools_above(middle.up.pools, close),
            pools_below=nearest_pools_below(middle.down.pools, close),
            killzone=frames.killzone,
        )

    @property
    def feature_schema(self) -> str:
        """Name the meaning of the row just given: the features, all rules, and where the flow is from.

        Sixteen hexadecimal digits; another while a bar of the flow's window lacks its taker volume.
        """
        flow = "takers" if self._frames.flow.is_by_takers else "candles"
        return fingerprint(f"{FEATURE_NAMES} {flow} {self._config}")

    @property
    def snapshot_schema(self) -> str:
        """Name the layout of a snapshot and the rules it was taken under."""
        return fingerprint(f"snapshot 2 {self._config}")

    def snapshot(self) -> bytes:
        """Give the whole state, versioned by a schema hash."""
        out = SnapshotWriter()
        self._frames.save(out)
        return out.sealed(self.snapshot_schema)

    def restore(self, snapshot: bytes) -> None:
        """Take over a state. Raises SnapshotRefused, state untouched."""
        frames = ThreeFrames(self._config)
        frames.load(SnapshotReader(snapshot, self.snapshot_schema))
        self._frames = frames
        self._features = NOT_READY if frames.last is None else features_of(frames, frames.last)

    def _fault_of(self, bar: Candle) -> CandleFault | None:
        fault = fault_within(bar)
        if fault is CandleFault.LOW_NOT_POSITIVE and self._are_negative_prices_allowed:
            fault = None
        return fault or fault_in_place(bar, self._last_open_time_ms, self._config.base_step_ms)

    @property
    def _last_open_time_ms(self) -> int | None:
        return None if self._frames.last is None else self._frames.last.open_time_ms

    def _comes_after_a_hole(self, bar: Candle) -> bool:
        last_ms = self._last_open_time_ms
        longest_ms = self._config.reset_after_steps * self._config.base_step_ms
        return last_ms is not None and bar.open_time_ms - last_ms > longest_ms
