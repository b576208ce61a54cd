"""How a candle plays out at the simulated venue; docs/simulated-venue.md has the rules as a table."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.simulated.matching import is_reached, pessimistic_rank
from adapters.simulated.resting_orders import RestingOrder
from adapters.simulated.simulated_venue import SimulatedVenue
from domain.market.candle import Candle
from domain.orders.order import OrderKind


class CandleDay:
    """Leads a venue through candles, phase by phase, so that the desk can answer in between.

    `open_candle`, `trade_through` and `finish` let at most one order trade: the desk answers, and
    they are called again until the venue has nothing more to tell. First a minute opens, then the
    candle of every symbol, then all trade through, then the minute closes.
    """

    def __init__(self, venue: SimulatedVenue) -> None:
        self._venue = venue
        self._inside_from: int | None = None

    def open_minute(self, minute: Sequence[tuple[str, Candle]]) -> None:
        """Take the opens of one minute as the last prices."""
        self._inside_from = None
        last_prices = self._venue.last_prices
        for symbol, candle in minute:
            last_prices[symbol] = candle.open

    def open_candle(self, symbol: str, candle: Candle) -> None:
        """Trade what the open reaches: a forced close, market orders, then what the price jumped over."""
        if self._venue.liquidation_price(symbol, candle.open, candle.open) is not None:
            self._venue.liquidate(symbol, self._price(symbol, candle.open))
        else:
            self._trade_first(symbol, candle.open)

    def trade_through(self, symbol: str, candle: Candle) -> None:
        """Trade what the candle reaches between its low and its high, the worst for us first."""
        if self._inside_from is None:
            self._inside_from = self._venue.resting.next_sequence
        resting = self._first_within(symbol, candle)
        price = self._venue.liquidation_price(symbol, candle.low, candle.high)
        if price is not None and not _saves(resting, price):
            self._venue.liquidate(symbol, price)
            self._venue.last_prices[symbol] = float(price)
        elif resting is not None:
            self._trade(resting, resting.own_price)
            self._venue.last_prices[symbol] = float(resting.own_price)

    def close_minute(self, minute: Sequence[tuple[str, Candle]]) -> None:
        """Take the closes of one minute as the last prices."""
        last_prices = self._venue.last_prices
        for symbol, candle in minute:
            last_prices[symbol] = candle.close

    def finish(self) -> None:
        """Trade one market order at its last price, now that no candle will come."""
        for resting in list(self._venue.resting.all()):
            if resting.kind is OrderKind.MARKET:
                symbol = resting.order.symbol
                self._venue.execute_as_taker(resting, self._price(symbol, self._venue.last_prices[symbol]))
                return

    def _trade_first(self, symbol: str, price: float) -> None:
        while True:
            waiting = [resting for resting in self._venue.resting.of(symbol) if _acts_at(resting, price)]
            if not waiting:
                return
            first = min(waiting, key=pessimistic_rank)
            if not self._venue.hangs(first):
                break
        self._trade(first, self._price(symbol, price))

    def _first_within(self, symbol: str, candle: Candle) -> RestingOrder | None:
        while True:
            held = self._venue.resting.of(symbol)
            reached = [resting for resting in held if self._is_reached_within(resting, candle)]
            if not reached:
                return None
            first = min(reached, key=pessimistic_rank)
            if not self._venue.hangs(first):
                return first

    def _is_reached_within(self, resting: RestingOrder, candle: Candle) -> bool:
        if resting.kind is OrderKind.MARKET:
            return False
        if self._inside_from is None or resting.sequence < self._inside_from:
            return is_reached(resting, candle.low, candle.high)
        if resting.kind is OrderKind.STOP_MARKET:
            return is_reached(resting, candle.low, candle.high)
        is_target = resting.kind is OrderKind.TAKE_PROFIT_MARKET
        return is_target and is_reached(resting, candle.close, candle.close)

    def _trade(self, resting: RestingOrder, market: Decimal) -> None:
        if resting.kind is OrderKind.POST_ONLY_LIMIT:
            self._venue.execute_as_maker(resting, resting.own_price)
        else:
            self._venue.execute_as_taker(resting, market)

    def _price(self, symbol: str, price: float) -> Decimal:
        return self._venue.instruments[symbol].nearest_price(price)


def _acts_at(resting: RestingOrder, price: float) -> bool:
    return resting.kind is OrderKind.MARKET or is_reached(resting, price, price)


def _saves(resting: RestingOrder | None, liquidation_price: Decimal) -> bool:
    if resting is None or resting.kind is not OrderKind.STOP_MARKET:
        return False
    level = Decimal(repr(resting.level))
    return level >= liquidation_price if resting.acts_below else level <= liquidation_price
