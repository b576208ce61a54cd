"""An exchange that exists only here: one account, any number of contracts, driven by market trades."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.simulated.exchange.driven_exchange import DrivenExchange
from adapters.simulated.exchange.held_orders import AskedOrder, AskedStop, HeldOrder, HeldStop, Income, Trade
from adapters.simulated.exchange.matching_engine import UNKNOWN
from adapters.simulated.exchange.news import Answer, PositionNow, WalletNow


class SimulatedExchange(DrivenExchange):
    """What the holder of the account asks for and asks about."""

    @property
    def is_hedged(self) -> bool:
        """Whether longs and shorts of a symbol are held apart."""
        return self._state.is_hedged

    @property
    def has_multi_assets(self) -> bool:
        """Whether several assets stand behind the positions."""
        return self._state.has_multi_assets

    def place(self, asked: AskedOrder) -> Answer:
        """Take a limit or market order, or say why not."""
        answer = self._engine.place(asked)
        self._stops.drop_orphans()
        return answer

    def test(self, asked: AskedOrder) -> Answer:
        """Say what would be objected to an order."""
        return self._engine.test(asked)

    def amend_by(self, order_id: int, client_id: str, asked: AskedOrder, modify_id: str) -> Answer:
        """Change an open limit order found by its number, or by its name without one."""
        order = self._state.orders.order(asked.symbol, order_id, client_id)
        if order is None or not order.is_open:
            return Answer(-2013, "Order does not exist.")
        return self._engine.amend(order, asked, modify_id)

    def cancel(self, symbol: str, order_id: int, client_id: str) -> Answer:
        """Take one order away by its number, or by its name without one."""
        order = self._state.orders.order(symbol, order_id, client_id)
        return UNKNOWN if order is None else self._engine.cancel(order)

    def cancel_all(self, symbol: str) -> int:
        """Take every plain order of a symbol away and tell how many there were."""
        orders = self._state.orders.open_of(symbol)
        for order in orders:
            self._engine.cancel(order)
        return len(orders)

    def order(self, symbol: str, order_id: int, client_id: str) -> HeldOrder | None:
        """Find an order, open or over."""
        return self._state.orders.order(symbol, order_id, client_id)

    def open_orders(self, symbol: str | None) -> Sequence[HeldOrder]:
        """List open orders of a symbol, or of all."""
        return self._state.orders.open_of(symbol)

    def all_orders(self, symbol: str | None) -> Sequence[HeldOrder]:
        """List every order remembered, oldest first."""
        return [one for one in self._state.orders.orders.values() if symbol in {None, one.symbol}]

    def place_stop(self, asked: AskedStop) -> Answer:
        """Take a conditional order, or say why not."""
        return self._stops.place(asked)

    def cancel_stop(self, algo_id: int, client_id: str) -> Answer:
        """Take one conditional order away."""
        stop = self._state.orders.stop(algo_id, client_id)
        return UNKNOWN if stop is None else self._stops.cancel(stop)

    def cancel_all_stops(self, symbol: str) -> int:
        """Take every waiting conditional order of a symbol away and tell how many there were."""
        stops = self._state.orders.stops_of(symbol)
        for stop in stops:
            self._stops.cancel(stop)
        return len(stops)

    def stop(self, algo_id: int, client_id: str) -> HeldStop | None:
        """Find a conditional order, waiting or over."""
        return self._state.orders.stop(algo_id, client_id)

    def open_stops(self, symbol: str | None) -> Sequence[HeldStop]:
        """List waiting conditional orders of a symbol, or of all."""
        return self._state.orders.stops_of(symbol)

    def all_stops(self, symbol: str | None) -> Sequence[HeldStop]:
        """List every conditional order remembered, oldest first."""
        return [one for one in self._state.orders.stops.values() if symbol in {None, one.symbol}]

    def set_countdown(self, symbol: str, countdown_ms: int) -> None:
        """Arm the dead man's switch of a symbol, or disarm it with zero."""
        self._countdowns.pop(symbol, None)
        if countdown_ms:
            self._countdowns[symbol] = self._state.now_ms + countdown_ms

    def fire_countdowns(self) -> None:
        """Let every armed dead man's switch act, as if its time were over."""
        self._count_down(max(self._countdowns.values(), default=0))

    def set_leverage(self, symbol: str, leverage: int) -> Answer:
        """Set the leverage of a symbol."""
        return self._settings.set_leverage(symbol, leverage)

    def set_isolated(self, symbol: str, *, is_isolated: bool) -> Answer:
        """Choose isolated or cross margin for a symbol."""
        return self._settings.set_isolated(symbol, is_isolated=is_isolated)

    def move_margin(self, symbol: str, position_side: str, amount: Decimal) -> Answer:
        """Add margin to an isolated position, or take some back when negative."""
        key = (symbol, position_side)
        now = self._margins.position(key)
        needed = now.initial_margin - min(now.unrealized, Decimal(0))
        return self._settings.move_margin(key, amount, self._margins.available(), needed)

    def set_hedged(self, *, is_hedged: bool) -> Answer:
        """Choose hedge or one-way mode for the account."""
        return self._settings.set_hedged(is_hedged=is_hedged)

    def set_multi_assets(self, *, is_on: bool) -> Answer:
        """Choose multi-assets or single-asset mode for the account."""
        return self._settings.set_multi_assets(is_on=is_on)

    def leverage(self, symbol: str) -> int:
        """Give the leverage a symbol is set to."""
        return self._state.leverage(symbol)

    def is_isolated(self, symbol: str) -> bool:
        """Whether a symbol is margined apart."""
        return symbol in self._state.books.isolated_symbols

    def wallet(self) -> WalletNow:
        """Give the account valued at the mark prices."""
        return self._margins.wallet()

    def positions(self, symbol: str | None = None) -> Sequence[PositionNow]:
        """Give every position side of a symbol, or of all, flat ones too."""
        sides = ("LONG", "SHORT") if self._state.is_hedged else ("BOTH",)
        symbols = self._state.contracts if symbol is None else (symbol,)
        return [self._margins.position((one, side)) for one in symbols for side in sides]

    @property
    def symbols_at_stake(self) -> frozenset[str]:
        """The symbols with a position, or with a plain order that may still trade."""
        held = (symbol for symbol, _ in self._state.books.positions)
        return frozenset(self._state.orders.open_orders).union(held)

    def live_positions(self) -> Sequence[PositionNow]:
        """Give positions that are not flat, or whose symbol has open orders."""
        busy = set(self._state.orders.open_orders)
        busy.update(symbol for symbol, _ in self._state.books.positions)
        return [one for one in self.positions() if one.symbol in busy] if busy else []

    def trades(self, symbol: str | None) -> Sequence[Trade]:
        """List our trades, oldest first."""
        return [one for one in self._state.books.trades if symbol in {None, one.symbol}]

    def income(self) -> Sequence[Income]:
        """List the changes of the wallet, oldest first."""
        return list(self._state.books.income)
