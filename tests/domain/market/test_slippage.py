from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Side
from domain.market.slippage import taker_price
from tests.trade_samples import INSTRUMENT


@given(st.sampled_from(Side), st.decimals("0.25", "9000", places=2), st.decimals("0", "0.5", places=4))
def test_slippage_and_the_tick_are_against_us(side: Side, price: Decimal, slippage: Decimal) -> None:
    paid = taker_price(side, price, slippage, INSTRUMENT)
    slipped = price * (1 + side.sign * slippage)
    assert paid % INSTRUMENT.tick == 0
    assert paid > 0
    if side is Side.BUY:
        assert slipped <= paid < slipped + INSTRUMENT.tick
    else:
        assert paid <= max(slipped, INSTRUMENT.tick)
        assert paid > slipped - INSTRUMENT.tick
