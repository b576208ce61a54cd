"""What stands behind positions and orders, and what is left."""

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
        ordered = sum((self.order_margin(symbol) for symbol in self._symbols_with_orders()), NOTHING)
        cross_initial = sum(
            (
                self._initial(key, one)
                for key, one in books.positions.items()
                if key not in books.isolated_wallets
            ),
            NOTHING,
        )
        available = max(NOTHING, books.cross_wallet + cross_unrealized - cross_initial - ordered)
        return WalletNow(
            books.account.wallet,
            books.cross_wallet,
            unrealized,
            cross_unrealized,
            initial,
            ordered,
            in_wallet_units(maintenance),
            in_wallet_units(available),
            state.now_ms,
        )

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

    def symbols_to_liquidate(self) -> list[Key]:
        """List the positions whose margin balance is at or below the maintenance margin."""
        books = self._state.books
        lost = [
            key
            for key, position in books.positions.items()
            if key in books.isolated_wallets
            and books.isolated_wallets[key] + self._unrealized(key, position)
            <= self._maintenance(key, position)
        ]
        cross = [key for key in books.positions if key not in books.isolated_wallets]
        balance, needed = books.cross_wallet, NOTHING
        for key in cross:
            balance += self._unrealized(key, books.positions[key])
            needed += self._maintenance(key, books.positions[key])
        return lost + (cross if cross and balance <= needed else [])

    def is_near_liquidation(self) -> bool:
        """Tell, by rough sums and the highest rates, whether a forced close could be near."""
        state, books = self._state, self._state.books
        if books.isolated_wallets:
            return True
        equity, needed = float(books.account.wallet), 0.0
        for (symbol, _), position in books.positions.items():
            value = float(position.signed_quantity) * state.quotes[symbol].mark
            equity += value - position.direction.sign * float(position.open_cost)
            rate = max(float(bracket.maintenance_rate) for bracket in state.instrument(symbol).brackets)
            needed += abs(value) * rate
        return equity <= 1.01 * needed

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
        now.liquidation_price = self._liquidation_price(key, position)
        gain = now.unrealized / now.initial_margin if now.initial_margin else NOTHING
        now.adl = 1 if gain <= 0 else min(_MOST_CROWDED, 2 + int(gain))

    def _liquidation_price(self, key: Key, position: Position) -> Decimal:
        books, brackets = self._state.books, self._brackets(key)
        if key in books.isolated_wallets:
            balance = books.isolated_wallets[key]
        else:
            others = [
                (other, one)
                for other, one in books.positions.items()
                if other[0] != key[0] and other not in books.isolated_wallets
            ]
            unrealized = sum((self._unrealized(other, one) for other, one in others), NOTHING)
            maintenance = sum((self._maintenance(other, one) for other, one in others), NOTHING)
            balance = cross_balance(books.cross_wallet, unrealized, maintenance)
        pair = [one for other, one in books.of_symbol(key[0]) if other != key]
        if pair and key not in books.isolated_wallets:
            return _price_of_pair(position, pair[0], balance, self._state.mark(key[0]), brackets)
        price = liquidation_price(
            position.direction, position.quantity, position.open_cost, balance, brackets
        )
        return NOTHING if price is None else price

    def _symbols_with_orders(self) -> list[str]:
        return [symbol for symbol, held in self._state.orders.open_orders.items() if held]

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
