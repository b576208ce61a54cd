"""The structure engine compiled from Rust."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

import native
from adapters.native.candle_run import compiled_run
from domain.market.candle import Candle, CandleFault, CandleRefused
from domain.market.candle_run import CandleRun
from domain.structure.dealing_range import DealingRange
from domain.structure.snapshot import SnapshotRefused
from domain.structure.structure_config import STANDARD, StructureConfig, numbers_in
from domain.structure.structure_view import Features, FrameView, Pool, StructureView, Zone, ZoneKind

_KINDS: Final = {kind.value: kind for kind in ZoneKind}
_named: Final = tuple.__new__  # takes a row as it is, at a third of the cost of unpacking it into a call


class NativeStructureEngine:
    """Reads closed base bars of one symbol, oldest first, and tells twelve features and a view.

    Bit for bit what the readable engine tells; a snapshot of either restores in the other.
    `are_negative_prices_allowed` is for tests that mirror a chart.
    """

    __slots__ = ("_are_negative_prices_allowed", "_compiled", "_config")

    def __init__(
        self, config: StructureConfig = STANDARD, *, are_negative_prices_allowed: bool = False
    ) -> None:
        self._config = config
        self._are_negative_prices_allowed = are_negative_prices_allowed
        self.forget()

    def forget(self) -> None:
        """Be as new: nothing is known of the bars taken so far."""
        self._compiled = native.StructureEngine(
            dict(numbers_in(self._config)), are_negative_prices_allowed=self._are_negative_prices_allowed
        )

    def update(self, bar: Candle) -> Features:
        """Take one closed bar and give twelve finite features, or twelve NaN while not ready.

        Raises CandleRefused, state untouched.
        """
        try:
            return self._compiled.update(*bar)
        except native.CandleRefused as refused:
            raise CandleRefused(CandleFault[refused.args[0]], bar) from None

    def take(self, run: CandleRun) -> None:
        """Take closed bars without telling their features.

        Raises CandleRefused at the first bar that cannot be taken; those before it are.
        """
        try:
            self._compiled.take(compiled_run(run))
        except native.CandleRefused as refused:
            fault, index = refused.args
            raise CandleRefused(CandleFault[fault], run.candle(index)) from None

    def batch(
        self,
        open_time_ms: NDArray[np.int64],
        opened: NDArray[np.float64],
        high: NDArray[np.float64],
        low: NDArray[np.float64],
        close: NDArray[np.float64],
        volume: NDArray[np.float64],
        taker_buy_volume: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Take whole columns, oldest bar first, and give one row of twelve features a bar.

        Shape (bars, 12); the rows and the state afterwards are those of one `update` a bar.
        Raises CandleRefused at the first bar that cannot be taken, the state as before the batch.
        """
        columns = (opened, high, low, close, volume, taker_buy_volume)
        try:
            return self._compiled.batch(open_time_ms, *columns)
        except native.CandleRefused as refused:
            fault, row = refused.args
            bar = Candle(int(open_time_ms[row]), *(float(column[row]) for column in columns))
            raise CandleRefused(CandleFault[fault], bar) from None

    def view(self) -> StructureView:
        """Show the structure as of the last bar taken. Raises LookupError before the first."""
        (
            open_time_ms,
            close,
            features,
            base,
            middle,
            higher,
            displacement,
            displacement_age_bars,
            sweep,
            sweep_age_bars,
            bullish_block,
            bearish_block,
            bullish_gap,
            bearish_gap,
            dealing_range,
            pools_above,
            pools_below,
            killzone,
        ) = self._compiled.view()
        shown = (
            open_time_ms,
            close,
            features,
            _named(FrameView, base),
            _named(FrameView, middle),
            _named(FrameView, higher),
            displacement,
            displacement_age_bars,
            sweep,
            sweep_age_bars,
            _zone(bullish_block),
            _zone(bearish_block),
            _zone(bullish_gap),
            _zone(bearish_gap),
            None if dealing_range is None else _named(DealingRange, dealing_range),
            tuple([_named(Pool, pool) for pool in pools_above]),
            tuple([_named(Pool, pool) for pool in pools_below]),
            killzone,
        )
        return _named(StructureView, shown)

    @property
    def feature_schema(self) -> str:
        """Name the meaning of the row just given: the features, all rules, and where the flow is from."""
        return self._compiled.feature_schema

    @property
    def snapshot_schema(self) -> str:
        """Name the layout of a snapshot and the rules it was taken under."""
        return self._compiled.snapshot_schema

    def snapshot(self) -> bytes:
        """Give the whole state, versioned by a schema hash."""
        return self._compiled.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Take over a state. Raises SnapshotRefused, state untouched."""
        try:
            self._compiled.restore(snapshot)
        except native.SnapshotRefused as refused:
            raise SnapshotRefused(*refused.args) from None


def _zone(row: tuple[str, float, float, int] | None) -> Zone | None:
    if row is None:
        return None
    kind, bottom, top, created_ms = row
    return _named(Zone, (_KINDS[kind], bottom, top, created_ms))
