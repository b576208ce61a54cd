"""A venue that exists only here: it takes orders, keeps books and tells what happened.

It knows nothing of candles: whoever drives it says what the prices are and which order trades.
"""

from collections import deque
from collections.abc import Mapping
from decimal import Decimal

from adapters.simulated.accounts import Accounts, Execution
from adapters.simulated.admission import (
    DUPLICATE_ID,
    NO_PRICE,
    TOO_LITTLE_MARGIN,
    UNKNOWN_SYMBOL,
    Objection,
    margin_of,
    objection_to,
)
from adapters.simulated.matching import taker_price
from adapters.simulated.resting_orders import RestingOrder, RestingOrders
from adapters.simulated.venue_terms import VenueTerms
from application.market_minutes import Busy, CalmPrices, Stillness
from domain.market.direction import Direction, side_that_closes
from domain.market.funding import next_funding_ms
from domain.market.instrument import Instrument
from domain.orders.order import Order, OrderKind
from domain.position.account import Account
from domain.position.position import Position
from domain.tape import (
    Event,
    FundingSettled,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)


class SimulatedVenue:
    """Wallet, positions and resting orders; every answer goes into `outbox`, oldest first."""

    def __init__(
        self, instruments: Mapping[str, Instrument], wallet: Decimal, terms: VenueTerms | None = None
    ) -> None:
        self.instruments = instruments
        self.terms = terms or VenueTerms()
        self.outbox: deque[Event] = deque()
        self.resting = RestingOrders()
        self.last_prices: dict[str, float] = {}
        self.now_ms = 0
        self.next_funding_ms = 0
        self._accounts = Accounts(wallet, instruments)
        self._stops_triggered = 0
        self._liquidations = 0

    @property
    def account(self) -> Account:
        """The venue's wallet and its totals."""
        return self._accounts.account

    @property
    def positions(self) -> Mapping[str, Position]:
        """The open positions by symbol."""
        return self._accounts.positions

    @property
    def has_business(self) -> bool:
        """Whether any order rests or any position is open."""
        return bool(self.resting.by_symbol or self._accounts.positions)

    def may_trade(self, symbol: str, low: float, high: float) -> bool:
        """Tell, quickly, whether prices between low and high could change anything here."""
        return self.resting.may_act(symbol, low, high) or self._may_liquidate(symbol, low, high)

    def calm_prices(self, stillness: Stillness | None) -> Busy:
        """Tell for each symbol with orders or a position between which prices nothing happens there.

        `stillness` is what the holder of the positions says of them.
        """
        resting, held = self.resting, self._accounts.positions
        waiting = {symbol: resting.calm_prices(symbol) for symbol in resting.by_symbol}
        if not held:
            return waiting
        calm = None if stillness is None else self._calm_while_held(stillness)
        return {**waiting, **(dict.fromkeys(held) if calm is None else calm)}

    def start_at(self, at_ms: int) -> None:
        """Start the venue's clock."""
        self.now_ms = at_ms
        self.next_funding_ms = next_funding_ms(at_ms - 1, self.terms.funding_interval_ms)

    def submit(self, order: Order) -> None:
        """Take an order or refuse it; a reducing order larger than the position is cut to it."""
        objection = self._objection_to(order)
        if objection is not None:
            self.outbox.append(
                OrderRejected(
                    self.now_ms, order.symbol, order.order_id, objection.reason, objection.may_retry
                )
            )
            return
        if order.leverage is not None:
            self._accounts.leverages[order.symbol] = order.leverage
        self.resting.add(order, self.instruments[order.symbol])
        self.outbox.append(OrderAccepted(self.now_ms, order.symbol, order.order_id))
        self._fit_reducing_orders(order.symbol)

    def cancel(self, symbol: str, order_id: str) -> None:
        """Take an order away; one that is gone already has told its end, so nothing more is said."""
        if self.resting.holds(symbol, order_id):
            self.resting.remove(symbol, order_id)
            self.outbox.append(OrderCancelled(self.now_ms, symbol, order_id))

    def execute_as_taker(self, resting: RestingOrder, price: Decimal) -> None:
        """Trade a whole order at this price, slippage against us."""
        order = resting.order
        costs = self.terms.costs
        slipped = taker_price(order.side, price, costs.slippage, self.instruments[order.symbol])
        self._execute(order, slipped, costs.taker_fee, is_maker=False)

    def execute_as_maker(self, resting: RestingOrder, price: Decimal) -> None:
        """Trade a whole order at exactly this price."""
        self._execute(resting.order, price, self.terms.costs.maker_fee, is_maker=True)

    def hangs(self, resting: RestingOrder) -> bool:
        """Count a triggered stop and tell whether it is one that hangs; it then never acts."""
        if resting.kind is OrderKind.STOP_MARKET:
            self._stops_triggered += 1
            every = self.terms.stuck_stop_every
            resting.is_stuck = every > 0 and self._stops_triggered % every == 0
        return resting.is_stuck

    def liquidation_price(self, symbol: str, low: float, high: float) -> Decimal | None:
        """Give the price of a forced close that lies in reach of these prices, or None."""
        if not self._may_liquidate(symbol, low, high):
            return None
        sign = self._accounts.positions[symbol].direction.sign
        worst = low if sign > 0 else high
        price = self._accounts.liquidation_price(symbol, self._marks())
        return price if price is not None and sign * worst <= sign * price else None

    def liquidate(self, symbol: str, price: Decimal) -> None:
        """Close a position by force, after taking away the symbol's orders and every entry."""
        position = self._accounts.positions[symbol]
        for resting in list(self.resting.all()):
            if resting.order.symbol == symbol or not resting.order.is_reduce_only:
                self._expire(resting.order, "liquidation")
        self._liquidations += 1
        side = side_that_closes(position.direction)
        instrument, terms = self.instruments[symbol], self.terms
        execution = Execution(
            order_id=f"autoclose-{self._liquidations}",
            symbol=symbol,
            side=side,
            price=taker_price(side, price, Decimal(0), instrument),
            quantity=position.quantity,
            fee_rate=terms.costs.taker_fee + terms.liquidation_fee,
            is_maker=False,
            at_ms=self.now_ms,
        )
        self._tell_fills(execution)

    def settle_funding(self) -> None:
        """Settle the funding that is due next, at the last prices.

        One that fell due inside a candle is told when that candle is over.
        """
        at_ms = self.now_ms = max(self.now_ms, self.next_funding_ms)
        rate = self.terms.funding_rate_per_interval
        self.next_funding_ms += self.terms.funding_interval_ms
        for symbol in sorted(self._accounts.positions):
            payment = self._accounts.settle_funding(symbol, self._mark(symbol), rate, at_ms)
            self.outbox.append(FundingSettled(at_ms, symbol, rate, payment))

    def _may_liquidate(self, symbol: str, low: float, high: float) -> bool:
        position = self._accounts.positions.get(symbol)
        if position is None:
            return False
        worst = low if position.direction is Direction.LONG else high
        return not self._accounts.is_far_from_liquidation(symbol, worst, self.last_prices)

    def _calm_while_held(self, stillness: Stillness) -> Mapping[str, CalmPrices] | None:
        """Join what desk, resting orders and funding leave alone; None when a forced close may be near."""
        held = self._accounts.positions
        if held.keys() != stillness.prices.keys():
            return None
        until_ms = min(stillness.until_ms, self.next_funding_ms)
        joined = {}
        for symbol, (below, above, _) in stillness.prices.items():
            orders = self.resting.calm_prices(symbol)
            joined[symbol] = CalmPrices(max(below, orders.below), min(above, orders.above), until_ms)
        return joined if self._accounts.stays_far_from_liquidation(joined) else None

    def _objection_to(self, order: Order) -> Objection | None:
        instrument = self.instruments.get(order.symbol)
        if instrument is None:
            return UNKNOWN_SYMBOL
        last_price = self.last_prices.get(order.symbol)
        if last_price is None:
            return NO_PRICE
        if self.resting.holds(order.symbol, order.order_id):
            return DUPLICATE_ID
        position = self._accounts.positions.get(order.symbol)
        return objection_to(order, instrument, position, last_price) or self._margin_objection(order)

    def _margin_objection(self, order: Order) -> Objection | None:
        if order.is_reduce_only:
            return None
        free = self._accounts.free_margin(self._marks())
        asked = margin_of(order, self._mark(order.symbol))
        for resting in self.resting.all():
            asked += margin_of(resting.order, self._mark(resting.order.symbol))
        return TOO_LITTLE_MARGIN if asked > free else None

    def _execute(self, order: Order, price: Decimal, fee_rate: Decimal, *, is_maker: bool) -> None:
        self.resting.remove(order.symbol, order.order_id)
        self._tell_fills(
            Execution(
                order_id=order.order_id,
                symbol=order.symbol,
                side=order.side,
                price=price,
                quantity=order.quantity,
                fee_rate=fee_rate,
                is_maker=is_maker,
                at_ms=self.now_ms,
            )
        )

    def _tell_fills(self, execution: Execution) -> None:
        for fill in self._accounts.trade(execution):
            self.outbox.append(OrderFilled(self.now_ms, fill.symbol, fill))
        self._fit_reducing_orders(execution.symbol)

    def _fit_reducing_orders(self, symbol: str) -> None:
        position = self._accounts.positions.get(symbol)
        for resting in self.resting.of(symbol):
            order = resting.order
            if not order.is_reduce_only:
                continue
            if position is None or order.side is not side_that_closes(position.direction):
                self._expire(order, "nothing left to reduce")
            elif order.quantity > position.quantity:
                self.resting.cut(resting, position.quantity)

    def _expire(self, order: Order, reason: str) -> None:
        self.resting.remove(order.symbol, order.order_id)
        self.outbox.append(OrderExpired(self.now_ms, order.symbol, order.order_id, reason))

    def _mark(self, symbol: str) -> Decimal:
        return self.instruments[symbol].nearest_price(self.last_prices[symbol])

    def _marks(self) -> dict[str, Decimal]:
        return {symbol: self._mark(symbol) for symbol in self._accounts.positions}
