"""Leverage, margin type and modes of the account, and when they may not change."""

from decimal import Decimal

from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.matching_engine import MatchingEngine
from adapters.simulated.exchange.news import DONE, Answer, News


class AccountSettings:
    """Changes settings of an account or says why not; each change is told in the state's news."""

    def __init__(self, state: ExchangeState, engine: MatchingEngine) -> None:
        self._state = state
        self._engine = engine

    def set_leverage(self, symbol: str, leverage: int) -> Answer:
        """Set the leverage of a symbol."""
        state = self._state
        most = state.instrument(symbol).brackets[0].max_leverage
        if not 1 <= leverage <= most:
            return Answer(-4028, f"Leverage {leverage} is not valid")
        notional = sum(
            (one.quantity * state.mark(symbol) for _, one in state.books.of_symbol(symbol)), Decimal(0)
        )
        if notional and leverage > state.instrument(symbol).max_leverage_at(notional):
            return Answer(-2027, "Exceeded the maximum allowable position at current leverage.")
        isolated = any(key in state.books.isolated_wallets for key, _ in state.books.of_symbol(symbol))
        if isolated and leverage < state.leverage(symbol):
            return Answer(
                -4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions."
            )
        state.books.leverages[symbol] = leverage
        state.news.append(News("leverage", state.now_ms, symbol, amount=Decimal(leverage)))
        return DONE

    def set_isolated(self, symbol: str, *, is_isolated: bool) -> Answer:
        """Choose isolated or cross margin for a symbol."""
        state = self._state
        if is_isolated is (symbol in state.books.isolated_symbols):
            return Answer(-4046, "No need to change margin type.")
        if state.orders.open_of(symbol) or state.orders.stops_of(symbol):
            return Answer(-4047, "Margin type cannot be changed if there exists open orders.")
        if next(state.books.of_symbol(symbol), None) is not None:
            return Answer(-4048, "Margin type cannot be changed if there exists position.")
        if is_isolated and state.has_multi_assets:
            return Answer(-4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode.")
        if is_isolated:
            state.books.isolated_symbols.add(symbol)
        else:
            state.books.isolated_symbols.discard(symbol)
        self._engine.tell_account("MARGIN_TYPE_CHANGE", symbol)
        return DONE

    def move_margin(
        self, key: tuple[str, str], amount: Decimal, cross_available: Decimal, isolated_needed: Decimal
    ) -> Answer:
        """Add margin to an isolated position, or take some back when negative."""
        books = self._state.books
        wallet = books.isolated_wallets.get(key)
        if wallet is None:
            if key[0] not in books.isolated_symbols:
                return Answer(-4049, "Add margin only support for isolated position.")
            return Answer(-4054, "Cannot add position margin: position is 0.")
        if amount > cross_available:
            return Answer(-4050, "Cross balance insufficient.")
        if amount < 0 and wallet + amount < isolated_needed:
            return Answer(-4051, "Isolated balance insufficient.")
        books.isolated_wallets[key] = wallet + amount
        books.revision += 1
        self._engine.tell_account("MARGIN_TRANSFER", key[0])
        return DONE

    def set_hedged(self, *, is_hedged: bool) -> Answer:
        """Choose hedge or one-way mode for the account."""
        state = self._state
        if is_hedged is state.is_hedged:
            return Answer(-4059, "No need to change position side.")
        if state.orders.open_of(None) or state.orders.stops_of(None):
            return Answer(-4067, "Position side cannot be changed if there exists open orders.")
        if state.books.positions:
            return Answer(-4068, "Position side cannot be changed if there exists position.")
        state.is_hedged = is_hedged
        return DONE

    def set_multi_assets(self, *, is_on: bool) -> Answer:
        """Choose multi-assets or single-asset mode for the account."""
        state = self._state
        if is_on is state.has_multi_assets:
            return Answer(-4171, "No need to change multi-assets mode.")
        if state.orders.open_of(None):
            return Answer(-4167, "Unable to adjust to Multi-Assets mode with open orders.")
        if is_on and state.books.isolated_symbols:
            return Answer(-4170, "Unable to adjust to Multi-Assets mode with symbols of isolated-margin.")
        state.has_multi_assets = is_on
        state.news.append(News("assets_mode", state.now_ms, "", amount=Decimal(int(is_on))))
        return DONE
