"""Positions that the exchange takes away."""

from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.books import Key
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.matching_engine import LIQUIDATED, MatchingEngine
from adapters.simulated.exchange.news import News
from adapters.simulated.exchange.rough_margin import RoughMargin
from domain.market.direction import Side, side_that_closes
from domain.market.wallet_unit import in_wallet_units
from domain.position.position import Position

CALLED_AT: Final = Decimal("0.8")
"""The share of the margin balance that the maintenance margin may come to before the exchange warns."""
_LOST_AT: Final = Decimal(1)


class ForcedClose:
    """Margin calls, liquidation and auto-deleveraging."""

    def __init__(
        self, state: ExchangeState, margins: Margins, rough: RoughMargin, engine: MatchingEngine
    ) -> None:
        self._state = state
        self._margins = margins
        self._rough = rough
        self._engine = engine
        self._called: set[Key] = set()

    def check(self) -> None:
        """Close what the margin does not carry any more, and warn before."""
        if not self._state.books.positions or self._rough.is_far(float(CALLED_AT)):
            self._called.clear()
            return
        lost = self._margins.positions_at(_LOST_AT)
        if lost:
            self._liquidate(lost)
            return
        low = self._margins.positions_at(CALLED_AT)
        if not self._called.issuperset(low):
            self._call(low)
        self._called = set(low)

    def close_with(self, key: Key) -> None:
        """Close a position that is lost, and all that share its margin."""
        apart = self._state.books.isolated_wallets
        cross = [one for one in self._state.books.positions if one not in apart]
        self._liquidate([key] if key in apart else cross)

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
        state, symbol, is_long = self._state, position.symbol, position.direction.sign > 0
        if symbol in state.displayed:
            return state.best(symbol, Side.BUY if is_long else Side.SELL)
        grid, mark = state.instrument(symbol), state.mark(symbol)
        return max(grid.price_at_or_below(mark), grid.tick) if is_long else grid.price_at_or_above(mark)

    def _call(self, keys: list[Key]) -> None:
        state = self._state
        positions = tuple(self._margins.position(key) for key in keys)
        symbol = positions[0].symbol
        state.news.append(
            News("margin_call", state.now_ms, symbol, wallet=self._margins.wallet(), positions=positions)
        )
