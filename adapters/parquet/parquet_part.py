"""One Parquet file of klines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from adapters.parquet.exact_columns import Floats, floats_of, is_number
from application.ports.candle_tape import TapeRefused
from application.ports.run_maker import CandleColumns
from application.recorded_tape import TapeRow
from application.tape_name import ROWS_FOR_THE_STEP, name_in, settled_step_ms, settled_symbol
from domain.market.candle import Candle
from domain.market.timeframe import step_ms_of

TIME: Final = "open_time_ms"
PRICES_AND_VOLUME: Final = ("open", "high", "low", "close", "volume")
TAKER_BUY: Final = "taker_buy_volume"
CLOSE_TIME: Final = "close_time_ms"
BATCH: Final = 32_768
_TOLD: Final = (b"symbol", b"interval")
_REASON_LENGTH: Final = 160


@dataclass(frozen=True, slots=True)
class _RowGroup:
    """Where a row group stands in the file and in time."""

    index: int
    first_row: int
    earliest_ms: int
    latest_ms: int


class ParquetPart:
    """Klines of one file, streamed by row group and batch."""

    def __init__(self, place: PurePath, symbol: str | None = None) -> None:
        """Look the file over: its columns, its times, its symbol. Raises TapeRefused."""
        path = self._path = Path(place)
        with _opened(path) as file:
            self._columns = _columns_of(str(path), file.schema_arrow)
            told_symbol, told_step = _told_in(str(path), file.schema_arrow)
            self._groups, first_times = _surveyed(str(path), file)
            self._length = file.metadata.num_rows
        named = name_in(path.name)
        self._symbol = settled_symbol(str(path), symbol, told_symbol, named.symbol)
        self._step_ms = settled_step_ms(str(path), told_step or named.step_ms, first_times)

    @property
    def file(self) -> str:
        """The file's path."""
        return str(self._path)

    @property
    def symbol(self) -> str:
        """The symbol in the schema's metadata, or else in the file's name."""
        return self._symbol

    @property
    def step_ms(self) -> int:
        """The length of a candle."""
        return self._step_ms

    @property
    def length(self) -> int:
        """How many rows the file has."""
        return self._length

    @property
    def span_ms(self) -> tuple[int, int]:
        """The earliest and the latest open time in it."""
        earliest = min(group.earliest_ms for group in self._groups)
        return earliest, max(group.latest_ms for group in self._groups)

    def rows(self, from_ms: int | None, until_ms: int | None) -> Iterator[TapeRow]:
        """Give the rows whose open time lies in [from, until). Raises TapeRefused."""
        for first_row, batch in self._batches(from_ms, until_ms):
            yield from _rows_in(batch, first_row, from_ms, until_ms)

    def columns(self, from_ms: int | None, until_ms: int | None) -> Iterator[CandleColumns]:
        """Give the same rows, a batch at a time. Raises TapeRefused."""
        for first_row, batch in self._batches(from_ms, until_ms):
            yield _columns_in(batch, first_row, self._step_ms, _inside(batch, from_ms, until_ms))

    def _batches(self, from_ms: int | None, until_ms: int | None) -> Iterator[tuple[int, pa.RecordBatch]]:
        wanted = [group for group in self._groups if _reaches_into(group, from_ms, until_ms)]
        with _opened(self._path) as file:
            for group in wanted:
                yield from self._batches_of(file, group)

    def _batches_of(self, file: pq.ParquetFile, group: _RowGroup) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Give batches, each with the number of its first row."""
        row = group.first_row
        batches = file.iter_batches(BATCH, row_groups=[group.index], columns=list(self._columns))
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError) as broken:
                raise TapeRefused(self.file, row, f"cannot be read: {_first_line(broken)}") from broken
            if batch is None:
                return
            yield row, batch
            row += batch.num_rows


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as broken:
        raise TapeRefused(str(path), None, f"is no readable Parquet file: {_first_line(broken)}") from broken


def _columns_of(file: str, schema: pa.Schema) -> tuple[str, ...]:
    """Choose the columns to read. Raises TapeRefused when one is missing or holds no numbers."""
    for name in (TIME, *PRICES_AND_VOLUME):
        if name not in schema.names:
            raise TapeRefused(file, None, f"wrong columns: {name} is missing")
    optional = [name for name in (TAKER_BUY, CLOSE_TIME) if name in schema.names]
    columns = (TIME, *PRICES_AND_VOLUME, *optional)
    for name in columns:
        if schema.names.count(name) > 1:
            raise TapeRefused(file, None, f"wrong columns: {name} stands there twice")
        kind = schema.field(name).type
        is_time = name in (TIME, CLOSE_TIME)
        fits = pa.types.is_integer(kind) if is_time else is_number(kind) or pa.types.is_null(kind)
        if not fits:
            raise TapeRefused(file, None, f"wrong type: {name} holds {kind}")
    return columns


def _told_in(file: str, schema: pa.Schema) -> tuple[str | None, int | None]:
    """Read symbol and candle length from the schema's metadata, as far as it tells them."""
    told = schema.metadata or {}
    symbol, interval = (told[name].decode(errors="replace") if name in told else None for name in _TOLD)
    try:
        return symbol, None if interval is None else step_ms_of(interval)
    except ValueError as error:
        raise TapeRefused(file, None, f"wrong interval: {error}") from None


def _surveyed(path: str, file: pq.ParquetFile) -> tuple[tuple[_RowGroup, ...], list[int]]:
    """Read the times alone: where each row group lies, and the first few."""
    groups: list[_RowGroup] = []
    first_times: list[int] = []
    row = 1
    for index in range(file.num_row_groups):
        times = _times_of_group(path, row, file, index)
        if len(times):
            groups.append(_RowGroup(index, row, int(times.min()), int(times.max())))
            first_times.extend(times[: ROWS_FOR_THE_STEP - len(first_times)].tolist())
        row += len(times)
    if not groups:
        raise TapeRefused(path, None, "holds no candles")
    return tuple(groups), first_times


def _times_of_group(path: str, row: int, file: pq.ParquetFile, index: int) -> NDArray[np.int64]:
    try:
        column = file.read_row_group(index, columns=[TIME]).column(TIME)
    except (pa.ArrowException, OSError) as broken:
        raise TapeRefused(path, row, f"cannot be read: {_first_line(broken)}") from broken
    if column.null_count:
        raise TapeRefused(path, row + int(np.flatnonzero(column.is_null())[0]), f"{TIME} is empty")
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _reaches_into(group: _RowGroup, from_ms: int | None, until_ms: int | None) -> bool:
    is_too_old = from_ms is not None and group.latest_ms < from_ms
    is_too_new = until_ms is not None and group.earliest_ms >= until_ms
    return not is_too_old and not is_too_new


def _inside(batch: pa.RecordBatch, from_ms: int | None, until_ms: int | None) -> NDArray[np.bool_]:
    """Tell which rows open in [from, until)."""
    times = _times(batch)
    inside = np.ones(len(times), dtype=np.bool_)
    if from_ms is not None:
        inside &= times >= from_ms
    if until_ms is not None:
        inside &= times < until_ms
    return inside


def _times(batch: pa.RecordBatch) -> NDArray[np.int64]:
    return np.asarray(batch.column(TIME).to_numpy(zero_copy_only=False), dtype=np.int64)


def _rows_in(
    batch: pa.RecordBatch, first_row: int, from_ms: int | None, until_ms: int | None
) -> Iterator[TapeRow]:
    times, inside = _times(batch), _inside(batch, from_ms, until_ms)
    numbers = np.arange(first_row, first_row + len(times))[inside].tolist()
    columns = [column[inside].tolist() for column in _prices_and_volumes(batch)]
    candles = map(Candle._make, zip(times[inside].tolist(), *columns, strict=True))
    return zip(numbers, candles, _close_times(batch, inside), strict=True)


def _columns_in(
    batch: pa.RecordBatch, first_row: int, step_ms: int, inside: NDArray[np.bool_]
) -> CandleColumns:
    times = _times(batch)
    numbers = np.arange(first_row, first_row + len(times))
    columns = [numbers, times, *_prices_and_volumes(batch)]
    closes = _known_close_times(batch, times + (step_ms - 1))
    if not inside.all():
        columns = [column[inside] for column in columns]
        closes = None if closes is None else closes[inside]
    told = [np.ascontiguousarray(column).data for column in columns]
    return CandleColumns._make([*told, None if closes is None else closes.data])


def _prices_and_volumes(batch: pa.RecordBatch) -> list[Floats]:
    return [*(floats_of(batch.column(name)) for name in PRICES_AND_VOLUME), _taker_buys(batch)]


def _known_close_times(batch: pa.RecordBatch, expected: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Give the close times, those that are not told as expected."""
    if CLOSE_TIME not in batch.schema.names:
        return None
    column = batch.column(CLOSE_TIME)
    if not column.null_count:
        return np.ascontiguousarray(column.to_numpy(zero_copy_only=False), dtype=np.int64)
    is_told = np.asarray(column.is_valid())
    told = np.asarray(column.fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)
    return np.where(is_told, told, expected)


def _taker_buys(batch: pa.RecordBatch) -> Floats:
    if TAKER_BUY not in batch.schema.names:
        return np.full(batch.num_rows, np.nan)
    return floats_of(batch.column(TAKER_BUY))


def _close_times(batch: pa.RecordBatch, inside: NDArray[np.bool_]) -> list[int | None]:
    if CLOSE_TIME not in batch.schema.names:
        return [None] * int(inside.sum())
    column = batch.column(CLOSE_TIME)
    if column.null_count:
        return [value for value, kept in zip(column.to_pylist(), inside.tolist(), strict=True) if kept]
    values: list[int | None] = column.to_numpy(zero_copy_only=False)[inside].tolist()
    return values


def _first_line(broken: Exception) -> str:
    return str(broken).partition("\n")[0][:_REASON_LENGTH]
