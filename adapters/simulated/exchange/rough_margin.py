"""A quick look at the margin that errs on the side of danger."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from adapters.simulated.exchange.books import Key
from adapters.simulated.exchange.exchange_state import ExchangeState
from application.market_minutes import CalmPrices
from domain.market.leverage_bracket import LeverageBracket
from domain.position.position import Position


class _Held(NamedTuple):
    symbol: str
    quantity: float
    cost: float
    highest_rate: float


_Group = tuple[float, tuple[_Held, ...]]
_CAREFUL: Final = 1.01


class RoughMargin:
    """Adds up in floats and with the highest maintenance rates: what it calls far from a forced close is.

    Each isolated position stands on its own margin, all others on what is left of the wallet. `share` is
    the part of the margin balance that the maintenance margin must not come to, one for a forced close.
    Quantities and costs of shorts are negative.
    """

    def __init__(self, state: ExchangeState) -> None:
        self._state = state
        self._revision = -1
        self._groups: tuple[_Group, ...] = ()
        self._held: frozenset[str] = frozenset()
        self._rates: dict[str, tuple[tuple[LeverageBracket, ...], float]] = {}

    def is_far(self, share: float = 1.0) -> bool:
        """Tell that it is far at the mark prices."""
        quotes = self._state.quotes
        for balance, held in self._added_up():
            equity, needed = balance, 0.0
            for symbol, quantity, cost, rate in held:
                value = quantity * quotes[symbol].mark
                equity += value - cost
                needed += abs(value) * rate
            if equity * share <= _CAREFUL * needed:
                return False
        return True

    def is_far_between(self, symbol: str, low: float, high: float) -> bool:
        """Tell that no price of one symbol between these comes near it, while the others stay."""
        quotes, groups = self._state.quotes, self._added_up()
        if symbol not in self._held:
            return True
        for balance, held in groups:
            equity, needed = balance, 0.0
            for other, quantity, cost, rate in held:
                worst = low if quantity > 0 else high
                value = quantity * (worst if other == symbol else quotes[other].mark)
                equity += value - cost
                needed += abs(value) * rate
            if equity <= _CAREFUL * needed:
                return False
        return True

    def stays_far(self, between: Mapping[str, CalmPrices]) -> bool:
        """Tell that it is far whatever the prices do between these."""
        for balance, held in self._added_up():
            equity, needed = balance, 0.0
            for symbol, quantity, cost, rate in held:
                calm = between[symbol]
                value = quantity * (calm.below if quantity > 0 else calm.above)
                equity += value - cost
                needed += abs(value) * rate
            if equity <= _CAREFUL * needed:
                return False
        return True

    def _added_up(self) -> tuple[_Group, ...]:
        books = self._state.books
        if self._revision != books.revision:
            self._revision = books.revision
            self._held = frozenset(symbol for symbol, _ in books.positions)
            self._groups = self._add_up()
        return self._groups

    def _add_up(self) -> tuple[_Group, ...]:
        books = self._state.books
        apart = books.isolated_wallets
        cross = [(key, one) for key, one in books.positions.items() if key not in apart]
        groups = [(float(books.cross_wallet), self._rough(cross))] if cross else []
        for key, wallet in apart.items():
            groups.append((float(wallet), self._rough([(key, books.positions[key])])))
        return tuple(groups)

    def _rough(self, positions: Iterable[tuple[Key, Position]]) -> tuple[_Held, ...]:
        return tuple(
            _Held(
                symbol,
                float(position.signed_quantity),
                position.direction.sign * float(position.open_cost),
                self._highest_rate(symbol),
            )
            for (symbol, _), position in positions
        )

    def _highest_rate(self, symbol: str) -> float:
        brackets = self._state.instrument(symbol).brackets
        known = self._rates.get(symbol)
        if known is None or known[0] is not brackets:
            known = self._rates[symbol] = (brackets, float(max(one.maintenance_rate for one in brackets)))
        return known[1]
