"""The compiled structure engine takes columns of one kind only, and says what is wrong with others."""

import numpy as np
import pytest
from numpy.typing import NDArray

import native

STEP_MS = 300_000
FEATURES = 12
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
    names = ["open_time_ms", "open", "high", "low", "close", "volume", "taker_buy_volume"]
    assert refused.value.__notes__ == [f"while processing '{names[place]}'"]


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


@pytest.mark.parametrize("step", [2, -1])
def test_columns_with_holes_in_memory_or_backwards_are_refused(step: int) -> None:
    with pytest.raises(TypeError, match="contiguous"):
        batch([column[::step] for column in columns_of(10)])


@pytest.mark.parametrize("place", range(7))
def test_columns_of_different_length_are_refused(place: int) -> None:
    columns = columns_of(10)
    columns[place] = columns[place][:-1]
    with pytest.raises(ValueError, match="the columns differ in length"):
        batch(columns)
