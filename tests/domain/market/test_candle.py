import math

import pytest

from domain.market.candle import LARGEST, Candle, CandleFault, CandleRefused, fault_in_place, fault_within

GOOD = Candle(600, 100.0, 103.0, 99.0, 102.0, 8.0, 3.0)


def test_a_candle_of_unknown_aggressors_is_good() -> None:
    assert math.isnan(Candle(0, 1.0, 1.0, 1.0, 1.0, 1.0).taker_buy_volume)
    assert fault_within(GOOD._replace(taker_buy_volume=math.nan)) is None


@pytest.mark.parametrize(
    "good",
    [
        GOOD,
        GOOD._replace(open=103.0, close=99.0),
        GOOD._replace(open=99.0, close=103.0),
        Candle(0, 5.0, 5.0, 5.0, 5.0, 0.0, 0.0),
        GOOD._replace(taker_buy_volume=8.0),
        GOOD._replace(high=LARGEST, volume=LARGEST, taker_buy_volume=LARGEST),
    ],
)
def test_a_candle_may_touch_every_bound(good: Candle) -> None:
    assert fault_within(good) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_named(value: float) -> None:
    for bad in (
        GOOD._replace(open=value),
        GOOD._replace(high=value),
        GOOD._replace(low=value),
        GOOD._replace(close=value),
        GOOD._replace(volume=value),
    ):
        assert fault_within(bad) is CandleFault.NOT_FINITE


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (GOOD._replace(taker_buy_volume=math.inf), CandleFault.NOT_FINITE),
        (GOOD._replace(high=1.1e100), CandleFault.BEYOND_MEASURE),
        (GOOD._replace(volume=1.7e308), CandleFault.BEYOND_MEASURE),
        (GOOD._replace(low=0.0), CandleFault.LOW_NOT_POSITIVE),
        (GOOD._replace(high=101.0), CandleFault.HIGH_BELOW_BODY),
        (GOOD._replace(open=104.0), CandleFault.HIGH_BELOW_BODY),
        (GOOD._replace(low=101.0), CandleFault.LOW_ABOVE_BODY),
        (GOOD._replace(close=98.0), CandleFault.LOW_ABOVE_BODY),
        (GOOD._replace(volume=-1.0), CandleFault.NEGATIVE_VOLUME),
        (GOOD._replace(taker_buy_volume=-0.1), CandleFault.TAKER_BUY_OUTSIDE_VOLUME),
        (GOOD._replace(taker_buy_volume=8.1), CandleFault.TAKER_BUY_OUTSIDE_VOLUME),
    ],
)
def test_what_makes_a_candle_impossible_is_named(bad: Candle, fault: CandleFault) -> None:
    assert fault_within(bad) is fault


@pytest.mark.parametrize(
    ("last_open_time_ms", "step_ms", "fault"),
    [
        (None, 300, None),
        (300, 300, None),
        (0, 300, None),
        (None, 700, CandleFault.OFF_THE_GRID),
        (600, 300, CandleFault.DUPLICATE),
        (900, 300, CandleFault.OUT_OF_ORDER),
    ],
)
def test_where_a_candle_may_stand_is_told(
    last_open_time_ms: int | None, step_ms: int, fault: CandleFault | None
) -> None:
    assert fault_in_place(GOOD, last_open_time_ms, step_ms) is fault


def test_a_refusal_carries_its_reason_and_its_candle() -> None:
    refused = CandleRefused(CandleFault.DUPLICATE, GOOD)
    assert (refused.fault, refused.candle) == (CandleFault.DUPLICATE, GOOD)
    assert str(refused) == "candle at 600: open time equals that of the candle before"
