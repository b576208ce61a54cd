"""Whether an order is taken: everything that is looked at before it is held."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange import order_rules as rules
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import AskedOrder, HeldOrder
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.news import DONE, Answer
from domain.market.direction import Side

POST_ONLY_WOULD_TAKE: Final = Answer(
    -5022,
    "Due to the order could not be executed as maker, the Post Only order will be rejected. "
    "The order will not be recorded in the order history",
)
NOT_FILLABLE: Final = Answer(
    -5021,
    "Due to the order could not be filled immediately, the FOK order has been rejected. "
    "The order will not be recorded in the order history",
)
MOST_MODIFICATIONS: Final = 10_000


class Admission:
    """Looks at orders, the market and the margin; changes nothing."""

    def __init__(self, state: ExchangeState, margins: Margins) -> None:
        self._state = state
        self._margins = margins

    def price_of(self, asked: AskedOrder) -> Decimal:
        """Give the price an order asks for, which may be that of a level of the book."""
        if asked.price_match == "NONE":
            return asked.price
        own_side = asked.price_match.startswith("QUEUE")
        level = int(asked.price_match.rpartition("_")[2]) if "_" in asked.price_match else 1
        side = asked.side if own_side else Side.SELL if asked.side is Side.BUY else Side.BUY
        book = self._state.displayed.get(asked.symbol)
        if book is None:
            return self._state.best(asked.symbol, side)
        return book.levels(side, level)[-1][0] * self._state.instrument(asked.symbol).tick

    def objection(self, asked: AskedOrder, price: Decimal) -> Answer:
        """Name the first rule of grid, market or margin that an order breaks."""
        for check in self._checks(asked, price):
            if check.code:
                return check
        return rules.margin_objection(self._state, self._margins, asked, price)

    def objection_to_crossing(self, order: HeldOrder) -> Answer:
        """Say what the market objects to in an order that must not, or must, trade at once."""
        habits = self._state.habits
        if order.time_in_force == "GTX" and habits.is_post_only_refused and self.crosses(order):
            return POST_ONLY_WOULD_TAKE
        if order.time_in_force == "FOK" and habits.is_fill_or_kill_refused and not self.is_fillable(order):
            return NOT_FILLABLE
        return DONE

    def objection_to_amending(self, order: HeldOrder, asked: AskedOrder, price: Decimal) -> Answer:
        """Say why an open order may not be changed like this."""
        if order.kind != "LIMIT":
            return Answer(-5025, "Only limit order is supported.")
        if order.modifications >= MOST_MODIFICATIONS:
            return Answer(-5026, "Exceed maximum modify order limit.")
        if order.price == price and order.quantity == asked.quantity:
            return Answer(-5027, "No need to modify the order.")
        terms = self._state.contracts[order.symbol]
        checks = (
            rules.price_objection(terms, price),
            rules.quantity_objection(terms, asked.quantity, is_market=False),
            rules.band_objection(self._state, asked, price),
            rules.notional_objection(self._state, order, price) if asked.quantity > order.filled else DONE,
        )
        refused = next((check for check in checks if check.code), None)
        if refused is not None or asked.quantity * price <= order.quantity * order.price:
            return refused or DONE
        return rules.margin_objection(self._state, self._margins, asked, price)

    def limit_ticks(self, order: HeldOrder) -> int:
        """Give the worst price an order may trade at, in ticks."""
        terms = self._state.contracts[order.symbol]
        bound = order.price
        if order.kind == "MARKET":
            bound = self._state.mark(order.symbol) * (1 + order.side.sign * terms.market_take_bound)
        return int(bound / terms.instrument.tick)

    def crosses(self, order: HeldOrder) -> bool:
        """Tell whether a limit reaches the other side's best price."""
        if order.side is Side.BUY:
            return order.price >= self._state.best(order.symbol, Side.SELL)
        return order.price <= self._state.best(order.symbol, Side.BUY)

    def is_fillable(self, order: HeldOrder) -> bool:
        """Tell whether the book shown would fill the whole order at once."""
        book = self._state.displayed.get(order.symbol)
        if book is None:
            return False
        lots = int(order.quantity / self._state.instrument(order.symbol).lot)
        return sum(got for _, got in book.match(order.side, lots, self.limit_ticks(order))) >= lots

    def _checks(self, asked: AskedOrder, price: Decimal) -> Iterator[Answer]:
        state, terms = self._state, self._state.contracts[asked.symbol]
        is_market = asked.kind == "MARKET"
        yield rules.quantity_objection(terms, asked.quantity, is_market=is_market)
        if not is_market:
            yield rules.price_objection(terms, price)
            yield rules.band_objection(state, asked, price)
        if state.orders.has_open_order_named(asked.symbol, asked.client_id):
            yield Answer(-4116, "ClientOrderId is duplicated.")
        if len(state.orders.open_orders.get(asked.symbol, ())) >= rules.MOST_OPEN_ORDERS:
            yield Answer(-2025, "Reach max open order limit.")
        yield rules.notional_objection(state, asked, price)
        yield rules.reduce_objection(state, asked)
