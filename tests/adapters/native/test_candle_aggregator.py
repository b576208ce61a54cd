import pytest

from adapters.native.candle_aggregator import NativeCandleAggregator
from domain.market.candle import Candle, CandleFault, CandleRefused

MINUTE_MS = 60_000


def minute(number: int, price: float = 100.0) -> Candle:
    return Candle(number * MINUTE_MS, price, price + 2, price - 1, price + 1, 3.0, 1.0)


def test_two_late_buckets_come_as_candles_oldest_first() -> None:
    aggregator = NativeCandleAggregator(MINUTE_MS, 5 * MINUTE_MS)
    assert aggregator.update(minute(1)) == ()
    late, own = aggregator.update(minute(9, price=200.0))
    assert late == Candle(0, 100.0, 102.0, 99.0, 101.0, 3.0, 1.0)
    assert own == Candle(5 * MINUTE_MS, 200.0, 202.0, 199.0, 201.0, 3.0, 1.0)
    assert isinstance(own, Candle)


IMPOSSIBLE = {
    CandleFault.NOT_FINITE: minute(3)._replace(close=float("nan")),
    CandleFault.LOW_NOT_POSITIVE: minute(3)._replace(low=0.0),
    CandleFault.HIGH_BELOW_BODY: minute(3)._replace(high=100.5),
    CandleFault.LOW_ABOVE_BODY: minute(3)._replace(low=100.5),
    CandleFault.NEGATIVE_VOLUME: minute(3)._replace(volume=-1.0),
    CandleFault.TAKER_BUY_OUTSIDE_VOLUME: minute(3)._replace(taker_buy_volume=4.0),
    CandleFault.OFF_THE_GRID: minute(3)._replace(open_time_ms=1),
    CandleFault.DUPLICATE: minute(2),
    CandleFault.OUT_OF_ORDER: minute(1),
}


@pytest.mark.parametrize("fault", CandleFault)
def test_every_refusal_of_the_compiled_part_is_told_in_our_words(fault: CandleFault) -> None:
    aggregator = NativeCandleAggregator(MINUTE_MS, 5 * MINUTE_MS)
    aggregator.update(minute(2))
    with pytest.raises(CandleRefused) as refused:
        aggregator.update(IMPOSSIBLE[fault])
    assert refused.value.fault is fault
    assert refused.value.candle is IMPOSSIBLE[fault]
