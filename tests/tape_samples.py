"""Small tapes drawn by hand."""

import math
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from adapters.parquet.parquet_sink import ParquetSink
from application.ports.run_maker import CandleColumns
from application.recorded_tape import TapeRow
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS

START_MS = 1_700_000_040_000
"""A whole minute."""


def steady_candles(count: int, start_ms: int = START_MS, step_ms: int = MINUTE_MS) -> list[Candle]:
    """Candles that rise by a tenth each, with two decimals in every number."""
    return [
        Candle(start_ms + index * step_ms, 100.0 + index / 10, 100.75 + index / 10, 99.5, 100.25, 7.5, 3.25)
        for index in range(count)
    ]


def without_takers(candles: Sequence[Candle]) -> list[Candle]:
    return [candle._replace(taker_buy_volume=math.nan) for candle in candles]


def same_candles(one: Sequence[Candle], other: Sequence[Candle]) -> bool:
    """Compare to the last bit, NaN equal to NaN."""
    return [list(map(repr, candle)) for candle in one] == [list(map(repr, candle)) for candle in other]


def kline_lines(candles: Sequence[Candle], per_ms: int = 1) -> list[str]:
    """Write candles as the exchange does, stamped in ms or, with per_ms = 1000, in us."""
    return [
        f"{c.open_time_ms * per_ms},{c.open},{c.high},{c.low},{c.close},{c.volume},"
        f"{(c.open_time_ms + MINUTE_MS) * per_ms - 1},750.5,12,{c.taker_buy_volume},325.1,0"
        for c in candles
    ]


def written_parquet(path: Path, candles: Sequence[Candle], symbol: str = "BTCUSDT") -> Path:
    ParquetSink(path).write(symbol, MINUTE_MS, candles)
    return path


class ListedPart:
    """A file of a tape that is no file: rows from a list."""

    def __init__(
        self,
        file: str,
        rows: Sequence[TapeRow],
        symbol: str = "BTCUSDT",
        step_ms: int = MINUTE_MS,
        at_once: int = 3,
    ) -> None:
        self.file = file
        self.symbol = symbol
        self.step_ms = step_ms
        self.length = len(rows)
        self._rows = rows
        self._at_once = at_once

    @classmethod
    def of(cls, file: str, candles: Sequence[Candle], symbol: str = "BTCUSDT") -> "ListedPart":
        rows = [(row, candle, candle.open_time_ms + MINUTE_MS - 1) for row, candle in enumerate(candles, 1)]
        return cls(file, rows, symbol)

    @property
    def span_ms(self) -> tuple[int, int]:
        times = [candle.open_time_ms for _, candle, _ in self._rows]
        return min(times), max(times)

    def rows(self, from_ms: int | None, until_ms: int | None) -> Iterator[TapeRow]:
        for row in self._rows:
            open_time_ms = row[1].open_time_ms
            if (from_ms is None or open_time_ms >= from_ms) and (until_ms is None or open_time_ms < until_ms):
                yield row

    def columns(self, from_ms: int | None, until_ms: int | None) -> Iterator[CandleColumns]:
        rows = iter(self.rows(from_ms, until_ms))
        while some := list(islice(rows, self._at_once)):
            yield columns_of(some, self.step_ms)


def columns_of(rows: Sequence[TapeRow], step_ms: int = MINUTE_MS) -> CandleColumns:
    """Put rows down as columns; a close time that is not told is as expected."""
    closes = [candle.open_time_ms + step_ms - 1 if told is None else told for _, candle, told in rows]
    numbers = [array("d", column) for column in list(zip(*(row[1] for row in rows), strict=True))[1:]]
    return CandleColumns._make(
        memoryview(column)
        for column in (
            array("q", [row[0] for row in rows]),
            array("q", [row[1].open_time_ms for row in rows]),
            *numbers,
            array("q", closes),
        )
    )
