"""All that the exchange knows at a moment."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.books import Books
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.displayed_book import DisplayedBook
from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder, HeldStop, Trade
from adapters.simulated.exchange.news import News
from adapters.simulated.exchange.order_shelf import OrderShelf
from domain.market.direction import Side
from domain.market.instrument import Instrument

_ON_THE_WAY: Final = frozenset({"TRIGGERING", "TRIGGERED", "FINISHED"})


class Quote:
    """The last price and the mark price of a symbol; what they are in money is kept once somebody asked."""

    __slots__ = ("exact_last", "exact_mark", "last", "mark")

    def __init__(self, last: float, mark: float) -> None:
        self.last = last
        self.mark = mark
        self.exact_last: tuple[float, Decimal] | None = None
        self.exact_mark: tuple[float, Decimal] | None = None


class ExchangeState:
    """Contracts, quotes, orders and books; every change of an account is told in `news`, oldest first.

    `is_brief` leaves out of the news what only a client of the wire reads.
    """

    def __init__(
        self, contracts: Mapping[str, ContractTerms], wallet: Decimal, habits: ExchangeHabits
    ) -> None:
        self.contracts = dict(contracts)
        self.habits = habits
        self.books = Books(wallet)
        self.orders = OrderShelf()
        self.quotes: dict[str, Quote] = {}
        self.displayed: dict[str, DisplayedBook] = {}
        self.news: list[News] = []
        self.now_ms = 0
        self.is_brief = False
        self.is_hedged = False
        self.has_multi_assets = False

    def instrument(self, symbol: str) -> Instrument:
        """Give the grid of a symbol."""
        return self.contracts[symbol].instrument

    def mark(self, symbol: str) -> Decimal:
        """Give the mark price to eight decimals, zero before the first price."""
        quote = self.quotes.get(symbol)
        if quote is None:
            return NOTHING
        known = quote.exact_mark
        if known is None or known[0] != quote.mark:
            known = quote.exact_mark = (quote.mark, Decimal(f"{quote.mark:.8f}"))
        return known[1]

    def last(self, symbol: str) -> Decimal:
        """Give the last price on the tick, zero before the first price."""
        quote = self.quotes.get(symbol)
        if quote is None:
            return NOTHING
        known = quote.exact_last
        if known is None or known[0] != quote.last:
            known = quote.exact_last = (quote.last, self.instrument(symbol).nearest_price(quote.last))
        return known[1]

    def best(self, symbol: str, side: Side) -> Decimal:
        """Give the best bid (buy) or ask (sell); where no book is shown, a tick from the last price."""
        book, tick = self.displayed.get(symbol), self.instrument(symbol).tick
        return self.last(symbol) - side.sign * tick if book is None else book.best(side) * tick

    def leverage(self, symbol: str) -> int:
        """Give the leverage a symbol is set to."""
        return self.books.leverages.get(symbol, self.habits.first_leverage)

    def open_notionals(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Give the notional of open bids and asks of a symbol, those that only reduce left out."""
        bids = asks = NOTHING
        if symbol not in self.orders.open_orders:
            return bids, asks
        for order in self.orders.open_of(symbol):
            if order.is_reduce_only:
                continue
            if order.side is Side.BUY:
                bids += order.rest * order.price
            else:
                asks += order.rest * order.price
        return bids, asks

    def tell_order(self, order: HeldOrder, what: str, trade: Trade | None = None) -> None:
        """Tell what happened to an order."""
        order.updated_ms = self.now_ms
        news = News("order", self.now_ms, order.symbol, what, order, trade, is_over=not order.is_open)
        if not self.is_brief:
            news.order = order.as_it_stands()
            news.bid_notional, news.ask_notional = self.open_notionals(order.symbol)
        self.news.append(news)

    def tell_stop(self, stop: HeldStop) -> None:
        """Tell what happened to a conditional order."""
        stop.updated_ms = self.now_ms
        news = News("stop", self.now_ms, stop.symbol, stop.status, stop=stop)
        if not self.is_brief:
            news.stop = stop.as_it_stands()
        elif stop.status in _ON_THE_WAY:
            return
        self.news.append(news)
