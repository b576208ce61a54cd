"""The compiled module: its face, its refusals, and what one reads when it is missing."""

import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import native

ROOT = Path(__file__).resolve().parents[2]
MINUTE_MS = 60_000
Floats = NDArray[np.float64]
Columns = tuple[NDArray[np.int64], Floats, Floats, Floats, Floats, Floats, Floats]
Row = tuple[int, float, float, float, float, float, float]


def columns_of(minutes: range) -> Columns:
    numbers = np.arange(minutes.start, minutes.stop, dtype=np.int64)
    price: Floats = 100.0 + numbers.astype(np.float64)
    volume: Floats = np.full(len(numbers), 3.0)
    return numbers * MINUTE_MS, price, price + 2.0, price - 1.0, price + 1.0, volume, volume / 3.0


def rows_of(columns: Columns) -> list[Row]:
    return [tuple(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def five_minutes() -> native.CandleAggregator:
    return native.CandleAggregator(MINUTE_MS, 5 * MINUTE_MS)


def test_the_build_is_a_release_build() -> None:
    assert native.IS_RELEASE_BUILD


def test_a_batch_closes_the_candles_that_single_updates_close() -> None:
    columns = columns_of(range(1, 23))
    one_by_one = five_minutes()
    expected = [closed for row in rows_of(columns) for closed in one_by_one.update(*row)]
    batch = five_minutes().batch(*columns)
    assert rows_of(batch) == expected
    assert [column.dtype for column in batch] == [np.int64] + [np.float64] * 6


def test_a_batch_goes_on_where_the_last_one_ended() -> None:
    whole, halves = five_minutes(), five_minutes()
    expected = rows_of(whole.batch(*columns_of(range(20))))
    assert [
        row for part in (range(8), range(8, 20)) for row in rows_of(halves.batch(*columns_of(part)))
    ] == expected


def test_an_empty_batch_closes_nothing() -> None:
    assert [len(column) for column in five_minutes().batch(*columns_of(range(0)))] == [0] * 7


def test_a_refused_batch_names_fault_and_row_and_leaves_no_trace() -> None:
    aggregator = five_minutes()
    aggregator.batch(*columns_of(range(3)))
    bad = columns_of(range(3, 10))
    bad[5][4] = -1.0
    with pytest.raises(native.CandleRefused) as refused:
        aggregator.batch(*bad)
    assert refused.value.args == ("NEGATIVE_VOLUME", 4)
    whole = five_minutes().batch(*columns_of(range(10)))
    assert rows_of(aggregator.batch(*columns_of(range(3, 10)))) == rows_of(whole)


def test_columns_of_different_length_are_refused() -> None:
    columns = columns_of(range(5))
    with pytest.raises(ValueError, match="differ in length"):
        five_minutes().batch(*columns[:6], columns[6][:4])


def test_a_column_of_another_type_is_refused() -> None:
    columns = columns_of(range(5))
    with pytest.raises(TypeError):
        five_minutes().batch(columns[0].astype(np.float64), *columns[1:])


def test_a_column_with_holes_in_memory_is_refused() -> None:
    columns = columns_of(range(10))
    with pytest.raises(TypeError, match="contiguous"):
        five_minutes().batch(columns[0][::2], *columns[1:])


def test_times_at_the_ends_of_the_calendar_are_taken() -> None:
    for at_ms in (-(2**63), 2**63 - 1):
        native.CandleAggregator(1, 7).update(at_ms, 1.0, 1.0, 1.0, 1.0, 0.0, math.nan)


def test_a_time_past_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError):
        five_minutes().update(2**63, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize(("step_ms", "into_ms"), [(0, 5), (5, 0), (-5, 5), (2, 5), (5, 2)])
def test_lengths_must_fit_into_each_other(step_ms: int, into_ms: int) -> None:
    with pytest.raises(ValueError, match=f"candles of {step_ms} ms do not fit into candles of {into_ms} ms"):
        native.CandleAggregator(step_ms, into_ms)


@pytest.mark.parametrize("older_build", [{}, {"_native.py": "IS_RELEASE_BUILD = True"}])
def test_without_a_matching_compiled_part_the_error_names_the_line_that_builds_it(
    tmp_path: Path, older_build: dict[str, str]
) -> None:
    (tmp_path / "native").mkdir()
    shutil.copy(ROOT / "native/__init__.py", tmp_path / "native")
    for name, text in older_build.items():
        (tmp_path / "native" / name).write_text(text)
    run = subprocess.run(
        [sys.executable, "-c", "import native"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.strip().splitlines()[-1].startswith("ImportError: ")
    assert "make build" in run.stderr
