"""Market structure on real 5m candles where SLT_MARKET_DATA names them, else on generated ones; CPU time."""

import gc
import math
import os
from operator import attrgetter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

import native
from adapters.native.structure_engine import NativeStructureEngine
from domain.market.candle import Candle
from domain.structure.structure_engine import StructureEngine as ReferenceEngine
from tests.domain.structure.charts import STEP_MS, smooth

Floats = NDArray[np.float64]
Columns = tuple[NDArray[np.int64], Floats, Floats, Floats, Floats, Floats, Floats]

LENGTHS = (10_000, 100_000, 500_000)
ONE_BY_ONE = 20_000
SNAPSHOT_BYTES = 48 * 1024
STATE_BYTES = 48 * 1024
SYMBOLS = 1_000
PARTS = (
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
)
REAL_YEARS = ("20200101-20201231", "20210101-20211231", "20240701-20241231")


@pytest.fixture(scope="module")
def tape() -> Columns:
    return five_minute_tape()


@pytest.fixture(scope="module")
def bars(tape: Columns) -> list[Candle]:
    return [Candle(*row) for row in zip(*(column[:ONE_BY_ONE].tolist() for column in tape), strict=True)]


@pytest.mark.benchmark(group="structure, one batch")
@pytest.mark.parametrize("length", LENGTHS)
def test_batch(benchmark: BenchmarkFixture, tape: Columns, length: int) -> None:
    part = cut(tape, 0, length)
    rows = benchmark(lambda: native.StructureEngine().batch(*part))
    assert np.isfinite(rows[-1]).all()


@pytest.mark.benchmark(group=f"structure, {ONE_BY_ONE:,} updates from Python")
def test_updates_with_plain_numbers(benchmark: BenchmarkFixture, bars: list[Candle]) -> None:
    def read_all() -> tuple[float, ...]:
        update = native.StructureEngine().update
        row: tuple[float, ...] = ()
        for bar in bars:
            row = update(*bar)
        return row

    assert math.isfinite(benchmark(read_all)[0])


@pytest.mark.benchmark(group=f"structure, {ONE_BY_ONE:,} updates from Python")
@pytest.mark.parametrize("kind", [NativeStructureEngine, ReferenceEngine])
def test_updates_through_the_port(
    benchmark: BenchmarkFixture, bars: list[Candle], kind: type[NativeStructureEngine | ReferenceEngine]
) -> None:
    def read_all() -> tuple[float, ...]:
        engine = kind()
        row: tuple[float, ...] = ()
        for bar in bars:
            row = engine.update(bar)
        return row

    assert math.isfinite(benchmark(read_all)[0])


@pytest.mark.benchmark(group="structure, what one candle costs beside its row")
def test_view_through_the_port(benchmark: BenchmarkFixture, bars: list[Candle]) -> None:
    assert benchmark(warmed_up(bars).view).features is not None


@pytest.mark.benchmark(group="structure, 1,000 times one part of the view")
@pytest.mark.parametrize("part", PARTS)
def test_one_part_of_the_view(benchmark: BenchmarkFixture, bars: list[Candle], part: str) -> None:
    told, engine = attrgetter(part), native.StructureEngine()
    for bar in bars[:5_000]:
        engine.update(*bar)
    benchmark(lambda: [told(engine) for _ in range(1_000)])


@pytest.mark.benchmark(group="structure, what one candle costs beside its row")
def test_snapshot(benchmark: BenchmarkFixture, bars: list[Candle]) -> None:
    snapshot = benchmark(warmed_up(bars).snapshot)
    benchmark.extra_info["bytes"] = len(snapshot)
    assert len(snapshot) <= SNAPSHOT_BYTES


@pytest.mark.benchmark(group="structure, what one candle costs beside its row")
def test_restore(benchmark: BenchmarkFixture, bars: list[Candle]) -> None:
    engine = warmed_up(bars)
    benchmark(engine.restore, engine.snapshot())


@pytest.mark.benchmark(group="structure, many symbols of 10,000 bars each", min_rounds=1, max_time=0.0)
@pytest.mark.parametrize("symbols", [SYMBOLS // 10, SYMBOLS])
def test_many_symbols(benchmark: BenchmarkFixture, tape: Columns, symbols: int) -> None:
    """All symbols in turn, chunk by chunk, so that no symbol's state stays in the cache."""
    chunks = [cut(tape, at, at + 500) for at in range(0, 10_000, 500)]
    gc.collect()
    before = resident_bytes()
    engines: list[native.StructureEngine] = []

    def read_all() -> None:
        engines[:] = [native.StructureEngine() for _ in range(symbols)]
        for chunk in chunks:
            for engine in engines:
                engine.batch(*chunk)

    benchmark(read_all)
    used = (resident_bytes() - before) / symbols
    benchmark.extra_info["bytes a symbol"] = used
    assert symbols < SYMBOLS or used <= STATE_BYTES


def five_minute_tape() -> Columns:
    """Give 500,000 bars of 5m; real ones are laid end to end, file after file, on one time axis."""
    folder = os.environ.get("SLT_MARKET_DATA")
    opened, high, low, close, volume, taker_buy = (
        real_numbers(Path(folder)) if folder else generated_numbers()
    )
    times = np.arange(len(opened), dtype=np.int64) * STEP_MS
    return times, opened, high, low, close, volume, taker_buy


def cut(tape: Columns, start: int, end: int) -> Columns:
    times, opened, high, low, close, volume, taker_buy = tape
    part = slice(start, end)
    return times[part], opened[part], high[part], low[part], close[part], volume[part], taker_buy[part]


def warmed_up(bars: list[Candle]) -> NativeStructureEngine:
    engine = NativeStructureEngine()
    for bar in bars[:5_000]:
        engine.update(bar)
    return engine


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def generated_numbers() -> list[Floats]:
    rows = np.array([bar[1:] for bar in smooth(LENGTHS[-1], 1)])
    return [column.copy() for column in rows.T]


def real_numbers(folder: Path) -> list[Floats]:
    names = ("open", "high", "low", "close", "volume", "taker_buy_volume")
    files = [
        folder / f"spot/{symbol}-5m-{year}.parquet"
        for symbol in ("BTCUSDT", "ETHUSDT")
        for year in REAL_YEARS
    ]
    tables = [pq.read_table(file, columns=list(names)) for file in files]
    return [
        np.concatenate([column_of(table, name) for table in tables])[: LENGTHS[-1]].copy() for name in names
    ]


def column_of(table: pa.Table, name: str) -> Floats:
    values = table[name].to_pylist()
    return np.array([math.nan if value is None else float(value) for value in values])
