import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.candle import Candle, CandleFault, CandleRefused
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleList
from tests.domain.structure.charts import MONDAY_MS, STEP_MS, resampled, wandering

MIDDLE_MS = 3 * STEP_MS


def bar(number: int, price: float = 100.0) -> Candle:
    return Candle(MONDAY_MS + number * STEP_MS, price, price + 2.0, price - 1.0, price + 1.0, 3.0, 1.0)


def test_three_bars_make_one_with_the_last_of_them() -> None:
    aggregator = CandleAggregator(STEP_MS, MIDDLE_MS)
    assert aggregator.update(bar(0)) == ()
    assert aggregator.update(bar(1, 90.0)) == ()
    assert aggregator.update(bar(2, 95.0)) == (Candle(MONDAY_MS, 100.0, 102.0, 89.0, 96.0, 9.0, 3.0),)


def test_one_that_forgot_is_as_new() -> None:
    aggregator = CandleAggregator(STEP_MS, MIDDLE_MS)
    aggregator.update(bar(4, 90.0))
    aggregator.forget()
    assert aggregator.growing is None
    assert [aggregator.update(bar(number)) for number in (0, 1)] == [(), ()]
    assert aggregator.update(bar(2)) == (Candle(MONDAY_MS, 100.0, 102.0, 99.0, 101.0, 9.0, 3.0),)


def test_what_is_growing_can_be_seen_and_resumed() -> None:
    aggregator, heir = CandleAggregator(STEP_MS, MIDDLE_MS), CandleAggregator(STEP_MS, MIDDLE_MS)
    heir.resume(None)
    assert heir.growing is None
    aggregator.update(bar(0))
    assert aggregator.growing == bar(0)
    heir.resume(aggregator.growing)
    for number in (1, 2):
        assert heir.fold(bar(number)) == aggregator.update(bar(number))
    assert aggregator.growing is None


def test_a_bar_of_the_next_bucket_closes_one_that_is_overdue() -> None:
    aggregator = CandleAggregator(STEP_MS, MIDDLE_MS)
    aggregator.update(bar(1))
    assert [longer.open_time_ms for longer in aggregator.update(bar(3))] == [MONDAY_MS]
    assert aggregator.growing == bar(3)
    assert [longer.close for longer in aggregator.update(bar(8, 50.0))] == [101.0, 51.0]


def test_a_refused_bar_leaves_no_trace() -> None:
    aggregator = CandleAggregator(STEP_MS, MIDDLE_MS)
    aggregator.update(bar(1))
    for bad, fault in (
        (bar(1), CandleFault.DUPLICATE),
        (bar(2)._replace(close=math.nan), CandleFault.NOT_FINITE),
    ):
        with pytest.raises(CandleRefused) as refused:
            aggregator.update(bad)
        assert refused.value.fault is fault
    assert aggregator.update(bar(2)) == (Candle(MONDAY_MS, 100.0, 102.0, 99.0, 101.0, 6.0, 2.0),)


@pytest.mark.parametrize(("step_ms", "into_ms"), [(0, 1), (1, 0), (-1, 5), (2, 5), (5, 2)])
def test_lengths_must_fit_into_each_other(step_ms: int, into_ms: int) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        CandleAggregator(step_ms, into_ms)


@given(seed=st.integers(0, 999), longer=st.sampled_from([1, 2, 3, 12]))
def test_longer_candles_equal_naive_resampling(seed: int, longer: int) -> None:
    bars = wandering(120, seed)
    aggregator = CandleAggregator(STEP_MS, longer * STEP_MS)
    assert [closed for bar in bars for closed in aggregator.update(bar)] == resampled(bars, longer * STEP_MS)


@given(st.sets(st.integers(0, 60)), st.integers(1, 20))
def test_a_run_closes_what_its_candles_close_one_by_one(numbers: set[int], length: int) -> None:
    tape = [bar(number, 100.0 + number) for number in sorted(numbers)]
    one_by_one, in_runs = CandleAggregator(STEP_MS, MIDDLE_MS), CandleAggregator(STEP_MS, MIDDLE_MS)
    closed = [longer for candle in tape for longer in one_by_one.update(candle)]
    runs = [in_runs.take(CandleList(tape[start : start + length])) for start in range(0, len(tape), length)]
    assert [run.candle(index) for run in runs for index in range(len(run))] == closed
    assert in_runs.growing == one_by_one.growing


def test_a_run_with_a_refused_candle_leaves_no_trace() -> None:
    aggregator = CandleAggregator(STEP_MS, MIDDLE_MS)
    aggregator.update(bar(0))
    with pytest.raises(CandleRefused) as refused:
        aggregator.take(CandleList([bar(1), bar(2), bar(3), bar(3)]))
    assert refused.value.fault is CandleFault.DUPLICATE
    assert aggregator.growing == bar(0)
    assert len(aggregator.take(CandleList([bar(1), bar(2)]))) == 1
