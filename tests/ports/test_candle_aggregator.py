"""What every candle aggregator must do; a further one joins by one line in AGGREGATORS."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.native.candle_aggregator import NativeCandleAggregator
from application.ports.candle_aggregator import CandleAggregator
from domain.market.candle import Candle, CandleFault, CandleRefused
from domain.market.candle_aggregator import CandleAggregator as ReferenceAggregator
from tests.domain.structure.charts import resampled, wandering

MINUTE_MS = 60_000

MakeAggregator = Callable[[int, int], CandleAggregator]
AGGREGATORS: list[object] = [
    pytest.param(ReferenceAggregator, id="reference"),
    pytest.param(NativeCandleAggregator, id="native"),
]
pytestmark = pytest.mark.parametrize("make_aggregator", AGGREGATORS)


def minute(number: int, price: float = 100.0) -> Candle:
    return Candle(number * MINUTE_MS, price, price + 2.0, price - 1.0, price + 1.0, 3.0, 1.0)


def closed_by(aggregator: CandleAggregator, bars: list[Candle]) -> list[Candle]:
    return [longer for bar in bars for longer in aggregator.update(bar)]


def test_five_minutes_make_one_candle_with_the_last_of_them(make_aggregator: MakeAggregator) -> None:
    aggregator = make_aggregator(MINUTE_MS, 5 * MINUTE_MS)
    assert closed_by(aggregator, [minute(number, 100.0 + number) for number in range(4)]) == []
    assert aggregator.update(minute(4, 104.0)) == (Candle(0, 100.0, 106.0, 99.0, 105.0, 15.0, 5.0),)


def test_a_bucket_without_its_last_minutes_is_closed_by_the_next_bucket(
    make_aggregator: MakeAggregator,
) -> None:
    aggregator = make_aggregator(MINUTE_MS, 5 * MINUTE_MS)
    assert aggregator.update(minute(1)) == ()
    (late,) = aggregator.update(minute(6, 110.0))
    assert (late.open_time_ms, late.close) == (0, 101.0)


def test_a_minute_that_ends_its_own_bucket_can_close_two(make_aggregator: MakeAggregator) -> None:
    aggregator = make_aggregator(MINUTE_MS, 5 * MINUTE_MS)
    aggregator.update(minute(1))
    assert [longer.open_time_ms for longer in aggregator.update(minute(9))] == [0, 5 * MINUTE_MS]


def test_candles_of_one_length_pass_unchanged(make_aggregator: MakeAggregator) -> None:
    aggregator = make_aggregator(MINUTE_MS, MINUTE_MS)
    assert closed_by(aggregator, [minute(1), minute(5)]) == [minute(1), minute(5)]


def test_one_minute_without_its_aggressor_leaves_the_sum_unknown(make_aggregator: MakeAggregator) -> None:
    aggregator = make_aggregator(MINUTE_MS, 5 * MINUTE_MS)
    aggregator.update(minute(3)._replace(taker_buy_volume=math.nan))
    (longer,) = aggregator.update(minute(4))
    assert math.isnan(longer.taker_buy_volume)


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (minute(4)._replace(high=math.inf), CandleFault.NOT_FINITE),
        (minute(4)._replace(low=0.0), CandleFault.LOW_NOT_POSITIVE),
        (minute(4)._replace(high=1.0), CandleFault.HIGH_BELOW_BODY),
        (minute(4)._replace(low=100.5), CandleFault.LOW_ABOVE_BODY),
        (minute(4)._replace(volume=-1.0), CandleFault.NEGATIVE_VOLUME),
        (minute(4)._replace(taker_buy_volume=3.5), CandleFault.TAKER_BUY_OUTSIDE_VOLUME),
        (minute(4)._replace(open_time_ms=4 * MINUTE_MS + 1), CandleFault.OFF_THE_GRID),
        (minute(3), CandleFault.DUPLICATE),
        (minute(2), CandleFault.OUT_OF_ORDER),
    ],
)
def test_a_refused_minute_leaves_no_trace(
    make_aggregator: MakeAggregator, bad: Candle, fault: CandleFault
) -> None:
    aggregator = make_aggregator(MINUTE_MS, 5 * MINUTE_MS)
    aggregator.update(minute(3))
    with pytest.raises(CandleRefused) as refused:
        aggregator.update(bad)
    assert refused.value.fault is fault
    assert aggregator.update(minute(4)) == (Candle(0, 100.0, 102.0, 99.0, 101.0, 6.0, 2.0),)


@pytest.mark.parametrize(("step_ms", "into_ms"), [(0, 1), (1, 0), (-1, 5), (2, 5), (5, 2)])
def test_lengths_must_fit_into_each_other(
    make_aggregator: MakeAggregator, step_ms: int, into_ms: int
) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        make_aggregator(step_ms, into_ms)


@given(seed=st.integers(0, 999), missing=st.sets(st.integers(0, 119), max_size=100))
def test_longer_candles_equal_naive_resampling_whatever_is_missing(
    make_aggregator: MakeAggregator, seed: int, missing: set[int]
) -> None:
    bars = [bar for number, bar in enumerate(wandering(121, seed)) if number not in missing]
    aggregator = make_aggregator(300_000, 900_000)
    assert closed_by(aggregator, bars) == resampled(bars[:-1], 900_000)
