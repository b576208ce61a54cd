"""Positions that the exchange takes away."""

from decimal import Decimal

from adapters.simulated.exchange.books import Key
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.matching_engine import LIQUIDATED, MatchingEngine
from adapters.simulated.exchange.news import News
from domain.market.direction import Side, side_that_closes
from domain.market.wallet_unit import in_wallet_units
from domain.position.position import Position


class ForcedClose:
    """Margin calls, liquidation and auto-deleveraging."""

    def __init__(self, state: ExchangeState, margins: Margins, engine: MatchingEngine) -> None:
        self._state = state
        self._margins = margins
        self._engine = engine
        self._is_called = False

    def check(self) -> None:
        """Close what the margin does not carry any more, and warn before."""
        if not self._state.books.positions or not self._margins.is_near_liquidation():
            self._is_called = False
            return
        keys = self._margins.symbols_to_liquidate()
        if keys:
            self._liquidate(keys)
        elif not self._is_called:
            self._is_called = True
            self._call()

    def liquidate(self, symbol: str) -> None:
        """Close the positions of a symbol as if its margin were gone."""
        self._liquidate([key for key, _ in self._state.books.of_symbol(symbol)])

    def deleverage(self, symbol: str) -> None:
        """Close the positions of a symbol against somebody's bankruptcy, at the mark price."""
        for key, position in list(self._state.books.of_symbol(symbol)):
            price = self._state.instrument(symbol).nearest_price(self._state.mark(symbol))
            self._close(key, position, price, "adl_autoclose")

    def _liquidate(self, keys: list[Key]) -> None:
        state = self._state
        for order in state.orders.open_of(None):
            self._engine.expire(order, LIQUIDATED)
        for key in keys:
            position = state.books.positions.get(key)
            if position is None:
                continue
            price = self._price_against(position)
            self._close(key, position, price, f"autoclose-{state.now_ms}")
            fee = in_wallet_units(position.quantity * price * state.contracts[key[0]].liquidation_fee)
            self._settle_with_the_fund(-min(fee, max(NOTHING, state.books.account.wallet)), key[0])
        if state.books.account.wallet < 0:
            self._settle_with_the_fund(-state.books.account.wallet, keys[0][0])

    def _settle_with_the_fund(self, amount: Decimal, symbol: str) -> None:
        if amount:
            self._state.books.transfer(amount, "INSURANCE_CLEAR", symbol, self._state.now_ms)
            self._engine.tell_account("INSURANCE_CLEAR", symbol, amount)

    def _close(self, key: Key, position: Position, price: Decimal, name: str) -> None:
        state, side = self._state, side_that_closes(position.direction)
        order = HeldOrder(
            order_id=state.orders.next_order_id(),
            client_id=name,
            symbol=key[0],
            side=side,
            position_side=key[1],
            kind="LIMIT",
            original_kind="LIMIT",
            time_in_force="IOC",
            quantity=position.quantity,
            price=price,
            is_reduce_only=False,
            good_till_ms=0,
            price_match="NONE",
            self_trade="NONE",
            created_ms=state.now_ms,
            updated_ms=state.now_ms,
        )
        state.orders.add_order(order)
        state.tell_order(order, "NEW")
        self._engine.execute(order, price, position.quantity, is_maker=False)

    def _price_against(self, position: Position) -> Decimal:
        side = Side.BUY if position.direction.sign > 0 else Side.SELL
        return self._state.best(position.symbol, side)

    def _call(self) -> None:
        state = self._state
        positions = tuple(self._margins.position(key) for key in state.books.positions)
        symbol = positions[0].symbol
        state.news.append(
            News("margin_call", state.now_ms, symbol, wallet=self._margins.wallet(), positions=positions)
        )
