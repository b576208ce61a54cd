"""The port that keeps the rows of a tape as columns."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from domain.market.candle import Candle
from domain.market.candle_run import CandleRows, CandleRun


class CandleColumns(NamedTuple):
    """Some rows of a file: their numbers in it from 1, and their fields; times are int64, the rest float64.

    `close_time_ms` is None where the source has none; where it lacks one, it is the one expected.
    """

    row: memoryview
    open_time_ms: memoryview
    open: memoryview
    high: memoryview
    low: memoryview
    close: memoryview
    volume: memoryview
    taker_buy_volume: memoryview
    close_time_ms: memoryview | None


class RunMaker(Protocol):
    """Takes over candles in whatever form its readers read fastest."""

    def of_columns(self, columns: CandleColumns) -> CandleRows:
        """Take rows as they stand on a tape."""
        ...

    def of_candles(self, candles: Sequence[Candle]) -> CandleRun:
        """Take candles that follow each other without a hole."""
        ...
