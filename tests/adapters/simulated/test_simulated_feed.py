import asyncio
from dataclasses import replace
from decimal import Decimal
from math import inf

from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_feed import SimulatedFeed
from application.market_minutes import Busy, CalmPrices, EveryCandle, Minute, Stillness
from domain.market.candle_run import CandleList
from domain.tape import (
    CandleClosed,
    CandlesPassed,
    Event,
    FundingSettled,
    PriceMoved,
    SessionEnding,
    SessionOpened,
)
from tests.adapters.simulated.candle_play import (
    FREE,
    MINUTE,
    USUAL,
    Script,
    Terms,
    candle,
    candles_of,
    exchange_on_candles,
    play,
)
from tests.order_samples import INSTRUMENT, SYMBOL, entry, market_exit, stop

CALM = "100 100 100 100"
OTHER = "BTCUSDT"


def an_exchange(wallet: str = "100000", terms: Terms = USUAL) -> tuple[SimulatedExchange, ExchangeBroker]:
    exchange = exchange_on_candles({SYMBOL: INSTRUMENT}, Decimal(wallet), terms)
    return exchange, ExchangeBroker(exchange)


def test_a_session_opens_with_its_wallet_shows_every_candle_and_ends() -> None:
    market = [(SYMBOL, candle(5, CALM)), (SYMBOL, candle(6, CALM))]
    assert play(market, {}, wallet="77").events == [
        SessionOpened(5 * MINUTE, Decimal(77)),
        CandleClosed(6 * MINUTE, SYMBOL, market[0][1]),
        CandleClosed(7 * MINUTE, SYMBOL, market[1][1]),
        SessionEnding(7 * MINUTE),
    ]


def test_an_empty_market_opens_and_ends() -> None:
    assert play([], {}, wallet="77").events == [SessionOpened(0, Decimal(77)), SessionEnding(0)]


def test_the_feed_is_read_asynchronously() -> None:
    async def read() -> list[Event]:
        exchange, broker = an_exchange(terms=FREE)
        feed = SimulatedFeed(exchange, broker, EveryCandle(candles_of(CALM, CALM)))
        return [event async for event in feed]

    assert asyncio.run(read()) == play(candles_of(CALM, CALM), {}).events


def test_after_a_gap_the_open_is_shown_first_and_market_orders_sent_on_it_fill_there() -> None:
    market = [(SYMBOL, candle(0, CALM)), (SYMBOL, candle(1, CALM)), (SYMBOL, candle(9, "90 91 80 85"))]
    script: Script = {"closed 1": [entry()], "moved 9": [market_exit()]}
    played = play(market, script)
    assert PriceMoved(9 * MINUTE, SYMBOL, 90.0) in played.events
    assert played.trades == [("a-e", "100.0", 1), ("a-x1", "90.0", 9)]
    assert played.words[-5:] == ["moved 9", "accepted a-x1", "filled a-x1", "closed 10", "ending"]


def test_the_first_candle_of_a_symbol_is_no_gap() -> None:
    market = [(SYMBOL, candle(0, CALM)), (OTHER, candle(7, CALM))]
    assert "moved 7 BTCUSDT" not in play(market, {}).words


def test_an_order_sent_before_a_gap_rests_through_it() -> None:
    market = [(SYMBOL, candle(0, CALM)), (SYMBOL, candle(9, "90 91 80 85"))]
    assert play(market, {"closed 1": [entry()]}).trades == [("a-e", "90.0", 9)]


def test_what_the_session_sends_at_its_end_fills_at_the_last_close() -> None:
    script: Script = {"closed 1": [entry()], "closed 2": [stop("90.0")], "ending": ["a-s1", market_exit()]}
    played = play(candles_of(CALM, "100 105 99 104"), script)
    assert played.trades == [("a-e", "100.0", 1), ("a-x1", "104.0", 2)]
    assert played.words[-4:] == ["ending", "cancelled a-s1", "accepted a-x1", "filled a-x1"]


def test_the_answer_to_an_answer_still_comes_before_the_tape_ends() -> None:
    script: Script = {"ending": [entry("a-e")], "filled a-e": [market_exit()]}
    assert [trade[0] for trade in play(candles_of(CALM), script).trades] == ["a-e", "a-x1"]


def test_all_symbols_of_a_minute_open_then_trade_then_close() -> None:
    instruments = {SYMBOL: INSTRUMENT, OTHER: replace(INSTRUMENT, symbol=OTHER)}
    market = [(symbol, candle(minute, "100 101 98 100")) for minute in range(2) for symbol in (OTHER, SYMBOL)]
    script: Script = {
        "closed 1 BTCUSDT": [entry("b-e", symbol=OTHER, price="99.0")],
        "closed 1": [entry("a-e")],
    }
    played = play(market, script, instruments=instruments)
    assert played.words[-6:] == [
        "accepted a-e",
        "filled a-e",
        "filled b-e",
        "closed 2 BTCUSDT",
        "closed 2",
        "ending",
    ]
    assert [trade[2] for trade in played.trades] == [1, 2]


def test_an_order_for_another_symbol_waits_for_that_symbols_candle() -> None:
    instruments = {SYMBOL: INSTRUMENT, OTHER: replace(INSTRUMENT, symbol=OTHER)}
    market = [
        (SYMBOL, candle(0, CALM)),
        (OTHER, candle(0, CALM)),
        (SYMBOL, candle(1, CALM)),
        (SYMBOL, candle(2, CALM)),
        (OTHER, candle(2, "90 90 90 90")),
    ]
    played = play(market, {"closed 2": [entry(symbol=OTHER)]}, instruments=instruments)
    assert played.trades == [("a-e", "90.0", 2)]


class Minutes:
    """A market that gives the minutes of a list, and keeps who was told to be busy."""

    def __init__(self, *minutes: Minute) -> None:
        self._minutes = iter(minutes)
        self.busy: list[Busy] = []

    def next_minute(self, busy: Busy) -> Minute | None:
        self.busy.append(busy)
        return next(self._minutes, None)


def test_quiet_candles_are_told_late_or_at_the_close_they_end_with() -> None:
    shown, quiet = candle(3, CALM), CandleList([candle(minute, CALM) for minute in range(3)])
    own, other = CandleList([candle(minute, CALM) for minute in range(1, 3)]), CandleList([candle(3, CALM)])
    first = candle(0, CALM)
    market = Minutes(
        Minute(0, [(SYMBOL, first)], [(SYMBOL, first)]),
        Minute(
            3 * MINUTE, [(SYMBOL, shown)], [(OTHER, quiet), (OTHER, other), (SYMBOL, shown)], [(SYMBOL, own)]
        ),
    )
    assert list(SimulatedFeed(*an_exchange("100"), market).events()) == [
        SessionOpened(0, Decimal(100)),
        CandleClosed(MINUTE, SYMBOL, first),
        CandlesPassed(3 * MINUTE, SYMBOL, own, 3 * MINUTE),
        CandlesPassed(4 * MINUTE, OTHER, quiet, 3 * MINUTE),
        CandlesPassed(4 * MINUTE, OTHER, other, 4 * MINUTE),
        CandleClosed(4 * MINUTE, SYMBOL, shown),
        SessionEnding(4 * MINUTE),
    ]


def test_the_market_is_told_in_which_symbols_orders_rest_or_a_position_is_open() -> None:
    candles = [candle(minute, CALM) for minute in range(4)]
    market = Minutes(*(Minute(one.open_time_ms, [(SYMBOL, one)], [(SYMBOL, one)]) for one in candles))
    exchange, broker = an_exchange()
    for event in SimulatedFeed(exchange, broker, market).events():
        if event == CandleClosed(MINUTE, SYMBOL, candles[0]):
            broker.place(entry("a-e", quantity="1"))
    assert market.busy == [{}, {SYMBOL: CalmPrices(inf, inf)}, {SYMBOL: None}, {SYMBOL: None}, {SYMBOL: None}]


class StillHolder:
    """Says the same whenever it is asked."""

    stillness = Stillness(7, {SYMBOL: CalmPrices(90.0, 110.0)})


def test_the_market_is_told_which_prices_leave_what_is_held_alone_if_its_holder_can_say() -> None:
    candles = [candle(minute, CALM) for minute in range(3)]
    market = Minutes(*(Minute(one.open_time_ms, [(SYMBOL, one)], [(SYMBOL, one)]) for one in candles))
    exchange, broker = an_exchange()
    feed = SimulatedFeed(exchange, broker, market)
    feed.spare(StillHolder())
    for event in feed.events():
        if event == CandleClosed(MINUTE, SYMBOL, candles[0]):
            broker.place(entry("a-e", quantity="1"))
    assert market.busy == [
        {},
        {SYMBOL: CalmPrices(inf, inf)},
        {SYMBOL: CalmPrices(90.0, 110.0, 7)},
        {SYMBOL: CalmPrices(90.0, 110.0, 7)},
    ]


def test_what_passed_is_told_in_the_order_in_which_it_ended_and_before_funding_at_its_last_price() -> None:
    first = candle(478, CALM)
    own, other = CandleList([candle(479, "100 100 100 90")]), CandleList([candle(450, CALM)])
    market = Minutes(
        Minute(478 * MINUTE, [(SYMBOL, first)], [(SYMBOL, first)]),
        Minute(480 * MINUTE, [], [], [(SYMBOL, own), (OTHER, other)]),
    )
    exchange, broker = an_exchange()
    events = []
    for event in SimulatedFeed(exchange, broker, market).events():
        events.append(event)
        if event == SessionOpened(478 * MINUTE, Decimal(100_000)):
            exchange.candles.show(SYMBOL, 100.0)
            broker.place(entry("a-e", quantity="1"))
    told = [event for event in events if isinstance(event, CandlesPassed | FundingSettled)]
    assert told == [
        CandlesPassed(479 * MINUTE, OTHER, other, 451 * MINUTE),
        CandlesPassed(480 * MINUTE, SYMBOL, own, 480 * MINUTE),
        FundingSettled(480 * MINUTE, SYMBOL, Decimal("0.0001"), Decimal("-0.009")),
    ]


def test_funding_that_falls_due_inside_a_candle_is_told_when_the_candle_is_over() -> None:
    market = [(SYMBOL, candle(minute, CALM)) for minute in range(0, 75, 15)]
    terms = replace(FREE, funding_rate=Decimal("0.001"), funding_interval_ms=10 * MINUTE)
    exchange, broker = an_exchange(terms=terms)
    events = []
    for event in SimulatedFeed(exchange, broker, EveryCandle(market), 15 * MINUTE).events():
        events.append(event)
        if event == CandleClosed(15 * MINUTE, SYMBOL, market[0][1]):
            broker.place(entry("a-e", quantity="1"))
    times = [event.at_ms for event in events]
    funded = [event.at_ms / MINUTE for event in events if isinstance(event, FundingSettled)]
    assert times == sorted(times)
    assert funded == [30, 30, 45, 60, 60]


def test_where_only_orders_wait_the_market_is_told_which_prices_leave_them_alone() -> None:
    market = Minutes(*(Minute(at, [], []) for at in (0, MINUTE)))
    exchange, broker = an_exchange()
    exchange.candles.show(SYMBOL, 100.0)
    broker.place(entry("a-e", price="95"))
    broker.place(entry("b-e", price="90"))
    list(SimulatedFeed(exchange, broker, market).events())
    assert market.busy == [{SYMBOL: CalmPrices(94.9, inf)}] * 3
