from collections.abc import Sequence
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "IS_RELEASE_BUILD",
    "CandleAggregator",
    "CandleRefused",
    "CandleRun",
    "Forest",
    "ModelRefused",
    "Scout",
    "SnapshotRefused",
    "StructureEngine",
]

_Row = tuple[int, float, float, float, float, float, float]
_Floats = NDArray[np.float64]
_Columns = tuple[NDArray[np.int64], _Floats, _Floats, _Floats, _Floats, _Floats, _Floats]

_BreakRow = tuple[int, bool, int | None]
_FrameRow = tuple[int, int, bool, int | None, float, int]
_ZoneRow = tuple[str, float, float, int]
_PoolRow = tuple[float, int]
_ViewRow = tuple[
    int,
    float,
    tuple[float, ...] | None,
    _FrameRow,
    _FrameRow,
    _FrameRow,
    int,
    int | None,
    float,
    int | None,
    _ZoneRow | None,
    _ZoneRow | None,
    _ZoneRow | None,
    _ZoneRow | None,
    tuple[float, float] | None,
    tuple[_PoolRow, ...],
    tuple[_PoolRow, ...],
    float,
]

IS_RELEASE_BUILD: Final[bool]

class CandleRefused(ValueError):
    args: tuple[str, int]

@final
class CandleRun:
    @staticmethod
    def from_columns(
        open_time_ms: NDArray[np.int64],
        open: _Floats,
        high: _Floats,
        low: _Floats,
        close: _Floats,
        volume: _Floats,
        taker_buy_volume: _Floats,
        close_time_ms: NDArray[np.int64] | None = None,
    ) -> CandleRun: ...
    @staticmethod
    def from_rows(rows: Sequence[_Row]) -> CandleRun: ...
    def __len__(self) -> int: ...
    def candle(self, index: int) -> _Row: ...
    def part(self, start: int, end: int) -> CandleRun: ...
    def first_reaching(self, start: int, end: int, below: float, above: float) -> int: ...
    def plain_until(self, start: int, due_ms: int, step_ms: int) -> int: ...

@final
class CandleAggregator:
    def __new__(cls, step_ms: int, into_ms: int) -> CandleAggregator: ...
    def update(
        self,
        open_time_ms: int,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        taker_buy_volume: float,
    ) -> tuple[_Row, ...]: ...
    def take(self, run: CandleRun) -> CandleRun: ...
    def batch(
        self,
        open_time_ms: NDArray[np.int64],
        open: _Floats,
        high: _Floats,
        low: _Floats,
        close: _Floats,
        volume: _Floats,
        taker_buy_volume: _Floats,
    ) -> _Columns: ...

class SnapshotRefused(ValueError): ...

@final
class StructureEngine:
    def __new__(
        cls, config: dict[str, float] | None = None, *, are_negative_prices_allowed: bool = False
    ) -> StructureEngine: ...
    def update(
        self,
        open_time_ms: int,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        taker_buy_volume: float,
    ) -> tuple[float, ...]: ...
    def take(self, run: CandleRun) -> None: ...
    def batch(
        self,
        open_time_ms: NDArray[np.int64],
        open: _Floats,
        high: _Floats,
        low: _Floats,
        close: _Floats,
        volume: _Floats,
        taker_buy_volume: _Floats,
    ) -> _Floats: ...
    def view(self) -> _ViewRow: ...
    @property
    def trends(self) -> tuple[int, int, int]: ...
    @property
    def breaks(self) -> tuple[_BreakRow, _BreakRow, _BreakRow]: ...
    @property
    def atrs(self) -> tuple[float, float, float]: ...
    @property
    def displacement(self) -> tuple[int, int | None]: ...
    @property
    def sweep(self) -> tuple[float, int | None]: ...
    @property
    def nearest_blocks(self) -> tuple[_ZoneRow | None, _ZoneRow | None]: ...
    @property
    def nearest_gaps(self) -> tuple[_ZoneRow | None, _ZoneRow | None]: ...
    @property
    def dealing_range(self) -> tuple[float, float] | None: ...
    @property
    def pools(self) -> tuple[tuple[_PoolRow, ...], tuple[_PoolRow, ...]]: ...
    @property
    def killzone(self) -> float: ...
    @property
    def feature_schema(self) -> str: ...
    @property
    def snapshot_schema(self) -> str: ...
    def snapshot(self) -> bytes: ...
    def restore(self, snapshot: bytes) -> None: ...

@final
class Scout:
    def __new__(
        cls,
        step_ms: int,
        config: dict[str, float],
        *,
        is_relaxed: bool,
        is_market_entry: bool,
        trigger_max_age_bars: int,
        displacement_max_age_bars: int,
        zone_reach_atr: float,
    ) -> Scout: ...
    def ahead(self, run: CandleRun) -> int: ...
    def follow(self, run: CandleRun) -> None: ...

class ModelRefused(ValueError): ...

@final
class Forest:
    @staticmethod
    def from_xgboost(model: bytes) -> Forest: ...
    @property
    def features(self) -> int: ...
    def predict_margin(self, row: tuple[float, ...]) -> float: ...
    def predict_margins(self, rows: _Floats) -> NDArray[np.float32]: ...
