"""Tests of reading Parquet numbers to the last bit."""

import math
from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from adapters.parquet.exact_columns import floats_of, is_number


@given(st.integers(0, 18), st.data())
def test_a_decimal_reads_as_what_its_print_reads_as(scale: int, data: st.DataObject) -> None:
    unscaled = data.draw(st.lists(st.none() | st.integers(-(10**18) + 1, 10**18 - 1), max_size=20))
    decimals = [None if one is None else Decimal(one).scaleb(-scale) for one in unscaled]
    floats = floats_of(pa.array(decimals, pa.decimal128(18, scale))).tolist()
    expected = [math.nan if one is None else float(str(one)) for one in decimals]
    assert list(map(repr, floats)) == list(map(repr, expected))


def test_a_slice_of_a_column_reads_its_own_rows() -> None:
    column = pa.array([Decimal("1.25"), Decimal("2.50"), None, Decimal("-3.75")], pa.decimal128(18, 2))
    assert floats_of(column.slice(1, 1)).tolist() == [2.5]
    assert floats_of(column.slice(3, 1)).tolist() == [-3.75]


def test_decimals_of_more_digits_than_a_word_holds_are_read_too() -> None:
    column = pa.array([Decimal("12345678901234567890.125"), None], pa.decimal128(38, 3))
    floats = floats_of(column)
    assert floats[0] == 12345678901234567890.125
    assert math.isnan(floats[1])


def test_floats_integers_and_missing_columns_are_read() -> None:
    assert floats_of(pa.array([1.5, 2.5])).tolist() == [1.5, 2.5]
    assert floats_of(pa.array([1, 2], pa.int32())).dtype == np.float64
    assert np.isnan(floats_of(pa.nulls(3, pa.float64()))).all()
    assert np.isnan(floats_of(pa.nulls(3))).all()
    assert np.isnan(floats_of(pa.array([1.5, None])))[1]


def test_text_is_no_number() -> None:
    assert is_number(pa.decimal128(18, 2))
    assert is_number(pa.float32())
    assert not is_number(pa.string())
