"""All that the exchange knows at a moment."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from adapters.simulated.exchange.books import Books
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.displayed_book import DisplayedBook
from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder, HeldStop, Trade
from adapters.simulated.exchange.news import News
from adapters.simulated.exchange.order_shelf import OrderShelf
from domain.market.direction import Side
from domain.market.instrument import Instrument


@dataclass(slots=True)
class Quote:
    """The last price and the mark price of a symbol."""

    last: float
    mark: float


class ExchangeState:
    """Contracts, quotes, orders and books; every change of an account is told in `news`, oldest first."""

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
        self.is_hedged = False
        self.has_multi_assets = False

    def instrument(self, symbol: str) -> Instrument:
        """Give the grid of a symbol."""
        return self.contracts[symbol].instrument

    def mark(self, symbol: str) -> Decimal:
        """Give the mark price to eight decimals, zero before the first price."""
        quote = self.quotes.get(symbol)
        return NOTHING if quote is None else Decimal(f"{quote.mark:.8f}")

    def last(self, symbol: str) -> Decimal:
        """Give the last price on the tick, zero before the first price."""
        quote = self.quotes.get(symbol)
        return NOTHING if quote is None else self.instrument(symbol).nearest_price(quote.last)

    def best(self, symbol: str, side: Side) -> Decimal:
        """Give the best bid (buy) or ask (sell)."""
        return self.displayed[symbol].best(side) * self.instrument(symbol).tick

    def leverage(self, symbol: str) -> int:
        """Give the leverage a symbol is set to."""
        return self.books.leverages.get(symbol, self.habits.first_leverage)

    def open_notionals(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Give the notional of open bids and asks of a symbol, those that only reduce left out."""
        bids = asks = NOTHING
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
        bids, asks = self.open_notionals(order.symbol)
        self.news.append(
            News(
                "order",
                self.now_ms,
                order.symbol,
                what,
                order=copy(order),
                trade=trade,
                bid_notional=bids,
                ask_notional=asks,
            )
        )

    def tell_stop(self, stop: HeldStop) -> None:
        """Tell what happened to a conditional order."""
        stop.updated_ms = self.now_ms
        self.news.append(News("stop", self.now_ms, stop.symbol, stop.status, stop=copy(stop)))
