import pytest

from adapters.native.candle_aggregator import NativeCandleAggregator
from domain.market.candle import Candle, CandleRefused

MINUTE_MS = 60_000


def minute(number: int) -> Candle:
    return Candle(number * MINUTE_MS, 100.0, 102.0, 99.0, 101.0, 3.0, 1.0)


def test_plain_numbers_come_back_as_candles() -> None:
    aggregator = NativeCandleAggregator(MINUTE_MS, 5 * MINUTE_MS)
    aggregator.update(minute(1))
    assert [type(longer) for longer in aggregator.update(minute(9))] == [Candle, Candle]


def test_a_refusal_carries_the_candle_that_was_refused() -> None:
    aggregator = NativeCandleAggregator(MINUTE_MS, 5 * MINUTE_MS)
    impossible = minute(2)._replace(volume=-1.0)
    with pytest.raises(CandleRefused) as refused:
        aggregator.update(impossible)
    assert refused.value.candle is impossible
