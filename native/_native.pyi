from typing import Final, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["IS_RELEASE_BUILD", "CandleAggregator", "CandleRefused"]

_Row = tuple[int, float, float, float, float, float, float]
_Floats = NDArray[np.float64]
_Columns = tuple[NDArray[np.int64], _Floats, _Floats, _Floats, _Floats, _Floats, _Floats]

IS_RELEASE_BUILD: Final[bool]

class CandleRefused(ValueError):
    args: tuple[str, int]

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
