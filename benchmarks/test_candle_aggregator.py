"""100,000 one-minute candles into five-minute ones: readable twin, compiled one by one, compiled whole."""

import math
import random
from collections.abc import Iterator

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import native
from adapters.native.candle_aggregator import NativeCandleAggregator
from application.ports.candle_aggregator import CandleAggregator
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator as ReferenceAggregator

MINUTE_MS = 60_000
INTO_MS = 5 * MINUTE_MS
LENGTH = 100_000

pytestmark = pytest.mark.benchmark(group="100,000 candles of 1m into 5m")


@pytest.fixture(scope="module")
def tape() -> list[Candle]:
    return list(wandering_tape(random.Random(1)))


@pytest.mark.parametrize("kind", [ReferenceAggregator, NativeCandleAggregator])
def test_through_the_port(
    benchmark: BenchmarkFixture, tape: list[Candle], kind: type[CandleAggregator]
) -> None:
    assert benchmark(count_closed, kind, tape) == LENGTH // 5


def test_plain_numbers_into_the_compiled_part(benchmark: BenchmarkFixture, tape: list[Candle]) -> None:
    assert benchmark(count_closed_in_plain_numbers, tape) == LENGTH // 5


def test_whole_columns_into_the_compiled_part(benchmark: BenchmarkFixture, tape: list[Candle]) -> None:
    times, *numbers = zip(*tape, strict=True)
    columns = [np.array(column, dtype=np.float64) for column in numbers]
    moments = np.array(times, dtype=np.int64)
    closed = benchmark(lambda: native.CandleAggregator(MINUTE_MS, INTO_MS).batch(moments, *columns))
    assert len(closed[0]) == LENGTH // 5


def count_closed(kind: type[ReferenceAggregator | NativeCandleAggregator], tape: list[Candle]) -> int:
    aggregator = kind(MINUTE_MS, INTO_MS)
    return sum(len(aggregator.update(candle)) for candle in tape)


def count_closed_in_plain_numbers(tape: list[Candle]) -> int:
    aggregator = native.CandleAggregator(MINUTE_MS, INTO_MS)
    return sum(len(aggregator.update(*candle)) for candle in tape)


def wandering_tape(chance: random.Random) -> Iterator[Candle]:
    price = 100.0
    for minute in range(LENGTH):
        opened, price = price, price * math.exp(chance.gauss(0.0, 0.001))
        high, low = max(opened, price) * 1.0005, min(opened, price) * 0.9995
        yield Candle(minute * MINUTE_MS, opened, high, low, price, 10.0, 10.0 * chance.random())
