"""The orders a simulated venue holds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf

from application.market_minutes import CalmPrices
from domain.market.direction import Side
from domain.market.instrument import Instrument
from domain.orders.order import Order, OrderKind


@dataclass(slots=True)
class RestingOrder:
    """An order as the venue holds it.

    It acts when the price comes to `level` or beyond, from above if `acts_below`. The level of a
    limit lies one tick beyond its price: whoever waits in the queue fills once the price trades
    through. `sequence` counts up over all orders of the venue.
    """

    order: Order
    sequence: int
    acts_below: bool
    level: float
    is_stuck: bool = False

    @property
    def kind(self) -> OrderKind:
        """How the order trades."""
        return self.order.kind

    @property
    def own_price(self) -> Decimal:
        """The limit's price or the trigger's; a market order has none and gives zero."""
        return self.order.price or self.order.trigger_price or Decimal(0)


class RestingOrders:
    """All orders held, by symbol; a symbol without orders is not in `by_symbol`."""

    def __init__(self) -> None:
        self.by_symbol: dict[str, dict[str, RestingOrder]] = {}
        self.next_sequence = 0
        self._calm_between: dict[str, tuple[float, float]] = {}

    def of(self, symbol: str) -> list[RestingOrder]:
        """List the orders of a symbol, oldest first."""
        return list(self.by_symbol.get(symbol, {}).values())

    def all(self) -> Iterator[RestingOrder]:
        """Walk over every order held."""
        return (resting for held in self.by_symbol.values() for resting in held.values())

    def holds(self, symbol: str, order_id: str) -> bool:
        """Tell whether an order of this id is held."""
        return order_id in self.by_symbol.get(symbol, {})

    def may_act(self, symbol: str, low: float, high: float) -> bool:
        """Tell, quickly, whether prices between low and high could make any order of a symbol act."""
        calm = self._calm_between.get(symbol)
        return calm is not None and (low <= calm[0] or high >= calm[1])

    def calm_prices(self, symbol: str) -> CalmPrices:
        """Tell between which prices no order of a symbol acts that rests here."""
        return CalmPrices(*self._calm_between.get(symbol, (0.0, inf)))

    def add(self, order: Order, instrument: Instrument) -> None:
        """Hold an order."""
        resting = resting_order(order, instrument, self.next_sequence)
        self.next_sequence += 1
        self.by_symbol.setdefault(order.symbol, {})[order.order_id] = resting
        self._look_again(order.symbol)

    def remove(self, symbol: str, order_id: str) -> None:
        """Let go of an order that is held."""
        held = self.by_symbol[symbol]
        del held[order_id]
        if not held:
            del self.by_symbol[symbol]
        self._look_again(symbol)

    def cut(self, resting: RestingOrder, quantity: Decimal) -> None:
        """Lower the quantity of an order that is held."""
        resting.order = replace(resting.order, quantity=quantity)

    def _look_again(self, symbol: str) -> None:
        below, above = 0.0, inf
        for resting in self.of(symbol):
            if resting.kind is OrderKind.MARKET:
                below = inf
            elif resting.acts_below:
                below = max(below, resting.level)
            else:
                above = min(above, resting.level)
        self._calm_between[symbol] = (below, above)


def resting_order(order: Order, instrument: Instrument, sequence: int) -> RestingOrder:
    """Tell where an order acts."""
    is_buy = order.side is Side.BUY
    if order.price is not None:
        through = order.price - instrument.tick if is_buy else order.price + instrument.tick
        return RestingOrder(order, sequence, acts_below=is_buy, level=float(through))
    acts_below = is_buy is (order.kind is OrderKind.TAKE_PROFIT_MARKET)
    return RestingOrder(order, sequence, acts_below, float(order.trigger_price or 0))
