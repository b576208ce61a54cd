"""An open order as prices between a low and a high see it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.held_orders import HeldOrder, HeldStop
from domain.market.direction import Side
from domain.market.instrument import Instrument

# What is taken first when one candle reaches several orders: the worst for us.
_MARKET, _STOP, _ENTRY, _PROFIT = range(4)
_NO_PRICE: Final = Decimal(0)


@dataclass(slots=True)
class WaitingOrder:
    """It acts when the price comes to `level` or beyond, from above if `acts_below`.

    The level of a limit lies one tick beyond its price: whoever waits in the queue fills once the price
    trades through. `own_price` is the limit's price or the trigger's, zero of a market order. `rank`
    sorts what one candle reaches: market orders, stops (nearest first), entries, what takes profit.
    """

    held: HeldOrder | HeldStop
    acts_below: bool
    level: float
    own_price: Decimal
    rank: tuple[int, float, int]
    is_market: bool = False
    is_stop: bool = False
    is_target: bool = False

    @property
    def number(self) -> int:
        """The number the exchange gave it; plain and conditional orders are numbered apart."""
        return self.rank[2]

    def is_reached(self, low: float, high: float) -> bool:
        """Tell whether prices between low and high make it act."""
        return self.is_market or (low <= self.level if self.acts_below else high >= self.level)

    def saves_from(self, liquidation_price: Decimal) -> bool:
        """Tell whether it is a stop that acts before the price comes to a forced close."""
        if not self.is_stop:
            return False
        trigger = self.own_price
        return trigger >= liquidation_price if self.acts_below else trigger <= liquidation_price


def waiting_order(order: HeldOrder, grid: Instrument) -> WaitingOrder:
    """Tell where a plain order acts."""
    if order.kind == "MARKET":
        rank = (_MARKET, 0.0, order.order_id)
        return WaitingOrder(order, order.side is Side.BUY, 0.0, _NO_PRICE, rank, is_market=True)
    acts_below = order.side is Side.BUY
    level = float(order.price - grid.tick if acts_below else order.price + grid.tick)
    kind = _PROFIT if order.is_reduce_only else _ENTRY
    rank = (kind, -level if acts_below else level, order.order_id)
    return WaitingOrder(order, acts_below, level, order.price, rank)


def waiting_stop(stop: HeldStop) -> WaitingOrder:
    """Tell where a stop or a target acts."""
    acts_below, level = stop.acts_below, float(stop.trigger_price)
    is_target = stop.kind.startswith("TAKE_PROFIT")
    rank = (_PROFIT if is_target else _STOP, -level if acts_below else level, stop.algo_id)
    return WaitingOrder(
        stop, acts_below, level, stop.trigger_price, rank, is_stop=not is_target, is_target=is_target
    )
