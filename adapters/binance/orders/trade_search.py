"""What moved the account without the stream's word: trades of unknown orders, and funding."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from adapters.binance.orders.account_reader import SEARCHED_BEFORE_MS, AccountReader, TapeNews
from adapters.binance.orders.errand import Errand, Priority, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.wire.account_events import OrderReport
from adapters.binance.wire.account_news import ForeignCause
from adapters.binance.wire.account_requests import income, user_trades
from adapters.binance.wire.foreign_order import cause_of
from adapters.binance.wire.found_trade import fill_of
from adapters.binance.wire.order_requests import query_by_number
from adapters.binance.wire.outcome import Done, Outcome, Refused
from adapters.binance.wire.replies import IncomeTold, OrderTold, UserTrade
from domain.market.timeframe import DAY_MS, MINUTE_MS
from domain.orders.fill import Fill

_INCOME: Final = "income"
_ROWS_A_PAGE: Final = 1_000
_LONGEST_SPAN_MS: Final = 7 * DAY_MS
_FUNDING_LOOK_BACK_MS: Final = 24 * 60 * MINUTE_MS
_AGAIN_AFTER_MS: Final = 1_000
_LOOKS_UNTIL_GONE: Final = 4
_NOT_FOUND: Final = frozenset({-2011, -2013})


class TradeSearch:
    """Finds who traded: an order's number is asked for its name, and its trades are told by that name."""

    def __init__(self, book: TicketBook, reader: AccountReader, wallet_asset: str = "USDT") -> None:
        self._book = book
        self._reader = reader
        self._wallet_asset = wallet_asset
        self._symbols: dict[str, int] = {}
        self._puzzles: dict[int, str] = {}
        self._absences: Counter[int] = Counter()
        self._trades: dict[int, list[UserTrade]] = {}
        self._strangers: set[int] = set()
        self._forced: dict[int, str] = {}
        self._busy: set[str] = set()
        self._funding_since_ms = 0
        self._is_income_due = False
        self._not_before_ms = 0
        self.opened_ms = 0
        self.agreed_ms = 0

    @property
    def is_under_way(self) -> bool:
        """Whether something is still being looked for."""
        return bool(self._symbols or self._puzzles or self._is_income_due or self._busy)

    def take_over(self, opened_ms: int, agreed_ms: int) -> None:
        """Search from where an earlier run of the session last knew that its account was the venue's."""
        self.opened_ms = max(opened_ms, agreed_ms - SEARCHED_BEFORE_MS)
        self.agreed_ms = agreed_ms

    def want_trades(self, symbol: str, not_before_ms: int) -> None:
        """Look for trades of a symbol since positions agreed, but leave stops time to be linked first."""
        self._not_before_ms = max(self._not_before_ms, not_before_ms)
        self._symbols[symbol] = max(0, self.agreed_ms - SEARCHED_BEFORE_MS)

    def want_funding(self, now: Moment) -> None:
        """Look for funding, and for whatever else moved the wallet beside trading, that was not told."""
        self._is_income_due = True
        since_ms = min(self.agreed_ms, now.venue_ms - _FUNDING_LOOK_BACK_MS)
        self._funding_since_ms = max(self.opened_ms, since_ms)

    def puzzles_in(self, symbol: str, trades: Sequence[UserTrade]) -> bool:
        """Tell whether any of these trades is of an order of unknown name, and ask for it."""
        unknown = {trade.order_id for trade in trades if self._is_unknown(trade)}
        self._puzzles |= dict.fromkeys(unknown, symbol)
        return bool(unknown)

    def errand(self, now: Moment) -> Errand | None:
        """Give the next question; the venue tells trades of seven days at most at a time."""
        if self._busy or now.steady_ms < self._not_before_ms:
            return None
        for number, symbol in self._puzzles.items():
            return Errand(Task.IDENTIFY, str(number), Priority.LOOK, query_by_number(symbol, number))
        for symbol, since_ms in self._symbols.items():
            ends_ms = since_ms + _LONGEST_SPAN_MS
            until_ms = ends_ms if ends_ms < now.venue_ms else None
            request = user_trades(symbol, since_ms=since_ms, until_ms=until_ms)
            return Errand(Task.FIND_TRADES, symbol, Priority.LOOK, request)
        if self._is_income_due:
            asked = income(since_ms=self._funding_since_ms, most=_ROWS_A_PAGE)
            return Errand(Task.FIND_FUNDING, _INCOME, Priority.COMPARE, asked)
        return None

    def began(self, errand: Errand) -> None:
        """A question is on its way."""
        self._busy.add(errand.about)

    def answered(self, errand: Errand, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        """Take an answer; one that fails is asked for again."""
        self._busy.discard(errand.about)
        if errand.task is Task.IDENTIFY:
            return self._identified(int(errand.about), outcome, now)
        if not isinstance(outcome, Done):
            self._not_before_ms = now.steady_ms + _AGAIN_AFTER_MS
            return []
        if errand.task is Task.FIND_TRADES:
            self._go_on_behind(errand.about, outcome.reply, now)
            return self._found_trades(errand.about, outcome.reply, now)
        return self._found_income(outcome.reply)

    def _go_on_behind(self, symbol: str, trades: Sequence[UserTrade], now: Moment) -> None:
        """Ask on where a page was full, or where seven days were over before now."""
        since_ms = self._symbols.pop(symbol, now.venue_ms)
        ends_ms = since_ms + _LONGEST_SPAN_MS
        if len(trades) >= _ROWS_A_PAGE:
            self._symbols[symbol] = max(since_ms + 1, *(trade.time for trade in trades))
        elif ends_ms < now.venue_ms:
            self._symbols[symbol] = ends_ms

    def _is_unknown(self, trade: UserTrade) -> bool:
        number = trade.order_id
        is_named = number in self._strangers or number in self._forced
        is_known = is_named or self._reader.knows_trade(trade)
        return self._book.of_number(number) is None and not is_known

    def _found_trades(self, symbol: str, trades: Sequence[UserTrade], now: Moment) -> list[TapeNews]:
        self.puzzles_in(symbol, trades)
        news: list[TapeNews] = []
        for trade in sorted(trades, key=lambda one: one.id):
            ticket = self._book.of_number(trade.order_id)
            if ticket is not None:
                news += self._reader.found_fill(self._fill(trade, ticket.order_id), now)
            elif trade.order_id in self._forced:
                forced = self._fill(trade, self._forced[trade.order_id])
                news += self._reader.found_forced(forced, now)
            elif trade.order_id in self._puzzles:
                self._trades.setdefault(trade.order_id, []).append(trade)
            news += self._reader.found_fee(trade, now)
        self._reader.fees_looked_for(symbol)
        if symbol in self._reader.symbols_with_fees_due:
            self.want_trades(symbol, now.steady_ms + _AGAIN_AFTER_MS)
        return news

    def _identified(self, number: int, outcome: Outcome[Any], now: Moment) -> list[TapeNews]:
        match outcome:
            case Done(OrderTold() as told):
                del self._puzzles[number]
                return self._named(number, told, now)
            case Refused() if outcome.code in _NOT_FOUND and self._absences[number] >= _LOOKS_UNTIL_GONE:
                del self._puzzles[number]
                return self._is_strangers(number, now)
            case _:
                self._absences[number] += isinstance(outcome, Refused) and outcome.code in _NOT_FOUND
                self._not_before_ms = now.steady_ms + _AGAIN_AFTER_MS
                return []

    def _named(self, number: int, told: OrderTold, now: Moment) -> list[TapeNews]:
        trades = self._trades.pop(number, [])
        ticket = self._book.get(told.client_order_id)
        if ticket is not None:
            self._book.number(ticket, number)
            ticket.claim(told.executed_qty, is_complete=told.status == "FILLED")
            ticket.look_due_ms = now.steady_ms
            self._book.reopen(ticket)
            return [
                news
                for trade in trades
                for news in self._reader.found_fill(self._fill(trade, ticket.order_id), now)
            ]
        if _cause(told) is ForeignCause.STRANGER:
            return self._is_strangers(number, now)
        self._forced[number] = told.client_order_id
        return [
            news
            for trade in trades
            for news in self._reader.found_forced(self._fill(trade, told.client_order_id), now)
        ]

    def _is_strangers(self, number: int, now: Moment) -> list[TapeNews]:
        self._strangers.add(number)
        self._trades.pop(number, None)
        self._absences.pop(number, None)
        return self._reader.unsure(now.venue_ms, f"order {number}, which is none of ours, has traded")

    def _found_income(self, rows: Sequence[IncomeTold]) -> list[TapeNews]:
        """Take a page of the list, whatever kinds are in it; after a full one there is more."""
        self._is_income_due = len(rows) >= _ROWS_A_PAGE
        if self._is_income_due:
            self._funding_since_ms = max(self._funding_since_ms + 1, rows[-1].time)
        return [news for row in rows for news in self._reader.found_income(row)]

    def _fill(self, trade: UserTrade, order_id: str) -> Fill:
        return fill_of(trade, order_id, is_last=False, wallet_asset=self._wallet_asset)


def _cause(told: OrderTold) -> ForeignCause:
    return cause_of(
        OrderReport(
            symbol=told.symbol,
            client_id=told.client_order_id,
            side=told.side,
            execution="NEW",
            status=told.status,
            venue_order_id=told.order_id,
            at_ms=told.update_time,
            kind=told.type,
        )
    )
