"""Long work of the compiled module lets other threads in, and many symbols may use many threads."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import native

MODEL = Path(__file__).resolve().parents[1] / "parity" / "xgboost_1_7" / "model.ubj"
STEP_MS = 300_000
BARS = 40_000
Floats = NDArray[np.float64]
Columns = tuple[NDArray[np.int64], Floats, Floats, Floats, Floats, Floats, Floats]


def columns_of(seed: int, bars: int) -> Columns:
    """Give a random walk as columns."""
    chance = np.random.default_rng(seed)
    close = 1000.0 + chance.normal(size=bars).cumsum() * 0.5
    opened = np.concatenate([[1000.0], close[:-1]])
    high, low = np.maximum(opened, close) + 1.0, np.minimum(opened, close) - 1.0
    volume = chance.uniform(1.0, 9.0, size=bars)
    return np.arange(bars, dtype=np.int64) * STEP_MS, opened, high, low, close, volume, volume / 2.0


@pytest.fixture
def nobody_is_interrupted() -> Iterator[None]:
    """Let a thread keep the interpreter until it lets go by itself."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1_000.0)
    yield
    sys.setswitchinterval(interval)


def is_another_thread_let_in(work: Callable[[], object]) -> bool:
    """Tell whether this thread gets its turn before another one is through with the work, done 50 times."""
    has_begun, had_a_turn, outcome = threading.Event(), threading.Event(), []

    def toil() -> None:
        has_begun.set()
        outcome.append(any(had_a_turn.is_set() for _ in range(50) if work() is not None))

    worker = threading.Thread(target=toil)
    worker.start()
    has_begun.wait()
    had_a_turn.set()
    worker.join()
    return outcome == [True]


@pytest.mark.usefixtures("nobody_is_interrupted")
def test_work_in_python_lets_nobody_in() -> None:
    assert not is_another_thread_let_in(lambda: sum(range(50_000)))


@pytest.mark.usefixtures("nobody_is_interrupted")
def test_a_batch_of_bars_lets_other_threads_in() -> None:
    columns = columns_of(1, BARS)
    assert is_another_thread_let_in(lambda: native.StructureEngine().batch(*columns))


@pytest.mark.usefixtures("nobody_is_interrupted")
def test_a_batch_of_candles_to_be_lengthened_lets_other_threads_in() -> None:
    columns = columns_of(2, BARS)
    assert is_another_thread_let_in(lambda: native.CandleAggregator(STEP_MS, 3 * STEP_MS).batch(*columns))


@pytest.mark.usefixtures("nobody_is_interrupted")
def test_a_table_of_rows_through_a_forest_lets_other_threads_in() -> None:
    forest, rows = native.Forest.from_xgboost(MODEL.read_bytes()), np.zeros((BARS, 12))
    assert is_another_thread_let_in(lambda: forest.predict_margins(rows))


def test_many_symbols_in_many_threads_are_as_one_after_the_other() -> None:
    symbols = [columns_of(seed, 2_000) for seed in range(12)]

    def rows_of(columns: Columns) -> bytes:
        return native.StructureEngine().batch(*columns).tobytes()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(rows_of, symbols)) == [rows_of(columns) for columns in symbols]
