"""What stands behind positions and orders, and what is left."""

from collections.abc import Iterator
from decimal import Decimal

from adapters.simulated.exchange.books import Key
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import NOTHING
from adapters.simulated.exchange.news import PositionNow, WalletNow
from domain.market.leverage_bracket import LeverageBracket, bracket_of
from domain.market.wallet_unit import in_wallet_units
from domain.position.margin import cross_balance, initial_margin, liquidation_price, maintenance_margin
from domain.position.position import Position

_MOST_CROWDED = 4


class Margins:
    """Looks at the state and sums; changes nothing."""

    def __init__(self, state: ExchangeState) -> None:
        self._state = state

    def wallet(self) -> WalletNow:
        """Value the whole account at the mark prices."""
        state, books = self._state, self._state.books
        unrealized = cross_unrealized = initial = maintenance = NOTHING
        for key, position in books.positions.items():
            gain = self._unrealized(key, position)
            unrealized += gain
            if key not in books.isolated_wallets:
                cross_unrealized += gain
            initial += self._initial(key, position)
            maintenance += self._maintenance(key, position)
        ordered = sum((self.order_margin(symbol) for symbol in state.orders.open_orders), NOTHING)
        return WalletNow(
            books.account.wallet,
            books.cross_wallet,
            unrealized,
            cross_unrealized,
            initial,
            ordered,
            in_wallet_units(maintenance),
            in_wallet_units(self.available()),
            state.now_ms,
        )

    def available(self) -> Decimal:
        """Give what is left for new orders: cross equity less what positions and open orders ask for."""
        books = self._state.books
        left = books.cross_wallet
        for symbol in self._state.orders.open_orders:
            left -= self.order_margin(symbol)
        for key, position in books.positions.items():
            if key not in books.isolated_wallets:
                left += self._unrealized(key, position) - self._initial(key, position)
        return max(NOTHING, left)

    def position(self, key: Key) -> PositionNow:
        """Describe a position, flat or not."""
        state, (symbol, side) = self._state, key
        books, position = state.books, self._state.books.positions.get(key)
        bids, asks = state.open_notionals(symbol)
        now = PositionNow(
            symbol,
            side,
            NOTHING,
            NOTHING,
            NOTHING,
            state.mark(symbol),
            books.realized.get(key, NOTHING),
            NOTHING,
            NOTHING,
            state.leverage(symbol),
            symbol in books.isolated_symbols,
            books.isolated_wallets.get(key, NOTHING),
            NOTHING,
            NOTHING,
            self.order_margin(symbol),
            NOTHING,
            bids,
            asks,
            0,
            books.updated_ms.get(key, 0),
        )
        if position is not None:
            self._describe(now, key, position)
        return now

    def order_margin(
        self, symbol: str, more_bids: Decimal = NOTHING, more_asks: Decimal = NOTHING
    ) -> Decimal:
        """Give the margin that open orders ask for beyond the position's own, with more orders if told."""
        state, leverage = self._state, self._state.leverage(symbol)
        bids, asks = state.open_notionals(symbol)
        bids, asks = bids + more_bids, asks + more_asks
        if not bids and not asks:
            return NOTHING
        if state.is_hedged:
            return initial_margin(bids + asks, leverage)
        position = state.books.positions.get((symbol, "BOTH"))
        held = NOTHING if position is None else position.signed_quantity * state.mark(symbol)
        most = max(abs(held + bids), abs(held - asks))
        return max(NOTHING, initial_margin(most - abs(held), leverage))

    def positions_at(self, share: Decimal) -> list[Key]:
        """List the positions whose maintenance margin comes to this share of their margin balance.

        At a share of one they are lost. Each isolated position has its own, all others share theirs.
        """
        found: list[Key] = []
        for balance, held in self._groups():
            equity, needed = balance, NOTHING
            for key, position in held:
                equity += self._unrealized(key, position)
                needed += self._maintenance(key, position)
            if equity * share <= needed:
                found.extend(key for key, _ in held)
        return found

    def liquidation_price(self, key: Key) -> Decimal:
        """Give the price at which a position is taken away, the others standing at their marks; or zero."""
        books, brackets = self._state.books, self._brackets(key)
        position = books.positions[key]
        if key in books.isolated_wallets:
            balance = books.isolated_wallets[key]
        else:
            balance = self._balance_beside(key[0])
            pair = [one for other, one in books.of_symbol(key[0]) if other != key]
            if pair:
                return _price_of_pair(position, pair[0], balance, self._state.mark(key[0]), brackets)
        price = liquidation_price(
            position.direction, position.quantity, position.open_cost, balance, brackets
        )
        return NOTHING if price is None else price

    def _describe(self, now: PositionNow, key: Key, position: Position) -> None:
        sign = position.direction.sign
        costs = position.fees - position.funding
        now.amount = position.signed_quantity
        now.entry_price = in_wallet_units(position.open_cost / position.quantity)
        now.break_even_price = in_wallet_units((position.open_cost + sign * costs) / position.quantity)
        now.unrealized = in_wallet_units(self._unrealized(key, position))
        now.notional = in_wallet_units(position.signed_quantity * now.mark_price)
        now.initial_margin = self._initial(key, position)
        now.maintenance_margin = in_wallet_units(self._maintenance(key, position))
        now.liquidation_price = self.liquidation_price(key)
        gain = now.unrealized / now.initial_margin if now.initial_margin else NOTHING
        now.adl = 1 if gain <= 0 else min(_MOST_CROWDED, 2 + int(gain))

    def _groups(self) -> Iterator[tuple[Decimal, list[tuple[Key, Position]]]]:
        books = self._state.books
        apart = books.isolated_wallets
        for key, wallet in apart.items():
            yield wallet, [(key, books.positions[key])]
        cross = [(key, one) for key, one in books.positions.items() if key not in apart]
        if cross:
            yield books.cross_wallet, cross

    def _balance_beside(self, symbol: str) -> Decimal:
        books = self._state.books
        unrealized = maintenance = NOTHING
        for other, one in books.positions.items():
            if other[0] != symbol and other not in books.isolated_wallets:
                unrealized += self._unrealized(other, one)
                maintenance += self._maintenance(other, one)
        return cross_balance(books.cross_wallet, unrealized, maintenance)

    def _unrealized(self, key: Key, position: Position) -> Decimal:
        return position.unrealized_pnl(self._state.mark(key[0]))

    def _initial(self, key: Key, position: Position) -> Decimal:
        return initial_margin(position.quantity * self._state.mark(key[0]), self._state.leverage(key[0]))

    def _maintenance(self, key: Key, position: Position) -> Decimal:
        return maintenance_margin(position.quantity * self._state.mark(key[0]), self._brackets(key))

    def _brackets(self, key: Key) -> tuple[LeverageBracket, ...]:
        return self._state.instrument(key[0]).brackets


def _price_of_pair(
    one: Position, other: Position, balance: Decimal, mark: Decimal, brackets: tuple[LeverageBracket, ...]
) -> Decimal:
    """Give where a long and a short of one symbol are lost together, by the brackets they are in now."""
    numerator, denominator = balance, NOTHING
    for position in (one, other):
        bracket, sign = bracket_of(position.quantity * mark, brackets), position.direction.sign
        numerator += bracket.maintenance_deduction - sign * position.open_cost
        denominator += position.quantity * (bracket.maintenance_rate - sign)
    if not denominator:
        return NOTHING
    return max(NOTHING, in_wallet_units(numerator / denominator))
