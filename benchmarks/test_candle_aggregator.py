"""100,000 candles of 5m into 15m: the readable twin, compiled one by one, compiled whole columns."""

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import native
from adapters.native.candle_aggregator import NativeCandleAggregator
from application.ports.candle_aggregator import CandleAggregator
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator as ReferenceAggregator
from tests.domain.structure.charts import STEP_MS, wandering

INTO_MS = 3 * STEP_MS
LENGTH = 100_000

pytestmark = pytest.mark.benchmark(group="100,000 candles of 5m into 15m")


@pytest.fixture(scope="module")
def tape() -> list[Candle]:
    return wandering(LENGTH, 1)


@pytest.mark.parametrize("kind", [ReferenceAggregator, NativeCandleAggregator])
def test_through_the_port(
    benchmark: BenchmarkFixture, tape: list[Candle], kind: type[CandleAggregator]
) -> None:
    assert benchmark(count_closed, kind, tape) == LENGTH // 3


def test_plain_numbers_into_the_compiled_part(benchmark: BenchmarkFixture, tape: list[Candle]) -> None:
    assert benchmark(count_closed_in_plain_numbers, tape) == LENGTH // 3


def test_whole_columns_into_the_compiled_part(benchmark: BenchmarkFixture, tape: list[Candle]) -> None:
    times, *numbers = zip(*tape, strict=True)
    columns = [np.array(column, dtype=np.float64) for column in numbers]
    moments = np.array(times, dtype=np.int64)
    closed = benchmark(lambda: native.CandleAggregator(STEP_MS, INTO_MS).batch(moments, *columns))
    assert len(closed[0]) == LENGTH // 3


def count_closed(kind: type[ReferenceAggregator | NativeCandleAggregator], tape: list[Candle]) -> int:
    aggregator = kind(STEP_MS, INTO_MS)
    return sum(len(aggregator.update(candle)) for candle in tape)


def count_closed_in_plain_numbers(tape: list[Candle]) -> int:
    aggregator = native.CandleAggregator(STEP_MS, INTO_MS)
    return sum(len(aggregator.update(*candle)) for candle in tape)
