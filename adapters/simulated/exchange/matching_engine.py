"""Takes plain orders, trades them against what the market shows, and keeps what is left."""

from decimal import ROUND_FLOOR, Decimal
from typing import Final

from adapters.simulated.exchange import order_rules as rules
from adapters.simulated.exchange.admission import Admission
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import NOTHING, AskedOrder, HeldOrder
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.news import Answer, News
from domain.market.direction import Side, side_that_closes

UNKNOWN: Final = Answer(-2011, "Unknown order sent.")
SELF_TRADE, IMMEDIATE_REST, REDUCED_AWAY, LIQUIDATED, MARKET_REST = 1, 2, 4, 5, 9


class MatchingEngine:
    """One price after the other; every trade and every end of an order is told in the state's news."""

    def __init__(self, state: ExchangeState, margins: Margins) -> None:
        self._state = state
        self._margins = margins
        self._admission = Admission(state, margins)

    def place(self, asked: AskedOrder) -> Answer:
        """Take an order or say why not."""
        admission = self._admission
        objection = rules.form_objection(self._state, asked)
        if objection.code:
            return objection
        price = admission.price_of(asked)
        objection = admission.objection(asked, price)
        if objection.code:
            return objection
        order = self.make(asked, price)
        crossing = admission.objection_to_crossing(order)
        if crossing.code:
            return crossing
        return Answer(order=self.admit(order))

    def test(self, asked: AskedOrder) -> Answer:
        """Say what would be objected to, and do nothing."""
        objection = rules.form_objection(self._state, asked)
        return objection if objection.code else self.objection(asked, self._admission.price_of(asked))

    def objection(self, asked: AskedOrder, price: Decimal) -> Answer:
        """Name the first rule of grid, market or margin that an order breaks."""
        return self._admission.objection(asked, price)

    def make(self, asked: AskedOrder, price: Decimal) -> HeldOrder:
        """Give an order that the exchange could hold."""
        now_ms = self._state.now_ms
        return HeldOrder(
            self._state.orders.next_order_id(),
            asked.client_id,
            asked.symbol,
            asked.side,
            asked.position_side,
            asked.kind,
            asked.kind,
            asked.time_in_force,
            asked.quantity,
            price,
            asked.is_reduce_only,
            asked.good_till_ms,
            asked.price_match,
            asked.self_trade,
            now_ms,
            now_ms,
        )

    def admit(self, order: HeldOrder) -> HeldOrder:
        """Hold an order that nobody objects to, and trade what can be traded at once."""
        self._state.orders.add_order(order)
        self._state.tell_order(order, "NEW")
        self._take(order)
        if order.is_open and order.kind == "MARKET":
            if self._state.habits.is_book_shown:
                self.expire(order, MARKET_REST)
        elif order.is_open and order.time_in_force in {"IOC", "FOK"}:
            self.expire(order, IMMEDIATE_REST)
        elif order.is_open and order.time_in_force == "GTX" and self._admission.crosses(order):
            self.expire(order, 0)
        return order

    def amend(self, order: HeldOrder, asked: AskedOrder, modify_id: str) -> Answer:
        """Change price and quantity of an open limit order; it loses its place in the queue."""
        price = self._admission.price_of(asked)
        objection = self._admission.objection_to_amending(order, asked, price)
        if objection.code:
            return objection
        order.price, order.quantity = price, asked.quantity
        order.modifications += 1
        order.modify_id = modify_id
        if order.rest <= 0 or (order.time_in_force == "GTX" and self._admission.crosses(order)):
            self.cancel(order)
            return Answer(order=order)
        self._state.orders.put_last(order)
        self._state.tell_order(order, "AMENDMENT")
        self._take(order)
        return Answer(order=order)

    def cancel(self, order: HeldOrder) -> Answer:
        """Take an order away because its owner asks."""
        if not order.is_open:
            return UNKNOWN
        self._end(order, "CANCELED", "CANCELED")
        return Answer(order=order)

    def expire(self, order: HeldOrder, reason: int, status: str = "EXPIRED") -> None:
        """Take an order away because the exchange says so."""
        order.expiry_reason = reason
        self._end(order, status, "EXPIRED")

    def trade_resting(self, symbol: str, price: float, quantity: Decimal, *, is_buyer_maker: bool) -> None:
        """Fill resting limits that a market trade goes through, and a share of those it touches."""
        share = self._state.habits.share_at_touch
        for order in self._state.orders.open_of(symbol):
            limit = float(order.price)
            beyond = limit - price if order.side is Side.BUY else price - limit
            if beyond > 0:
                self.execute(order, order.price, order.rest, is_maker=True)
            elif beyond == 0 and is_buyer_maker is (order.side is Side.BUY):
                self._touch(order, quantity * share)

    def trade_crossed(self, symbol: str) -> None:
        """Fill resting limits that the displayed book crosses, as makers, as far as its sizes go."""
        book, grid = self._state.displayed[symbol], self._state.instrument(symbol)
        for order in self._state.orders.open_of(symbol):
            limit_ticks = int(order.price / grid.tick)
            for ticks, lots in book.match(order.side, int(order.rest / grid.lot), limit_ticks):
                if order.is_open:
                    book.take(ticks, lots)
                    self.execute(order, order.price, lots * grid.lot, is_maker=True)

    def execute(self, order: HeldOrder, price: Decimal, quantity: Decimal, *, is_maker: bool) -> None:
        """Trade part of an order; one that only reduces is cut to what is held."""
        state = self._state
        quantity = self._cut_to_position(order, quantity)
        if quantity <= 0:
            self.expire(order, REDUCED_AWAY)
            return
        fee_rate = state.habits.maker_fee if is_maker else state.habits.taker_fee
        trades = state.books.trade(
            order, price, quantity, fee_rate, state.leverage(order.symbol), state.now_ms, is_maker=is_maker
        )
        for trade in trades:
            order.filled += trade.quantity
            order.filled_cost += trade.quantity * trade.price
            order.status = "FILLED" if order.rest <= 0 else "PARTIALLY_FILLED"
            if not order.is_open:
                state.orders.close_order(order)
            state.tell_order(order, "TRADE", trade)
        self._follow_stop(order)
        self.tell_account("ORDER", order.symbol)
        self.fit_reducing_orders(order.symbol)

    def tell_account(self, reason: str, symbol: str, amount: Decimal = NOTHING) -> None:
        """Tell the wallet and the positions of a symbol."""
        state = self._state
        if state.is_brief:
            if amount or reason == "FUNDING_FEE":
                state.news.append(News("account", state.now_ms, symbol, reason, amount=amount))
            return
        sides = ("LONG", "SHORT") if state.is_hedged else ("BOTH",)
        known = [(symbol, side) for side in sides if (symbol, side) in state.books.realized]
        is_funding = reason == "FUNDING_FEE"
        told = [key for key in known if not is_funding or key in state.books.isolated_wallets]
        positions = tuple(self._margins.position(key) for key in told)
        state.news.append(
            News(
                "account",
                state.now_ms,
                symbol,
                reason,
                wallet=self._margins.wallet(),
                positions=positions,
                amount=amount,
            )
        )

    def fit_reducing_orders(self, symbol: str) -> None:
        """Expire reducing orders that have nothing left to reduce, the youngest first."""
        if symbol not in self._state.orders.open_orders:
            return
        left: dict[tuple[str, Side], Decimal] = {}
        for (_, side), position in self._state.books.of_symbol(symbol):
            left[side, side_that_closes(position.direction)] = position.quantity
        for order in self._state.orders.open_of(symbol):
            if not rules.closes_only(self._state, order):
                continue
            place = (order.position_side, order.side)
            if left.get(place, NOTHING) <= 0:
                self.expire(order, REDUCED_AWAY)
            else:
                left[place] -= order.rest

    def _touch(self, order: HeldOrder, quantity: Decimal) -> None:
        lot = self._state.instrument(order.symbol).lot
        traded = min(order.rest, (quantity / lot).to_integral_value(ROUND_FLOOR) * lot)
        if traded > 0:
            self.execute(order, order.price, traded, is_maker=True)

    def _take(self, order: HeldOrder) -> None:
        book = self._state.displayed.get(order.symbol)
        if book is None or order.time_in_force == "GTX":
            return
        if order.time_in_force == "FOK" and not self._admission.is_fillable(order):
            return
        limit_ticks = self._admission.limit_ticks(order)
        if not self._prevent_self_trade(order, limit_ticks):
            return
        grid = self._state.instrument(order.symbol)
        for ticks, lots in book.match(order.side, int(order.rest / grid.lot), limit_ticks):
            if order.is_open:
                book.take(ticks, lots)
                self.execute(order, ticks * grid.tick, lots * grid.lot, is_maker=False)

    def _prevent_self_trade(self, order: HeldOrder, limit_ticks: int) -> bool:
        """Resolve a meeting with our own resting orders and tell whether the taker goes on."""
        limit = limit_ticks * self._state.instrument(order.symbol).tick
        for other in self._state.orders.open_of(order.symbol):
            meets = other.side is not order.side and order.side.sign * (limit - other.price) >= 0
            if not meets or order.self_trade == "NONE":
                continue
            if order.self_trade != "EXPIRE_TAKER":
                self.expire(other, SELF_TRADE, "EXPIRED_IN_MATCH")
            if order.self_trade != "EXPIRE_MAKER":
                self.expire(order, SELF_TRADE, "EXPIRED_IN_MATCH")
                return False
        return True

    def _cut_to_position(self, order: HeldOrder, quantity: Decimal) -> Decimal:
        if not rules.closes_only(self._state, order):
            return quantity
        position = rules.closable(self._state, order)
        return NOTHING if position is None else min(quantity, position.quantity)

    def _end(self, order: HeldOrder, status: str, what: str) -> None:
        order.status = status
        self._state.orders.close_order(order)
        self._state.tell_order(order, what)
        self._follow_stop(order)

    def _follow_stop(self, order: HeldOrder) -> None:
        stop = self._state.orders.stops.get(order.algo_id)
        if stop is None:
            return
        stop.filled, stop.average_price = order.filled, order.average_price
        if not order.is_open:
            stop.status = "FINISHED"
            self._state.tell_stop(stop)
