"""The compiled structure engine takes columns of one kind only, and says what is wrong with others."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import native

STEP_MS = 300_000
FEATURES = 12
NAMES = ["open_time_ms", "open", "high", "low", "close", "volume", "taker_buy_volume"]
TAKERS = [
    pytest.param(native.StructureEngine().batch, id="structure"),
    pytest.param(native.CandleAggregator(STEP_MS, 3 * STEP_MS).batch, id="aggregator"),
    pytest.param(native.CandleRun.from_columns, id="run"),
]
AnyColumn = NDArray[np.generic]


def columns_of(bars: int) -> list[AnyColumn]:
    price = 100.0 + np.arange(bars, dtype=np.float64)
    times: AnyColumn = np.arange(bars, dtype=np.int64) * STEP_MS
    return [times, price, price + 2.0, price - 1.0, price + 1.0, np.full(bars, 3.0), np.ones(bars)]


def batch(columns: list[AnyColumn]) -> NDArray[np.float64]:
    return native.StructureEngine().batch(*columns)  # type: ignore[arg-type]


@pytest.mark.parametrize("bars", [0, 1, 1_000])
def test_a_batch_gives_one_row_of_twelve_a_bar(bars: int) -> None:
    rows = batch(columns_of(bars))
    assert rows.shape == (bars, FEATURES)
    assert rows.dtype == np.float64
    assert rows.flags.c_contiguous


def test_columns_that_may_not_be_written_are_read() -> None:
    columns = columns_of(30)
    for column in columns:
        column.setflags(write=False)
    assert batch(columns).shape == (30, FEATURES)


@pytest.mark.parametrize(
    ("place", "kind", "told"),
    [
        (0, np.float64, "from=float64, to=int64"),
        (0, np.int32, "from=int32, to=int64"),
        (1, np.float32, "from=float32, to=float64"),
        (4, np.int64, "from=int64, to=float64"),
        (6, ">f8", "from=>f8, to=float64"),
    ],
)
def test_a_column_of_another_type_is_refused_and_named(
    place: int, kind: type[np.generic] | str, told: str
) -> None:
    columns = columns_of(5)
    columns[place] = columns[place].astype(kind)
    with pytest.raises(TypeError, match=told) as refused:
        batch(columns)
    assert refused.value.__notes__ == [f"while processing '{NAMES[place]}'"]


def test_a_column_of_another_shape_is_refused() -> None:
    columns = columns_of(6)
    columns[1] = columns[1].reshape(2, 3)
    with pytest.raises(TypeError, match="from=2, to=1"):
        batch(columns)


def test_a_list_is_no_column() -> None:
    columns = columns_of(6)
    columns[0] = columns[0].tolist()
    with pytest.raises(TypeError, match="'list' object is not an instance of 'ndarray'"):
        batch(columns)


@pytest.mark.parametrize("take", TAKERS)
@pytest.mark.parametrize("step", [2, -1])
@pytest.mark.parametrize("place", range(7))
def test_a_column_with_holes_in_memory_or_backwards_is_refused_and_named(
    take: Callable[..., object], place: int, step: int
) -> None:
    columns = columns_of(10)
    columns[place] = np.repeat(columns[place], 2)[:10][::step]
    with pytest.raises(TypeError) as refused:
        take(*columns)
    assert str(refused.value) == f"the column {NAMES[place]} is not contiguous"


def test_close_times_with_holes_in_memory_are_refused_and_named() -> None:
    columns = columns_of(10)
    take: Callable[..., object] = native.CandleRun.from_columns
    with pytest.raises(TypeError, match="the column close_time_ms is not contiguous"):
        take(*columns, np.arange(20)[::2])


@pytest.mark.parametrize("place", range(7))
def test_columns_of_different_length_are_refused(place: int) -> None:
    columns = columns_of(10)
    columns[place] = columns[place][:-1]
    with pytest.raises(ValueError, match="the columns differ in length"):
        batch(columns)


@pytest.mark.parametrize(
    "part",
    [
        "trends",
        "breaks",
        "atrs",
        "displacement",
        "sweep",
        "nearest_blocks",
        "nearest_gaps",
        "dealing_range",
        "pools",
        "killzone",
    ],
)
def test_no_part_of_the_view_is_there_before_the_first_bar(part: str) -> None:
    with pytest.raises(LookupError, match="no bar has been taken yet"):
        getattr(native.StructureEngine(), part)
