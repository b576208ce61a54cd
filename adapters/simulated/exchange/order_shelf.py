"""Every order the exchange remembers."""

from collections import deque
from collections.abc import Iterable
from math import inf
from typing import Final

from adapters.simulated.exchange.held_orders import HeldOrder, HeldStop
from domain.market.timeframe import DAY_MS

UNFILLED_KEPT_MS: Final = 3 * DAY_MS
FILLED_KEPT_MS: Final = 90 * DAY_MS


class OrderShelf:
    """Plain and conditional orders by id, by client id and by symbol; old ones are forgotten.

    A symbol without open orders is not in `open_orders`, one without waiting stops not in `open_stops`.
    `closing_stops` counts the waiting stops that close whole positions, nothing ends by its good-till
    date before `first_end_ms`, and `changed` gathers the symbols whose open orders are not what they were.
    """

    def __init__(self) -> None:
        self.orders: dict[int, HeldOrder] = {}
        self.stops: dict[int, HeldStop] = {}
        self.open_orders: dict[str, dict[int, HeldOrder]] = {}
        self.open_stops: dict[str, dict[int, HeldStop]] = {}
        self.closing_stops = 0
        self.first_end_ms = inf
        self.changed: set[str] = set()
        self.last_order_id = 70_000_000_001
        self.last_algo_id = 3_000_000_000_000_001
        self._order_names: dict[tuple[str, str], int] = {}
        self._stop_names: dict[str, int] = {}
        self._filled: deque[HeldOrder] = deque()
        self._unfilled: deque[HeldOrder] = deque()
        self._past_stops: deque[HeldStop] = deque()

    def next_order_id(self) -> int:
        """Give a number to a new order."""
        self.last_order_id += 1
        return self.last_order_id

    def next_algo_id(self) -> int:
        """Give a number to a new conditional order."""
        self.last_algo_id += 1
        return self.last_algo_id

    def add_order(self, order: HeldOrder) -> None:
        """Remember an order that was just accepted."""
        self.orders[order.order_id] = order
        self._order_names[order.symbol, order.client_id] = order.order_id
        self.open_orders.setdefault(order.symbol, {})[order.order_id] = order
        self.changed.add(order.symbol)
        self._note_end(order.good_till_ms)

    def add_stop(self, stop: HeldStop) -> None:
        """Remember a conditional order that was just accepted."""
        self.stops[stop.algo_id] = stop
        self._stop_names[stop.client_id] = stop.algo_id
        self.open_stops.setdefault(stop.symbol, {})[stop.algo_id] = stop
        self.changed.add(stop.symbol)
        self.closing_stops += stop.closes_position
        self._note_end(stop.good_till_ms)

    def put_last(self, order: HeldOrder) -> None:
        """Move an open order behind all others of its symbol."""
        held = self.open_orders[order.symbol]
        held[order.order_id] = held.pop(order.order_id)
        self.changed.add(order.symbol)

    def close_order(self, order: HeldOrder) -> None:
        """Take an order that is over from the open ones."""
        held = self.open_orders.get(order.symbol, {})
        if held.pop(order.order_id, None) is None:
            return
        if not held:
            del self.open_orders[order.symbol]
        self.changed.add(order.symbol)
        (self._filled if order.filled else self._unfilled).append(order)

    def close_stop(self, stop: HeldStop) -> None:
        """Take a conditional order that waits no longer from the open ones."""
        held = self.open_stops.get(stop.symbol, {})
        if held.pop(stop.algo_id, None) is None:
            return
        if not held:
            del self.open_stops[stop.symbol]
        self.changed.add(stop.symbol)
        self.closing_stops -= stop.closes_position
        self._past_stops.append(stop)

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
        if symbol is None:
            return [order for held in self.open_orders.values() for order in held.values() if order.is_open]
        held = self.open_orders.get(symbol)
        return [] if held is None else [order for order in held.values() if order.is_open]

    def stops_of(self, symbol: str | None) -> list[HeldStop]:
        """List waiting conditional orders of one symbol or of all, oldest first."""
        if symbol is None:
            return [stop for held in self.open_stops.values() for stop in held.values() if stop.is_waiting]
        held = self.open_stops.get(symbol)
        return [] if held is None else [stop for stop in held.values() if stop.is_waiting]

    def look_for_ends(self) -> None:
        """Find out anew when the next good-till date falls."""
        self.first_end_ms = inf
        for order in self.open_of(None):
            self._note_end(order.good_till_ms)
        for stop in self.stops_of(None):
            self._note_end(stop.good_till_ms)

    def forget_before(self, now_ms: int) -> None:
        """Let go of what the venue does not tell any more."""
        for order in _taken_from(self._unfilled, now_ms - UNFILLED_KEPT_MS):
            self._forget(order)
        for order in _taken_from(self._filled, now_ms - FILLED_KEPT_MS):
            self._forget(order)
        past = self._past_stops
        while past and past[0].updated_ms < now_ms - UNFILLED_KEPT_MS:
            stop = past.popleft()
            del self.stops[stop.algo_id]
            if self._stop_names.get(stop.client_id) == stop.algo_id:
                del self._stop_names[stop.client_id]

    def _forget(self, order: HeldOrder) -> None:
        del self.orders[order.order_id]
        if self._order_names.get((order.symbol, order.client_id)) == order.order_id:
            del self._order_names[order.symbol, order.client_id]

    def _note_end(self, good_till_ms: int) -> None:
        if 0 < good_till_ms < self.first_end_ms:
            self.first_end_ms = good_till_ms


def _taken_from(past: deque[HeldOrder], last_ms: int) -> Iterable[HeldOrder]:
    while past and past[0].updated_ms < last_ms:
        yield past.popleft()
