"""What a market order gets."""

from decimal import Decimal

from domain.market.direction import Side
from domain.market.instrument import Instrument


def taker_price(side: Side, price: Decimal, slippage: Decimal, instrument: Instrument) -> Decimal:
    """Give what a market order gets when it meets this price: slippage and the tick both against us.

    `slippage` is a fraction of the price; nothing trades below one tick.
    """
    slipped = price * (1 + side.sign * slippage)
    if side is Side.BUY:
        return instrument.price_at_or_above(slipped)
    return max(instrument.price_at_or_below(slipped), instrument.tick)
