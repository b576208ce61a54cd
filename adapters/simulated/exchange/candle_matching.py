"""The exchange on candles: no book is shown, so whoever reads the candles says what trades at which price."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from math import inf
from typing import Final

from adapters.simulated.exchange.exchange_state import ExchangeState, Quote
from adapters.simulated.exchange.forced_close import ForcedClose
from adapters.simulated.exchange.held_orders import HeldOrder, HeldStop
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.matching_engine import MatchingEngine
from adapters.simulated.exchange.rough_margin import RoughMargin
from adapters.simulated.exchange.stop_service import StopService
from adapters.simulated.exchange.triggered_order import TRAILING
from adapters.simulated.exchange.waiting_order import (
    WaitingOrder,
    waiting_order,
    waiting_stop,
)
from application.market_minutes import Busy, CalmPrices, Stillness
from domain.market.candle import Candle
from domain.market.slippage import taker_price

_NOTHING_ACTS: Final = (0.0, inf)
_NOBODY: Final[AbstractSet[str]] = frozenset()


class CandleMatching:
    """Executes what a reader of candles decides, by the same rules as trades of a market.

    Orders fill whole. It knows one position a symbol and no trailing stops.
    """

    def __init__(
        self,
        state: ExchangeState,
        margins: Margins,
        rough: RoughMargin,
        engine: MatchingEngine,
        stops: StopService,
        forced: ForcedClose,
    ) -> None:
        self._state = state
        self._margins = margins
        self._rough = rough
        self._engine = engine
        self._stops = stops
        self._forced = forced
        self._waiting: dict[str, Sequence[WaitingOrder]] = {}
        self._calm: dict[str, tuple[float, float]] = {}

    @property
    def has_business(self) -> bool:
        """Whether any order waits or any position is open."""
        state = self._state
        return bool(state.orders.open_orders or state.orders.open_stops or state.books.positions)

    @property
    def is_invested(self) -> bool:
        """Whether any position is open."""
        return bool(self._state.books.positions)

    @property
    def youngest(self) -> tuple[int, int]:
        """The numbers of the youngest plain and the youngest conditional order."""
        return self._state.orders.last_order_id, self._state.orders.last_algo_id

    def show(self, symbol: str, price: float) -> None:
        """Take a price as last and mark price; nothing trades by itself."""
        quote = self._state.quotes.get(symbol)
        if quote is None:
            self._state.quotes[symbol] = Quote(price, price)
        else:
            quote.last = quote.mark = price

    def close_minute(self, minute: Sequence[tuple[str, Candle]], at_ms: int) -> None:
        """Take the closes of candles as last and mark prices, and the time at which they closed."""
        self._state.now_ms = at_ms
        quotes = self._state.quotes
        for symbol, candle in minute:
            quote = quotes.get(symbol)
            if quote is None:
                self.show(symbol, candle.close)
            else:
                quote.last = quote.mark = candle.close

    def advance_to(self, at_ms: int) -> None:
        """Let time pass; it never runs back."""
        self._state.now_ms = max(self._state.now_ms, at_ms)

    def waiting(self, symbol: str) -> Sequence[WaitingOrder]:
        """List the orders of a symbol that may act; a stop that hangs is none of them."""
        if self._state.orders.changed:
            self._look_again()
        return self._waiting.get(symbol, ())

    def all_waiting(self) -> Sequence[WaitingOrder]:
        """List the orders of all symbols that may act."""
        orders = self._state.orders
        return [one for symbol in {**orders.open_orders, **orders.open_stops} for one in self.waiting(symbol)]

    def may_trade(self, symbol: str, low: float, high: float) -> bool:
        """Tell, quickly, whether prices between low and high could change anything here."""
        if self._state.orders.changed:
            self._look_again()
        below, above = self._calm.get(symbol, _NOTHING_ACTS)
        return low <= below or high >= above or not self._rough.is_far_between(symbol, low, high)

    def calm_prices(self, stillness: Stillness | None, until_ms: int) -> Busy:
        """Tell for each symbol with orders or a position between which prices nothing happens there.

        `stillness` is what the holder of the positions says of them, `until_ms` when prices are not all
        that counts any more.
        """
        state = self._state
        if state.orders.changed:
            self._look_again()
        held = {symbol for symbol, _ in state.books.positions} if state.books.positions else _NOBODY
        calm: dict[str, CalmPrices | None] = {}
        for symbol in (*state.orders.open_orders, *state.orders.open_stops):
            if symbol not in held and self._waiting[symbol]:
                calm[symbol] = CalmPrices(*self._calm[symbol])
        if held:
            joined = None if stillness is None else self._calm_while_held(held, stillness, until_ms)
            calm.update(dict.fromkeys(held) if joined is None else joined)
        return calm

    def trade(self, waiting: WaitingOrder, market: Decimal) -> bool:
        """Trade a whole order: a limit as maker at its own price, others as taker at the market's.

        Tells whether anything came of it; a stop that hangs comes to nothing.
        """
        held = waiting.held
        if isinstance(held, HeldStop):
            order = self._stops.fire(held)
            if order is None:
                return held.status != "TRIGGERING"
            if order.kind == "MARKET":
                self._execute(order, market)
        elif waiting.is_market:
            self._execute(held, market)
        else:
            self._engine.execute(held, held.price, held.rest, is_maker=True)
        self._stops.drop_orphans()
        return True

    def liquidation_price(self, symbol: str, low: float, high: float) -> Decimal | None:
        """Give the price of a forced close that lies in reach of these prices, or None."""
        if self._rough.is_far_between(symbol, low, high):
            return None
        key, position = next(self._state.books.of_symbol(symbol))
        sign = position.direction.sign
        price = self._margins.liquidation_price(key)
        return price if price and sign * (low if sign > 0 else high) <= sign * price else None

    def liquidate(self, symbol: str, price: Decimal) -> None:
        """Take away by force what stands behind a symbol's position, at this price of the symbol."""
        self.show(symbol, float(price))
        self._forced.close_with(next(self._state.books.of_symbol(symbol))[0])
        self._stops.drop_orphans()

    def last(self, symbol: str) -> Decimal:
        """Give the last price on the symbol's tick."""
        return self._state.last(symbol)

    def nearest_price(self, symbol: str, price: float) -> Decimal:
        """Give a price on the symbol's tick."""
        return self._state.instrument(symbol).nearest_price(price)

    def _execute(self, order: HeldOrder, market: Decimal) -> None:
        grid = self._state.instrument(order.symbol)
        price = taker_price(order.side, market, self._state.habits.slippage, grid)
        self._engine.execute(order, price, order.rest, is_maker=False)

    def _calm_while_held(
        self, held: AbstractSet[str], stillness: Stillness, until_ms: int
    ) -> Mapping[str, CalmPrices] | None:
        """Join what holder, orders and time leave alone; None when a forced close may be near."""
        if held != stillness.prices.keys():
            return None
        until_ms = min(stillness.until_ms, until_ms)
        joined = {}
        for symbol, (holder_below, holder_above, _) in stillness.prices.items():
            below, above = self._calm.get(symbol, _NOTHING_ACTS)
            joined[symbol] = CalmPrices(max(holder_below, below), min(holder_above, above), until_ms)
        return joined if self._rough.stays_far(joined) else None

    def _look_again(self) -> None:
        orders = self._state.orders
        for symbol in orders.changed:
            grid = self._state.instrument(symbol)
            found = [waiting_order(order, grid) for order in orders.open_of(symbol)]
            stops = orders.stops_of(symbol)
            found += [waiting_stop(one) for one in stops if one.status == "NEW" and one.kind != TRAILING]
            self._waiting[symbol] = found
            self._calm[symbol] = _calm_prices(found)
        orders.changed.clear()


def _calm_prices(orders: Sequence[WaitingOrder]) -> tuple[float, float]:
    below, above = _NOTHING_ACTS
    for order in orders:
        if order.is_market:
            return inf, inf
        if order.acts_below:
            below = max(below, order.level)
        else:
            above = min(above, order.level)
    return below, above
