"""Writes candles to a Parquet file, whole or not at all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from adapters.parquet.whole_file import whole_file
from application.ports.candle_sink import SinkFailed
from domain.market.candle import Candle
from domain.market.timeframe import timeframe_of

_ROW_GROUP: Final = 131_072
_PRECISION: Final = 18
_LARGEST_UNSCALED: Final = 10.0**_PRECISION
_PRICES: Final = ("open", "high", "low", "close")
_VOLUMES: Final = ("volume", "taker_buy_volume")
_COLUMNS: Final = (
    "open_time_ms", "open", "high", "low", "close", "volume", "close_time_ms",
    "quote_volume", "trades", "taker_buy_volume", "taker_buy_quote_volume",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecimalPlaces:
    """How many decimals prices and volumes have when they are stored as exact decimals of 18 digits."""

    price: int = 8
    volume: int = 8


class ParquetSink:
    """One Parquet file of klines; floats, or exact decimals when told how many places they have."""

    def __init__(self, path: Path, places: DecimalPlaces | None = None, note: str = "") -> None:
        self._path = path
        self._places = places
        self._note = note

    def write(self, symbol: str, step_ms: int, candles: Iterable[Candle]) -> int:
        """Put all candles on file and give their number. Raises SinkFailed, or what reading them raises."""
        schema = self._schema(symbol, step_ms)
        with whole_file(self._path) as file:
            return self._stream(file, schema, step_ms, iter(candles))

    def _stream(self, file: IO[bytes], schema: pa.Schema, step_ms: int, candles: Iterator[Candle]) -> int:
        written = 0
        with pq.ParquetWriter(file, schema, compression="zstd", **_encodings(schema)) as writer:
            while group := list(islice(candles, _ROW_GROUP)):
                writer.write_table(self._table(schema, step_ms, group), row_group_size=_ROW_GROUP)
                written += len(group)
        return written

    def _schema(self, symbol: str, step_ms: int) -> pa.Schema:
        told: dict[str | bytes, str | bytes] = {
            "symbol": symbol,
            "interval": timeframe_of(step_ms),
            "note": self._note,
        }
        return pa.schema([(name, self._type_of(name)) for name in _COLUMNS], metadata=told)

    def _type_of(self, name: str) -> pa.DataType:
        if name in ("open_time_ms", "close_time_ms", "trades"):
            return pa.int64()
        if self._places is None:
            return pa.float64()
        return pa.decimal128(_PRECISION, self._places.price if name in _PRICES else self._places.volume)

    def _table(self, schema: pa.Schema, step_ms: int, group: list[Candle]) -> pa.Table:
        columns = dict(zip(Candle._fields, zip(*group, strict=True), strict=True))
        times = np.array(columns["open_time_ms"], dtype=np.int64)
        known: dict[str, pa.Array[Any]] = {"open_time_ms": pa.array(times)}
        known["close_time_ms"] = pa.array(times + step_ms - 1)
        for name in (*_PRICES, *_VOLUMES):
            known[name] = self._numbers(
                name, schema.field(name).type, np.array(columns[name], dtype=np.float64)
            )
        arrays = [
            known[name] if name in known else pa.nulls(len(group), schema.field(name).type)
            for name in _COLUMNS
        ]
        return pa.Table.from_arrays(arrays, schema=schema)

    def _numbers(self, name: str, kind: pa.DataType, values: NDArray[np.float64]) -> "pa.Array[Any]":
        unknown = np.isnan(values)
        if not isinstance(kind, pa.Decimal128Type):
            return pa.array(values, mask=unknown)
        unscaled = np.rint(np.where(unknown, 0.0, values) * 10.0**kind.scale)
        is_exact = (unscaled / 10.0**kind.scale == values) & (np.abs(unscaled) < _LARGEST_UNSCALED)
        if not np.all(is_exact | unknown):
            value = values[~(is_exact | unknown)][0]
            raise SinkFailed(
                str(self._path), f"{name} {value!r} does not fit 18 digits, {kind.scale} of them decimals"
            )
        return _decimals(unscaled.astype(np.int64), kind, unknown)


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Write times and decimals as differences of integers: a third of the size, read ten times as fast."""
    floats = [field.name for field in schema if pa.types.is_floating(field.type)]
    whole = {field.name: "DELTA_BINARY_PACKED" for field in schema if field.name not in floats}
    return {"use_dictionary": floats, "column_encoding": whole, "store_decimal_as_integer": True}


def _decimals(
    unscaled: NDArray[np.int64], kind: "pa.Decimal128Type[Any, Any]", unknown: NDArray[np.bool_]
) -> "pa.Array[Any]":
    words = np.zeros((len(unscaled), 2), dtype="<i8")
    words[:, 0] = unscaled
    words[:, 1] = np.where(unscaled < 0, -1, 0)
    is_known = pa.array(~unknown).buffers()[1]
    return pa.Array.from_buffers(kind, len(unscaled), [is_known, pa.py_buffer(words.tobytes())])
