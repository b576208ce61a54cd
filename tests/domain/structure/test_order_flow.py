import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.candle import Candle
from domain.structure.order_flow import OrderFlow, OrderFlowRules, flow_by_candle, flow_by_takers
from tests.domain.structure.carried_over import carry_over

RULES = OrderFlowRules()


def traded(volume: float, taker_buy: float) -> Candle:
    return Candle(0, 100.0, 104.0, 100.0, 103.0, volume, taker_buy)


def flow_of(*candles: Candle) -> OrderFlow:
    flow = OrderFlow(RULES)
    for candle in candles:
        flow.update(candle)
    return flow


def test_taker_buying_less_taker_selling_is_the_flow() -> None:
    assert flow_by_takers(traded(10.0, 7.0)) == 4.0
    assert flow_by_takers(traded(10.0, 0.0)) == -10.0


@pytest.mark.parametrize(("close", "flow"), [(104.0, 8.0), (100.0, -8.0), (102.0, 0.0), (103.0, 4.0)])
def test_without_takers_the_close_within_its_bar_tells_the_flow(close: float, flow: float) -> None:
    assert flow_by_candle(Candle(0, 101.0, 104.0, 100.0, close, 8.0)) == flow


def test_a_bar_without_height_has_no_flow() -> None:
    assert flow_by_candle(Candle(0, 101.0, 101.0, 101.0, 101.0, 8.0)) == 0.0


@given(
    prices=st.lists(st.floats(min_value=1e-3, max_value=1e6), min_size=3, max_size=3).map(sorted),
    volume=st.floats(min_value=0.0, max_value=1e12),
)
def test_no_rounding_lets_the_flow_exceed_the_volume(prices: list[float], volume: float) -> None:
    low, close, high = prices
    assert abs(flow_by_candle(Candle(0, close, high, low, close, volume))) <= volume


def test_the_imbalance_is_the_share_of_what_was_traded() -> None:
    assert flow_of(traded(10.0, 10.0), traded(30.0, 10.0)).imbalance() == 0.0
    assert flow_of(traded(10.0, 10.0), traded(6.0, 1.0)).imbalance() == 6.0 / 16.0
    assert flow_of(traded(10.0, 10.0)).imbalance() == 1.0


def test_nothing_traded_is_no_imbalance() -> None:
    assert OrderFlow(RULES).imbalance() == 0.0
    assert flow_of(traded(0.0, 0.0)).imbalance() == 0.0


def test_only_the_last_twenty_bars_count() -> None:
    assert flow_of(traded(1000.0, 0.0), *[traded(2.0, 2.0)] * 19).imbalance() < 0.0
    assert flow_of(traded(1000.0, 0.0), *[traded(2.0, 2.0)] * 20).imbalance() == 1.0


def test_one_bar_without_its_takers_marks_the_window_until_it_leaves() -> None:
    flow = flow_of(*[traded(2.0, 1.0)] * 25)
    told = [flow.is_by_takers]
    for taker_buy in (math.nan, *[1.0] * 20):
        flow.update(traded(2.0, taker_buy))
        told.append(flow.is_by_takers)
    assert told == [True, *[False] * 20, True]


def test_a_carried_over_flow_goes_on_alike() -> None:
    flow, heir = flow_of(*[traded(3.0, 1.0)] * 22, traded(4.0, math.nan)), OrderFlow(RULES)
    carry_over(flow, heir)
    for taker_buy in (0.5, 2.0, 1.5):
        flow.update(traded(2.5, taker_buy))
        heir.update(traded(2.5, taker_buy))
        assert (heir.imbalance(), heir.is_by_takers) == (flow.imbalance(), flow.is_by_takers)
