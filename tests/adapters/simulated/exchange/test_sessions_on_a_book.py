"""Whole sessions of the desk on the whole exchange and its book, as a paper run on candles has them."""

import asyncio
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.journal import MemoryJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from application.market_minutes import EveryCandle
from application.session_report import SessionReport, build_report
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.market.candle import Candle
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.tape import CandleClosed, Event, FundingSettled, PriceMoved, SessionEnding, SessionOpened
from tests.adapters.simulated.exchange.corner_feed import CornerFeed
from tests.adapters.simulated.exchange.exchange_samples import GRID, SYMBOL, buy, sell
from tests.application.drill import WALLET, instrument
from tests.application.test_desk_with_venue import SYMBOLS, a_desk, some_books, walk
from tests.fakes.recorder_of_calls import NotedClock

HABITS = ExchangeHabits(is_reduce_only_stop_refused_when_flat=True)


class Session(NamedTuple):
    """What is left of a session."""

    report: SessionReport
    exchange: SimulatedExchange
    desk_wallet: Decimal
    is_idle: bool


def traded(seed: int, minutes: int = 600) -> Session:
    exchange = SimulatedExchange({one: ContractTerms(instrument(one)) for one in SYMBOLS}, WALLET, HABITS)
    broker = ExchangeBroker(exchange)
    feed = CornerFeed(exchange, broker, EveryCandle(walk(seed, minutes, 0.0006)))
    books, store = some_books(), MemoryTradeStore()
    desk = a_desk(books, has_score=False)

    async def main() -> SessionReport:
        recorder = UnifiedTradeRecorder(store, is_prompt=False)
        session = TradingSession(feed, NotedClock([]), MemoryJournal({}), desk, broker, recorder)
        tally = await session.run()
        trades, decisions = await store.trades(), await store.decisions()
        return build_report(tally, trades, decisions, WALLET, exchange.wallet().balance)

    report = asyncio.run(main())
    return Session(report, exchange, desk.wallet, all(book.is_idle for book in books))


@settings(max_examples=4)
@given(st.integers(0, 2**32))
def test_a_session_ends_flat_and_its_trades_explain_the_wallet(seed: int) -> None:
    session = traded(seed)
    assert session.report.totals.trades > 0
    assert session.desk_wallet == session.exchange.wallet().balance
    assert session.report.totals.net_pnl == session.exchange.wallet().balance - WALLET
    assert session.is_idle
    assert all(not one.amount for one in session.exchange.positions())
    assert not session.exchange.open_orders(None)
    assert not session.exchange.open_stops(None)


def events_of(candles: list[Candle], wallet: str = "1000") -> tuple[SimulatedExchange, list[Event]]:
    exchange = SimulatedExchange({SYMBOL: ContractTerms(GRID)}, Decimal(wallet), HABITS)
    broker = ExchangeBroker(exchange)
    feed = CornerFeed(exchange, broker, EveryCandle((SYMBOL, candle) for candle in candles))
    events = []
    for event in feed.events():
        events.append(event)
        if isinstance(event, CandleClosed) and not exchange.live_positions():
            exchange.place(buy("1"))
    return exchange, events


def test_a_session_opens_tells_candles_gaps_and_funding_and_ends() -> None:
    first_ms = 8 * HOUR_MS - MINUTE_MS
    opens = (first_ms, first_ms + MINUTE_MS, first_ms + 3 * MINUTE_MS)
    _, events = events_of([Candle(opened, 100.0, 101.0, 99.0, 100.5, 50.0, 25.0) for opened in opens])
    kinds = [type(event) for event in events]
    assert (kinds[0], kinds[-1]) == (SessionOpened, SessionEnding)
    assert kinds.count(CandleClosed) == 3
    assert [event.at_ms for event in events if isinstance(event, FundingSettled)] == [8 * HOUR_MS]
    assert [event.at_ms for event in events if isinstance(event, PriceMoved)] == [opens[2]]


def test_an_empty_market_opens_and_ends() -> None:
    _, events = events_of([])
    assert [type(event) for event in events] == [SessionOpened, SessionEnding]


@pytest.mark.parametrize(("closed", "sides"), [(100.5, ["BUY", "SELL"]), (99.5, ["SELL", "BUY"])])
def test_a_rising_candle_sees_its_low_first_and_a_falling_one_its_high(
    closed: float, sides: list[str]
) -> None:
    exchange = SimulatedExchange({SYMBOL: ContractTerms(GRID)}, Decimal(1_000), HABITS)
    calm = Candle(0, 100.0, 100.0, 100.0, 100.0, 50.0, 25.0)
    wide = Candle(MINUTE_MS, 100.0, 101.0, 99.0, closed, 50.0, 25.0)
    market = EveryCandle([(SYMBOL, calm), (SYMBOL, wide)])
    for event in CornerFeed(exchange, ExchangeBroker(exchange), market).events():
        if isinstance(event, CandleClosed) and event.candle is calm:
            exchange.place(buy("1", kind="LIMIT", price=Decimal("99.2"), time_in_force="GTX"))
            exchange.place(sell("1", kind="LIMIT", price=Decimal("100.8"), time_in_force="GTX"))
    assert [trade.side.name for trade in exchange.trades(SYMBOL)] == sides
