"""Every order the exchange remembers."""

from collections.abc import Iterator
from typing import Final, TypeVar

from adapters.simulated.exchange.held_orders import HeldOrder, HeldStop
from domain.market.timeframe import DAY_MS

UNFILLED_KEPT_MS: Final = 3 * DAY_MS
FILLED_KEPT_MS: Final = 90 * DAY_MS
_Held = TypeVar("_Held")


class OrderShelf:
    """Plain and conditional orders by id, by client id and by symbol; old ones are forgotten."""

    def __init__(self) -> None:
        self.orders: dict[int, HeldOrder] = {}
        self.stops: dict[int, HeldStop] = {}
        self.open_orders: dict[str, dict[int, HeldOrder]] = {}
        self.open_stops: dict[str, dict[int, HeldStop]] = {}
        self._order_names: dict[tuple[str, str], int] = {}
        self._stop_names: dict[str, int] = {}
        self._next_order_id = 70_000_000_001
        self._next_algo_id = 3_000_000_000_000_001

    def next_order_id(self) -> int:
        """Give a number to a new order."""
        self._next_order_id += 1
        return self._next_order_id

    def next_algo_id(self) -> int:
        """Give a number to a new conditional order."""
        self._next_algo_id += 1
        return self._next_algo_id

    def add_order(self, order: HeldOrder) -> None:
        """Remember an order that was just accepted."""
        self.orders[order.order_id] = order
        self._order_names[order.symbol, order.client_id] = order.order_id
        self.open_orders.setdefault(order.symbol, {})[order.order_id] = order

    def add_stop(self, stop: HeldStop) -> None:
        """Remember a conditional order that was just accepted."""
        self.stops[stop.algo_id] = stop
        self._stop_names[stop.client_id] = stop.algo_id
        self.open_stops.setdefault(stop.symbol, {})[stop.algo_id] = stop

    def close_order(self, order: HeldOrder) -> None:
        """Take an order that is over from the open ones."""
        self.open_orders.get(order.symbol, {}).pop(order.order_id, None)

    def close_stop(self, stop: HeldStop) -> None:
        """Take a conditional order that waits no longer from the open ones."""
        self.open_stops.get(stop.symbol, {}).pop(stop.algo_id, None)

    def order(self, symbol: str, order_id: int, client_id: str) -> HeldOrder | None:
        """Find an order by its number or, without one, by its name; the youngest of that name."""
        found = self.orders.get(order_id or self._order_names.get((symbol, client_id), 0))
        return found if found is not None and found.symbol == symbol else None

    def stop(self, algo_id: int, client_id: str) -> HeldStop | None:
        """Find a conditional order by its number or, without one, by its name."""
        return self.stops.get(algo_id or self._stop_names.get(client_id, 0))

    def has_open_order_named(self, symbol: str, client_id: str) -> bool:
        """Tell whether an open order has this name."""
        order = self.order(symbol, 0, client_id)
        return order is not None and order.is_open

    def has_open_stop_named(self, client_id: str) -> bool:
        """Tell whether a waiting conditional order has this name."""
        stop = self.stop(0, client_id)
        return stop is not None and stop.is_waiting

    def open_of(self, symbol: str | None) -> list[HeldOrder]:
        """List open orders of one symbol or of all, oldest first."""
        return [order for order in _of(self.open_orders, symbol) if order.is_open]

    def stops_of(self, symbol: str | None) -> list[HeldStop]:
        """List waiting conditional orders of one symbol or of all, oldest first."""
        return [stop for stop in _of(self.open_stops, symbol) if stop.is_waiting]

    def forget_before(self, now_ms: int) -> None:
        """Let go of what the venue does not tell any more."""
        old = [order for order in self.orders.values() if not order.is_open and _is_forgotten(order, now_ms)]
        for order in old:
            del self.orders[order.order_id]
            if self._order_names.get((order.symbol, order.client_id)) == order.order_id:
                del self._order_names[order.symbol, order.client_id]
        for stop in [stop for stop in self.stops.values() if not stop.is_waiting]:
            if now_ms - stop.updated_ms > UNFILLED_KEPT_MS:
                del self.stops[stop.algo_id]
                if self._stop_names.get(stop.client_id) == stop.algo_id:
                    del self._stop_names[stop.client_id]


def _is_forgotten(order: HeldOrder, now_ms: int) -> bool:
    kept_ms = FILLED_KEPT_MS if order.filled else UNFILLED_KEPT_MS
    return now_ms - order.updated_ms > kept_ms


def _of(held: dict[str, dict[int, _Held]], symbol: str | None) -> Iterator[_Held]:
    named = held if symbol is None else {symbol: held.get(symbol, {})}
    return (one for by_id in named.values() for one in list(by_id.values()))
