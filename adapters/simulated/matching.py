"""Whether and at what price an order trades; knows prices, no candles and no accounts."""

from decimal import Decimal
from typing import Final

from adapters.simulated.resting_orders import RestingOrder
from domain.market.direction import Side
from domain.market.instrument import Instrument
from domain.orders.order import OrderKind

# What is taken first when one candle reaches several orders: the worst for us.
_RANK: Final = {
    OrderKind.MARKET: 0,
    OrderKind.STOP_MARKET: 1,
    OrderKind.POST_ONLY_LIMIT: 2,
    OrderKind.TAKE_PROFIT_MARKET: 3,
}


def is_reached(resting: RestingOrder, low: float, high: float) -> bool:
    """Tell whether prices between low and high make a waiting order act; a stuck one never acts."""
    if resting.is_stuck:
        return False
    return low <= resting.level if resting.acts_below else high >= resting.level


def would_take(resting: RestingOrder, last_price: float) -> bool:
    """Tell whether a limit lies beyond the last price, so that it would take instead of make."""
    price = resting.order.price
    if price is None:
        return False
    return float(price) > last_price if resting.order.side is Side.BUY else float(price) < last_price


def would_trigger(resting: RestingOrder, last_price: float) -> bool:
    """Tell whether a stop or target would act at once."""
    return resting.order.trigger_price is not None and is_reached(resting, last_price, last_price)


def pessimistic_rank(resting: RestingOrder) -> tuple[int, float, int]:
    """Sort orders that one candle reaches: market, stops (nearest first), entries, what takes profit."""
    rank = _RANK[OrderKind.TAKE_PROFIT_MARKET] if _takes_profit(resting) else _RANK[resting.kind]
    return rank, -resting.level if resting.acts_below else resting.level, resting.sequence


def taker_price(side: Side, price: Decimal, slippage: Decimal, instrument: Instrument) -> Decimal:
    """Give what a market order gets when it meets this price: slippage and the tick both against us."""
    slipped = price * (1 + side.sign * slippage)
    if side is Side.BUY:
        return instrument.price_at_or_above(slipped)
    return max(instrument.price_at_or_below(slipped), instrument.tick)


def _takes_profit(resting: RestingOrder) -> bool:
    return resting.kind is OrderKind.POST_ONLY_LIMIT and resting.order.is_reduce_only
