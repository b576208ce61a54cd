"""One file of Binance's archive of klines."""

from array import array
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePath
from typing import Final

from adapters.archive.archive_file import check_checksum, numbered_lines
from adapters.archive.kline_line import check_header, is_header, kline_in, open_time_in
from application.ports.candle_tape import TapeRefused
from application.ports.run_maker import CandleColumns
from application.recorded_tape import TapeRow
from application.tape_name import ROWS_FOR_THE_STEP, name_in, settled_step_ms, settled_symbol
from domain.market.candle import Candle

_ROWS_GATHERED: Final = 16_384


class ArchivePart:
    """Klines of one zip or CSV, streamed line by line."""

    def __init__(self, place: PurePath, symbol: str | None = None) -> None:
        """Read the file through once: its checksum, its length, its times. Raises TapeRefused."""
        path = self._path = Path(place)
        named = name_in(path.name)
        self._symbol = settled_symbol(str(path), symbol, named.symbol)
        check_checksum(path)
        self._length, self._span_ms, first_times = _surveyed(path)
        self._step_ms = settled_step_ms(str(path), named.step_ms, first_times)

    @property
    def file(self) -> str:
        """The file's path."""
        return str(self._path)

    @property
    def symbol(self) -> str:
        """The symbol in the file's name; the rows do not tell it."""
        return self._symbol

    @property
    def step_ms(self) -> int:
        """The length of a candle."""
        return self._step_ms

    @property
    def length(self) -> int:
        """How many rows the file has, without its header."""
        return self._length

    @property
    def span_ms(self) -> tuple[int, int]:
        """The earliest and the latest open time in it."""
        return self._span_ms

    def rows(self, from_ms: int | None, until_ms: int | None) -> Iterator[TapeRow]:
        """Give the rows whose open time lies in [from, until), numbered as lines. Raises TapeRefused."""
        return self._klines(from_ms, until_ms)

    def columns(self, from_ms: int | None, until_ms: int | None) -> Iterator[CandleColumns]:
        """Give the same rows, some thousands at once. Raises TapeRefused after the rows before the fault."""
        rows = self._klines(from_ms, until_ms)
        refused: TapeRefused | None = None
        while refused is None:
            gathered = _Gathered()
            try:
                for row in islice(rows, _ROWS_GATHERED):
                    gathered.take(*row)
            except TapeRefused as at_a_row:
                refused = at_a_row
            if not gathered.row:
                break
            yield gathered.columns()
        if refused is not None:
            raise refused

    def _klines(self, from_ms: int | None, until_ms: int | None) -> Iterator[tuple[int, Candle, int]]:
        file = self.file
        for number, line in _data_lines(self._path):
            candle, close_time_ms = kline_in(file, number, line)
            if from_ms is not None and candle.open_time_ms < from_ms:
                continue
            if until_ms is not None and candle.open_time_ms >= until_ms:
                continue
            yield number, candle, close_time_ms


class _Gathered:
    """Rows put down column by column."""

    def __init__(self) -> None:
        self.row, self._times, self._closes = array("q"), array("q"), array("q")
        self._numbers = [array("d") for _ in Candle._fields[1:]]

    def take(self, row: int, candle: Candle, close_time_ms: int) -> None:
        self.row.append(row)
        self._times.append(candle[0])
        for column, number in zip(self._numbers, candle[1:], strict=True):
            column.append(number)
        self._closes.append(close_time_ms)

    def columns(self) -> CandleColumns:
        numbers = [memoryview(column) for column in self._numbers]
        row, times, closes = memoryview(self.row), memoryview(self._times), memoryview(self._closes)
        return CandleColumns._make([row, times, *numbers, closes])


def _data_lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in numbered_lines(path):
        if number == 1 and is_header(line):
            check_header(str(path), line)
        else:
            yield number, line


def _surveyed(path: Path) -> tuple[int, tuple[int, int], list[int]]:
    file, length = str(path), 0
    first_times: list[int] = []
    earliest = latest = 0
    for number, line in _data_lines(path):
        at_ms = open_time_in(file, number, line)
        earliest, latest = (min(earliest, at_ms), max(latest, at_ms)) if length else (at_ms, at_ms)
        if length < ROWS_FOR_THE_STEP:
            first_times.append(at_ms)
        length += 1
    if not length:
        raise TapeRefused(file, None, "holds no candles")
    return length, (earliest, latest), first_times
