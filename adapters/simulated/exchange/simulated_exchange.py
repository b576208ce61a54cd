"""An exchange that exists only here: one account, any number of contracts, driven by market trades."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.account_settings import AccountSettings
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.displayed_book import DisplayedBook
from adapters.simulated.exchange.exchange_state import ExchangeState, Quote
from adapters.simulated.exchange.forced_close import ForcedClose
from adapters.simulated.exchange.held_orders import AskedOrder, AskedStop, HeldOrder, HeldStop, Income, Trade
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.matching_engine import UNKNOWN, MatchingEngine
from adapters.simulated.exchange.news import Answer, News, PositionNow, WalletNow
from adapters.simulated.exchange.stop_service import EverythingWell, StopService, TriggerFate
from domain.market.direction import Side

_DEFAULT_HABITS: Final = ExchangeHabits()


class SimulatedExchange:
    """Whoever drives it tells each market trade and the time; what happened waits in `take_news`."""

    def __init__(
        self,
        contracts: Mapping[str, ContractTerms],
        wallet: Decimal,
        habits: ExchangeHabits = _DEFAULT_HABITS,
        fate: TriggerFate | None = None,
    ) -> None:
        self._state = ExchangeState(contracts, wallet, habits)
        self._margins = Margins(self._state)
        self._engine = MatchingEngine(self._state, self._margins)
        self._stops = StopService(self._state, self._engine, fate or EverythingWell())
        self._forced = ForcedClose(self._state, self._margins, self._engine)
        self._settings = AccountSettings(self._state, self._engine)
        self._countdowns: dict[str, int] = {}
        self._typical_lots: dict[str, int] = {}

    @property
    def now_ms(self) -> int:
        """The exchange's own time."""
        return self._state.now_ms

    @property
    def is_hedged(self) -> bool:
        """Whether longs and shorts of a symbol are held apart."""
        return self._state.is_hedged

    @property
    def has_multi_assets(self) -> bool:
        """Whether several assets stand behind the positions."""
        return self._state.has_multi_assets

    @property
    def contracts(self) -> Mapping[str, ContractTerms]:
        """The contracts by symbol."""
        return self._state.contracts

    @property
    def habits(self) -> ExchangeHabits:
        """Fees and behaviour."""
        return self._state.habits

    def change_contract(self, terms: ContractTerms) -> None:
        """Put a contract under other terms while it trades."""
        self._state.contracts[terms.instrument.symbol] = terms

    def behave(
        self,
        *,
        is_post_only_refused: bool,
        is_fill_or_kill_refused: bool,
        is_reduce_only_stop_refused_when_flat: bool,
        does_countdown_cancel_stops: bool,
        do_triggered_orders_keep_their_name: bool,
    ) -> None:
        """Give the other answer to what is contested about the real venue."""
        self._state.habits = replace(
            self._state.habits,
            is_post_only_refused=is_post_only_refused,
            is_fill_or_kill_refused=is_fill_or_kill_refused,
            is_reduce_only_stop_refused_when_flat=is_reduce_only_stop_refused_when_flat,
            does_countdown_cancel_stops=does_countdown_cancel_stops,
            do_triggered_orders_keep_their_name=do_triggered_orders_keep_their_name,
        )

    def change_contract_of(self, symbol: str, status: str, coarser: int) -> None:
        """Change a contract at run time: its status, and tick, lot and least notional times a factor."""
        terms = self._state.contracts[symbol]
        grid = terms.instrument
        changed = replace(
            grid,
            tick=grid.tick * coarser,
            lot=grid.lot * coarser,
            min_quantity=grid.min_quantity * coarser,
            min_notional=grid.min_notional * coarser,
        )
        self.change_contract(replace(terms, instrument=changed, status=status))
        if coarser != 1 and symbol in self._state.displayed:
            old, last = self._state.displayed[symbol], self._state.last(symbol)
            book = DisplayedBook(int(last / changed.tick))
            book.update_id, book.typical_lots = old.update_id + 4, max(1, old.typical_lots // coarser)
            self._state.displayed[symbol] = book

    def change_habits(self, habits: ExchangeHabits) -> None:
        """Behave otherwise from now on."""
        self._state.habits = habits

    def take_news(self) -> Sequence[News]:
        """Give what happened since the last call, oldest first."""
        news = self._state.news
        self._state.news = []
        return news

    def open_minute(self, symbol: str, typical_volume: float) -> None:
        """Tell how much of a symbol trades in a minute, which sizes the displayed book."""
        lots = max(1, int(typical_volume / 50.0 / float(self._state.instrument(symbol).lot)))
        self._typical_lots[symbol] = lots
        book = self._state.displayed.get(symbol)
        if book is not None:
            book.typical_lots = lots

    def on_trade(
        self, symbol: str, price: float, quantity: float, mark: float, at_ms: int, *, is_buyer_maker: bool
    ) -> None:
        """Take a trade of the market: it moves the price, fills limits, fires stops, may liquidate."""
        state = self._state
        state.now_ms = max(state.now_ms, at_ms)
        ticks = round(price / float(state.instrument(symbol).tick))
        quote = state.quotes.get(symbol)
        if quote is None:
            state.quotes[symbol] = Quote(price, mark)
            state.displayed[symbol] = DisplayedBook(ticks)
            state.displayed[symbol].typical_lots = self._typical_lots.get(symbol, 1)
        else:
            quote.last, quote.mark = price, mark
        state.displayed[symbol].move(ticks, is_buyer_maker=is_buyer_maker)
        if state.orders.open_orders.get(symbol):
            traded = Decimal(repr(quantity))
            self._engine.trade_resting(symbol, price, traded, is_buyer_maker=is_buyer_maker)
        if state.orders.open_stops.get(symbol):
            self._stops.watch(symbol)
        if state.books.positions:
            self._forced.check()
        self._drop_stops_of_gone_positions()

    def on_book_ticker(
        self,
        symbol: str,
        bid: Decimal,
        bid_quantity: Decimal,
        ask: Decimal,
        ask_quantity: Decimal,
        at_ms: int,
    ) -> None:
        """Take a book ticker: limits that it crosses fill as far as its sizes go, the middle is the price."""
        state, grid = self._state, self._state.instrument(symbol)
        middle = float(bid + ask) / 2
        if symbol not in state.displayed:
            self.on_trade(symbol, float(bid), 0.0, middle, at_ms, is_buyer_maker=True)
        state.now_ms = max(state.now_ms, at_ms)
        state.quotes[symbol].last = state.quotes[symbol].mark = middle
        lots = (int(bid_quantity / grid.lot), int(ask_quantity / grid.lot))
        state.displayed[symbol].show(int(bid / grid.tick), lots[0], int(ask / grid.tick), lots[1])
        self._engine.trade_crossed(symbol)
        self._stops.watch(symbol)
        if state.books.positions:
            self._forced.check()
        self._drop_stops_of_gone_positions()

    def on_time(self, at_ms: int) -> None:
        """Let time pass: good-till dates, countdowns, and what is too old to remember."""
        state = self._state
        state.now_ms = max(state.now_ms, at_ms)
        for symbol in [symbol for symbol, due_ms in self._countdowns.items() if due_ms <= at_ms]:
            del self._countdowns[symbol]
            self.cancel_all(symbol)
            if state.habits.does_countdown_cancel_stops:
                self.cancel_all_stops(symbol)
        for held in state.orders.open_orders.values():
            for order in list(held.values()):
                if 0 < order.good_till_ms <= at_ms:
                    self._engine.expire(order, 0)
        self._stops.expire_overdue()

    def forget_old(self) -> None:
        """Let go of orders older than the venue would tell of."""
        self._state.orders.forget_before(self._state.now_ms)

    def settle_funding(self, symbol: str, at_ms: int) -> None:
        """Settle the funding of one symbol at the mark price."""
        state = self._state
        rate, mark = state.contracts[symbol].funding_rate, state.mark(symbol)
        for key, _ in list(state.books.of_symbol(symbol)):
            payment = state.books.settle_funding(key, mark, rate, at_ms)
            self._engine.tell_account("FUNDING_FEE", symbol, payment)

    def place(self, asked: AskedOrder) -> Answer:
        """Take a limit or market order, or say why not."""
        answer = self._engine.place(asked)
        self._drop_stops_of_gone_positions()
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
        return self._settings.move_margin(key, amount, self._margins.wallet().available, needed)

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

    def live_positions(self) -> Sequence[PositionNow]:
        """Give positions that are not flat, or whose symbol has open orders."""
        busy = {symbol for symbol, held in self._state.orders.open_orders.items() if held}
        busy.update(symbol for symbol, _ in self._state.books.positions)
        return [one for one in self.positions() if one.symbol in busy] if busy else []

    def trades(self, symbol: str | None) -> Sequence[Trade]:
        """List our trades, oldest first."""
        return [one for one in self._state.books.trades if symbol in {None, one.symbol}]

    def income(self) -> Sequence[Income]:
        """List the changes of the wallet, oldest first."""
        return list(self._state.books.income)

    def deposit(self, amount: Decimal) -> None:
        """Put money into the wallet, or take it out."""
        self._state.books.transfer(amount, "TRANSFER", "", self._state.now_ms)
        self._engine.tell_account("DEPOSIT" if amount > 0 else "WITHDRAW", "", amount)

    def liquidate(self, symbol: str) -> None:
        """Take the positions of a symbol away as if the margin were gone."""
        self._forced.liquidate(symbol)
        self._drop_stops_of_gone_positions()

    def deleverage(self, symbol: str) -> None:
        """Take the positions of a symbol away by auto-deleveraging."""
        self._forced.deleverage(symbol)
        self._drop_stops_of_gone_positions()

    def mark_price(self, symbol: str) -> Decimal:
        """Give the mark price, zero before the first trade."""
        return self._state.mark(symbol)

    def last_price(self, symbol: str) -> Decimal:
        """Give the last price, zero before the first trade."""
        return self._state.last(symbol)

    def levels(self, symbol: str, side: Side, most: int) -> Sequence[tuple[Decimal, Decimal]]:
        """List the best displayed bids (buy) or asks (sell) as (price, quantity)."""
        grid, book = self._state.instrument(symbol), self._state.displayed.get(symbol)
        if book is None:
            return []
        return [(ticks * grid.tick, lots * grid.lot) for ticks, lots in book.levels(side, most)]

    def book_update_id(self, symbol: str) -> int:
        """Give the number of the last change of the displayed book."""
        book = self._state.displayed.get(symbol)
        return 0 if book is None else book.update_id

    def _drop_stops_of_gone_positions(self) -> None:
        for symbol, held in self._state.orders.open_stops.items():
            if held:
                self._stops.drop_without_position(symbol)
