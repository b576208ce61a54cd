"""Parquet columns as float64, to the last bit what reading the printed decimal would give."""

from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WORDS_OF_A_DECIMAL: Final = 2
_EXACT_IN_A_FLOAT: Final = 2**53
_DIGITS_OF_A_WORD: Final = 18
_EXACT_POWER_OF_TEN: Final = 22


def is_number(kind: pa.DataType) -> bool:
    """Tell whether a price or volume may be stored like this."""
    return pa.types.is_decimal128(kind) or pa.types.is_floating(kind) or pa.types.is_integer(kind)


def floats_of(column: "pa.Array[Any]") -> Floats:
    """Give a column of decimals, floats or integers as floats; nulls become NaN."""
    if pa.types.is_decimal128(column.type):
        return _with_nulls(column, _decimals(column))
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _decimals(column: "pa.Array[Any]") -> Floats:
    kind = column.type
    if kind.precision > _DIGITS_OF_A_WORD or not 0 <= kind.scale <= _EXACT_POWER_OF_TEN:
        printed = (np.nan if one is None else float(one) for one in column.to_pylist())
        return np.fromiter(printed, dtype=np.float64, count=len(column))
    unscaled = _unscaled(column)
    values: Floats = unscaled / 10.0**kind.scale
    if not len(values) or (unscaled.max() <= _EXACT_IN_A_FLOAT and unscaled.min() >= -_EXACT_IN_A_FLOAT):
        return values
    for index in np.flatnonzero(np.abs(unscaled) > _EXACT_IN_A_FLOAT):
        values[index] = float(Decimal(int(unscaled[index])).scaleb(-kind.scale))
    return values


def _unscaled(column: "pa.Array[Any]") -> NDArray[np.int64]:
    """Read the low words of the 128-bit decimals, which hold all of 18 digits, without copying."""
    values = column.buffers()[1]
    if values is None:
        return np.zeros(len(column), dtype=np.int64)
    words: NDArray[np.int64] = np.frombuffer(memoryview(values), dtype="<i8")
    start = column.offset * _WORDS_OF_A_DECIMAL
    return words[start : start + len(column) * _WORDS_OF_A_DECIMAL : _WORDS_OF_A_DECIMAL]


def _with_nulls(column: "pa.Array[Any]", values: Floats) -> Floats:
    if column.null_count:
        values[np.asarray(column.is_null())] = np.nan
    return values
