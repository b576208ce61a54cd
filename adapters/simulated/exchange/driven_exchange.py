"""What the market and the time do to the exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.account_settings import AccountSettings
from adapters.simulated.exchange.candle_matching import CandleMatching
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.displayed_book import DisplayedBook
from adapters.simulated.exchange.exchange_state import ExchangeState, Quote
from adapters.simulated.exchange.forced_close import ForcedClose
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.matching_engine import MatchingEngine
from adapters.simulated.exchange.news import News
from adapters.simulated.exchange.rough_margin import RoughMargin
from adapters.simulated.exchange.stop_service import EverythingWell, StopService, TriggerFate
from domain.market.direction import Side

_DEFAULT_HABITS: Final = ExchangeHabits()


class DrivenExchange:
    """Whoever drives it tells each market trade and the time; what happened waits in `take_news`.

    Where no book is shown, whoever drives it on candles says what trades, through `candles`.
    """

    def __init__(
        self,
        contracts: Mapping[str, ContractTerms],
        wallet: Decimal,
        habits: ExchangeHabits = _DEFAULT_HABITS,
        fate: TriggerFate | None = None,
    ) -> None:
        self._state = ExchangeState(contracts, wallet, habits)
        self._margins = Margins(self._state)
        rough = RoughMargin(self._state)
        self._engine = MatchingEngine(self._state, self._margins)
        self._stops = StopService(self._state, self._engine, fate or EverythingWell())
        self._forced = ForcedClose(self._state, self._margins, rough, self._engine)
        self._settings = AccountSettings(self._state, self._engine)
        self._countdowns: dict[str, int] = {}
        self._typical_lots: dict[str, int] = {}
        self.candles = CandleMatching(
            self._state, self._margins, rough, self._engine, self._stops, self._forced
        )

    @property
    def now_ms(self) -> int:
        """The exchange's own time."""
        return self._state.now_ms

    @property
    def balance(self) -> Decimal:
        """The wallet, without what open positions are worth."""
        return self._state.books.account.wallet

    @property
    def contracts(self) -> Mapping[str, ContractTerms]:
        """The contracts by symbol."""
        return self._state.contracts

    @property
    def habits(self) -> ExchangeHabits:
        """Fees and behaviour."""
        return self._state.habits

    @property
    def news(self) -> Sequence[News]:
        """What happened since the news were taken, oldest first; it grows and empties."""
        return self._state.news

    def change_contract(self, terms: ContractTerms) -> None:
        """Put a contract under other terms while it trades."""
        symbol = terms.instrument.symbol
        self._state.contracts[symbol] = terms
        self._state.books.revision += 1
        quote = self._state.quotes.get(symbol)
        if quote is not None:
            quote.exact_last = None

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

    def tell_briefly(self) -> None:
        """Leave out of the news, from now on, what only a client of the wire reads."""
        self._state.is_brief = True

    def take_news(self) -> Sequence[News]:
        """Give what happened since the last call, oldest first."""
        news = list(self._state.news)
        self._state.news.clear()
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
        self._stops.drop_orphans()

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
        self._stops.drop_orphans()

    def on_time(self, at_ms: int) -> None:
        """Let time pass: good-till dates, countdowns, and what is too old to remember."""
        state = self._state
        state.now_ms = max(state.now_ms, at_ms)
        if self._countdowns:
            self._count_down(at_ms)
        if at_ms >= state.orders.first_end_ms:
            for order in state.orders.open_of(None):
                if 0 < order.good_till_ms <= at_ms:
                    self._engine.expire(order, 0)
            self._stops.expire_overdue()
            state.orders.look_for_ends()

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

    def deposit(self, amount: Decimal) -> None:
        """Put money into the wallet, or take it out."""
        self._state.books.transfer(amount, "TRANSFER", "", self._state.now_ms)
        self._engine.tell_account("DEPOSIT" if amount > 0 else "WITHDRAW", "", amount)

    def liquidate(self, symbol: str) -> None:
        """Take the positions of a symbol away as if the margin were gone."""
        self._forced.liquidate(symbol)
        self._stops.drop_orphans()

    def deleverage(self, symbol: str) -> None:
        """Take the positions of a symbol away by auto-deleveraging."""
        self._forced.deleverage(symbol)
        self._stops.drop_orphans()

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

    def _count_down(self, at_ms: int) -> None:
        for symbol in [symbol for symbol, due_ms in self._countdowns.items() if due_ms <= at_ms]:
            del self._countdowns[symbol]
            for order in self._state.orders.open_of(symbol):
                self._engine.cancel(order)
            if self._state.habits.does_countdown_cancel_stops:
                for stop in self._state.orders.stops_of(symbol):
                    self._stops.cancel(stop)
