"""Labelled samples in a Parquet file, read back as they were written."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from adapters.parquet.whole_file import whole_file
from application.ports.sample_store import SamplesRefused
from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample import Context, Sample
from domain.market.direction import Direction
from domain.position.closed_trade import ExitReason
from domain.refusal import RefusalReason
from domain.setup.setup import SetupKind
from domain.structure.structure_view import FEATURE_NAMES

_ROW_GROUP: Final = 8_192
_REASON_LENGTH: Final = 160
_PRICES: Final = ("entry", "stop", "target")
_MAY_BE_EMPTY: Final = "refused_for"
_COLUMNS: Final[dict[str, pa.DataType]] = {
    "sample_id": pa.string(),
    "symbol": pa.string(),
    "direction": pa.string(),
    "decided_at_ms": pa.int64(),
    "schema_hash": pa.string(),
    **dict.fromkeys(FEATURE_NAMES, pa.float64()),
    "stop_fraction": pa.float64(),
    "cost_in_r": pa.float64(),
    "atr_fraction": pa.float64(),
    "hour": pa.int64(),
    "kind": pa.string(),
    **dict.fromkeys(_PRICES, pa.string()),
    _MAY_BE_EMPTY: pa.string(),
    "net_r": pa.float64(),
    "resolved_at_ms": pa.int64(),
    "exit_reason": pa.string(),
    "is_shadow": pa.bool_(),
}
_SCHEMA: Final = pa.schema(
    [pa.field(name, kind, nullable=name == _MAY_BE_EMPTY) for name, kind in _COLUMNS.items()]
)

_DIRECTIONS: Final = {way.value: way for way in Direction}

_Row = dict[str, Any]


class SampleFile:
    """One Parquet file, a row a sample; prices are exact, in decimal digits."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, samples: Iterable[LabelledSample]) -> int:
        """Put all samples on file and give their number. Raises SinkFailed, or what making them raises."""
        written = 0
        rows = map(_row_of, samples)
        with (
            whole_file(self._path) as file,
            pq.ParquetWriter(file, _SCHEMA, compression="zstd") as writer,
        ):
            while group := list(islice(rows, _ROW_GROUP)):
                writer.write_table(pa.Table.from_pylist(group, _SCHEMA), row_group_size=_ROW_GROUP)
                written += len(group)
        return written

    def samples(self) -> Iterator[LabelledSample]:
        """Give the samples as they were written, with flat memory. Raises SamplesRefused."""
        for number, row in enumerate(self._rows(), 1):
            try:
                yield _sample_of(row)
            except (ValueError, ArithmeticError, LookupError, TypeError) as wrong:
                raise SamplesRefused(str(self._path), number, _first_line(wrong)) from wrong

    def _rows(self) -> Iterator[_Row]:
        try:
            with pq.ParquetFile(self._path) as file:
                self._check(file.schema_arrow)
                for batch in file.iter_batches(_ROW_GROUP):
                    yield from batch.to_pylist()
        except (pa.ArrowException, OSError) as broken:
            reason = f"is no readable Parquet file: {_first_line(broken)}"
            raise SamplesRefused(str(self._path), None, reason) from broken

    def _check(self, schema: pa.Schema) -> None:
        if schema.names != _SCHEMA.names:
            different = sorted(set(schema.names) ^ set(_SCHEMA.names)) or ["their order"]
            raise SamplesRefused(str(self._path), None, f"holds no such samples: {', '.join(different)}")
        for field in _SCHEMA:
            kind = schema.field(field.name).type
            if kind != field.type:
                raise SamplesRefused(str(self._path), None, f"wrong type: {field.name} holds {kind}")


def _row_of(labelled: LabelledSample) -> _Row:
    sample, outcome = labelled
    return {
        "sample_id": sample.sample_id,
        "symbol": sample.symbol,
        "direction": sample.direction.value,
        "decided_at_ms": sample.decided_at_ms,
        "schema_hash": sample.schema_hash,
        **dict(zip(FEATURE_NAMES, sample.features, strict=True)),
        **sample.context._asdict(),
        **{name: str(getattr(sample, name)) for name in _PRICES},
        "refused_for": sample.refused_for,
        "net_r": outcome.net_r,
        "resolved_at_ms": outcome.resolved_at_ms,
        "exit_reason": outcome.exit_reason,
        "is_shadow": outcome.is_shadow,
    }


def _sample_of(row: _Row) -> LabelledSample:
    refused_for = row["refused_for"]
    sample = Sample(
        sample_id=row["sample_id"],
        symbol=row["symbol"],
        direction=_DIRECTIONS[row["direction"]],
        decided_at_ms=row["decided_at_ms"],
        features=tuple(row[name] for name in FEATURE_NAMES),
        schema_hash=row["schema_hash"],
        context=Context(
            row["stop_fraction"], row["cost_in_r"], row["atr_fraction"], row["hour"], SetupKind(row["kind"])
        ),
        entry=Decimal(row["entry"]),
        stop=Decimal(row["stop"]),
        target=Decimal(row["target"]),
        refused_for=None if refused_for is None else RefusalReason(refused_for),
    )
    outcome = Outcome(
        sample_id=sample.sample_id,
        net_r=row["net_r"],
        resolved_at_ms=row["resolved_at_ms"],
        exit_reason=ExitReason(row["exit_reason"]),
        is_shadow=row["is_shadow"],
    )
    return LabelledSample(sample, outcome)


def _first_line(broken: Exception) -> str:
    return str(broken).partition("\n")[0][:_REASON_LENGTH]
