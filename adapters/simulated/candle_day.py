"""How a candle plays out at the exchange; docs/simulated-venue.md has the rules as a table."""

from collections.abc import Sequence

from adapters.simulated.exchange.candle_matching import CandleMatching
from adapters.simulated.exchange.waiting_order import WaitingOrder
from domain.market.candle import Candle


class CandleDay:
    """Leads an exchange through candles, phase by phase, so that the desk can answer in between.

    `open_candle`, `trade_through` and `finish` let at most one order trade: the desk answers, and
    they are called again until the exchange has nothing more to tell. First a minute opens, then the
    candle of every symbol, then all trade through.
    """

    def __init__(self, matching: CandleMatching) -> None:
        self._matching = matching
        self._youngest_at_the_open: tuple[int, int] | None = None

    def open_minute(self, minute: Sequence[tuple[str, Candle]]) -> None:
        """Take the opens of one minute as the last prices."""
        self._youngest_at_the_open = None
        for symbol, candle in minute:
            self._matching.show(symbol, candle.open)

    def open_candle(self, symbol: str, candle: Candle) -> None:
        """Trade what the open reaches: a forced close, market orders, then what the price jumped over."""
        matching, price = self._matching, candle.open
        exact = matching.nearest_price(symbol, price)
        if matching.liquidation_price(symbol, price, price) is not None:
            matching.liquidate(symbol, exact)
            return
        while waiting := [one for one in matching.waiting(symbol) if one.is_reached(price, price)]:
            if matching.trade(min(waiting, key=_rank), exact):
                return

    def trade_through(self, symbol: str, candle: Candle) -> None:
        """Trade what the candle reaches between its low and its high, the worst for us first."""
        matching = self._matching
        if self._youngest_at_the_open is None:
            self._youngest_at_the_open = matching.youngest
        while True:
            first = self._first_within(symbol, candle)
            price = matching.liquidation_price(symbol, candle.low, candle.high)
            if price is not None and (first is None or not first.saves_from(price)):
                matching.liquidate(symbol, price)
                return
            if first is None:
                return
            if matching.trade(first, first.own_price):
                matching.show(symbol, float(first.own_price))
                return

    def finish(self) -> None:
        """Trade one market order at its last price, now that no candle will come."""
        for waiting in self._matching.all_waiting():
            if waiting.is_market:
                self._matching.trade(waiting, self._matching.last(waiting.held.symbol))
                return

    def _first_within(self, symbol: str, candle: Candle) -> WaitingOrder | None:
        reached = [one for one in self._matching.waiting(symbol) if self._is_reached_within(one, candle)]
        return min(reached, key=_rank, default=None)

    def _is_reached_within(self, waiting: WaitingOrder, candle: Candle) -> bool:
        if waiting.is_market:
            return False
        if not self._came_inside(waiting) or waiting.is_stop:
            return waiting.is_reached(candle.low, candle.high)
        return waiting.is_target and waiting.is_reached(candle.close, candle.close)

    def _came_inside(self, waiting: WaitingOrder) -> bool:
        if self._youngest_at_the_open is None:
            return False
        order_id, algo_id = self._youngest_at_the_open
        is_conditional = waiting.is_stop or waiting.is_target
        return waiting.number > (algo_id if is_conditional else order_id)


def _rank(waiting: WaitingOrder) -> tuple[int, float, int]:
    return waiting.rank
