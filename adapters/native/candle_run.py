"""Runs of candles kept where the compiled module reads them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

import native
from application.ports.run_maker import CandleColumns
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun

_candle: Final = tuple.__new__  # takes a row as it is, at a third of the cost of `Candle._make`


class NativeCandleRun:
    """Rows of one symbol, oldest first; parts share them."""

    __slots__ = ("compiled",)

    def __init__(self, compiled: native.CandleRun) -> None:
        self.compiled = compiled

    def __len__(self) -> int:
        return len(self.compiled)

    def candle(self, index: int) -> Candle:
        """Give one of the candles, the oldest being 0. Raises IndexError where there is none."""
        return _candle(Candle, self.compiled.candle(index))

    def part(self, start: int, end: int) -> "NativeCandleRun":
        """Give the candles from `start` up to `end`, without copying them. Raises IndexError."""
        return NativeCandleRun(self.compiled.part(start, end))

    def first_reaching(self, start: int, end: int, below: float, above: float) -> int:
        """Give the first candle at or below one price, at or above another, or that cannot be true."""
        return self.compiled.first_reaching(start, end, below, above)

    def plain_until(self, start: int, due_ms: int, step_ms: int) -> int:
        """Give the end of the stretch from `start` in which every row is plain and opens when it is due."""
        return self.compiled.plain_until(start, due_ms, step_ms)


class NativeRunMaker:
    """Takes over candles in columns or one by one."""

    def of_columns(self, columns: CandleColumns) -> NativeCandleRun:
        """Take rows as they stand on a tape. Raises ValueError when the columns differ in length."""
        closes = columns.close_time_ms
        return NativeCandleRun(
            native.CandleRun.from_columns(
                np.asarray(columns.open_time_ms),
                np.asarray(columns.open),
                np.asarray(columns.high),
                np.asarray(columns.low),
                np.asarray(columns.close),
                np.asarray(columns.volume),
                np.asarray(columns.taker_buy_volume),
                None if closes is None else np.asarray(closes),
            )
        )

    def of_candles(self, candles: Sequence[Candle]) -> NativeCandleRun:
        """Take candles that follow each other without a hole."""
        return NativeCandleRun(native.CandleRun.from_rows(list(candles)))


def compiled_run(run: CandleRun) -> native.CandleRun:
    """Give a run as the compiled module reads it, copied only if it was made elsewhere."""
    if isinstance(run, NativeCandleRun):
        return run.compiled
    return native.CandleRun.from_rows([run.candle(index) for index in range(len(run))])
