"""Writes feature rows to a Parquet file, whole or not at all."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from adapters.parquet.whole_file import whole_file
from application.ports.feature_sink import FeatureRow
from domain.market.timeframe import timeframe_of
from domain.structure.structure_view import FEATURE_NAMES

_ROW_GROUP: Final = 8_192


class FeatureFile:
    """One Parquet file: open_time_ms (int64) and the twelve features (float64, NaN while not ready)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, symbol: str, base_step_ms: int, rows: Iterable[FeatureRow]) -> int:
        """Put all rows on file and give their number. Raises SinkFailed, or what making them raises."""
        schema = _schema(symbol, base_step_ms)
        written = 0
        source = iter(rows)
        with (
            whole_file(self._path) as file,
            pq.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            while group := list(islice(source, _ROW_GROUP)):
                writer.write_table(_table(schema, group), row_group_size=_ROW_GROUP)
                written += len(group)
        return written


def _schema(symbol: str, base_step_ms: int) -> pa.Schema:
    told: dict[str | bytes, str | bytes] = {"symbol": symbol, "interval": timeframe_of(base_step_ms)}
    columns: list[tuple[str, pa.DataType]] = [("open_time_ms", pa.int64())]
    columns += [(name, pa.float64()) for name in FEATURE_NAMES]
    return pa.schema(columns, metadata=told)


def _table(schema: pa.Schema, group: list[FeatureRow]) -> pa.Table:
    times = pa.array([at_ms for at_ms, _ in group], pa.int64())
    columns = zip(*(features for _, features in group), strict=True)
    return pa.Table.from_arrays(
        [times, *(pa.array(column, pa.float64()) for column in columns)], schema=schema
    )
