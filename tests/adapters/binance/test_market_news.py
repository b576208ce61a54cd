import asyncio

from adapters.binance.market_news import candle_news, price_news, quote_news
from adapters.binance.price_feed import PriceEvent
from adapters.binance.streams.connectivity import (
    Connectivity,
    ConnectivityChanged,
    EventsMissed,
    LineEvent,
    StreamsBack,
    StreamsRefused,
    StreamsSilent,
)
from adapters.binance.streams.hole_watch import CandleEvent, CandleRebuilt, WarmUpNeeded
from adapters.binance.wire.market_events import BookTicker, MarkPrice
from application.news_inbox import NewsInbox
from domain import tape
from domain.connection_events import ConnectionChanged, HistoryLost
from domain.market.candle import Candle
from domain.market.quote import Quote
from domain.tape import CandleClosed, PriceMoved

BTC = "BTCUSDT"
CANDLE = Candle(0, 100.0, 101.0, 99.0, 100.5, 7.0)
BOOK = BookTicker(at_ms=5, symbol=BTC, bid=100.0, bid_quantity=1.0, ask=101.0, ask_quantity=2.0)
MARK = MarkPrice(at_ms=6, symbol=BTC, price=100.25)
_S = Connectivity


class CandleInbox(NewsInbox[CandleEvent | LineEvent]):
    name = "klines"


class PriceInbox(NewsInbox[PriceEvent | LineEvent]):
    name = "prices"


def connection(number: int, now: Connectivity, at_ms: int = 1) -> ConnectivityChanged:
    return ConnectivityChanged(at_ms, "klines", number, _S.DOWN, now, "")


def told_of(*items: CandleEvent | LineEvent) -> list[object]:
    feed = CandleInbox()
    news = candle_news(feed)
    for item in items:
        feed.put(item)
    told: list[object] = []
    while (event := news.take_now()) is not None:
        told.append(event)
    assert not len(feed)
    return told


def test_candles_closed_rebuilt_and_lost_keep_their_meaning() -> None:
    closed = CandleClosed(60_000, BTC, CANDLE)
    assert told_of(
        closed, CandleRebuilt(60_000, BTC, CANDLE), WarmUpNeeded(180_000, BTC, 60_000, 180_000, "too long")
    ) == [closed, tape.CandleRebuilt(60_000, BTC, CANDLE), HistoryLost(180_000, BTC, "too long")]
    assert isinstance(told_of(CandleRebuilt(60_000, BTC, CANDLE))[0], tape.CandleRebuilt)


def test_a_feed_is_up_when_all_its_connections_are() -> None:
    assert told_of(
        connection(0, _S.CONNECTING),
        connection(1, _S.CONNECTING),
        connection(0, _S.UNPROVEN, 2),
        connection(1, _S.UNPROVEN, 3),
        connection(0, _S.LIVE),
        connection(1, _S.LIVE),
        connection(1, _S.SILENT, 4),
        connection(1, _S.DOWN),
        connection(1, _S.LIVE, 5),
    ) == [
        ConnectionChanged(1, "klines", is_up=False),
        ConnectionChanged(3, "klines", is_up=True),
        ConnectionChanged(4, "klines", is_up=False),
        ConnectionChanged(5, "klines", is_up=True),
    ]


def test_streams_that_fall_silent_are_named() -> None:
    many = tuple(f"coin{number}usdt@kline_1m" for number in range(7))
    told = told_of(
        StreamsSilent(1, "klines", many[:1]),
        StreamsBack(2, "klines", many[:1]),
        StreamsRefused(3, "klines", (), "too many"),
        StreamsSilent(4, "klines", many),
    )
    assert told == [
        ConnectionChanged(1, "klines: coin0usdt@kline_1m", is_up=False),
        ConnectionChanged(2, "klines: coin0usdt@kline_1m", is_up=True),
        ConnectionChanged(3, "klines: a stream", is_up=False),
        ConnectionChanged(4, f"klines: {', '.join(many[:5])} and 2 more", is_up=False),
    ]


def test_what_was_missed_is_told_by_the_holes_it_leaves() -> None:
    closed = CandleClosed(60_000, BTC, CANDLE)
    assert told_of(EventsMissed(1, "klines", 0, "it begins"), closed) == [closed]


def test_a_mark_price_is_a_price() -> None:
    feed = PriceInbox()
    feed.put(MARK)
    feed.put(MARK)
    assert price_news(feed).take_now() == quote_news(feed).take_now() == PriceMoved(6, BTC, 100.25)


def test_a_book_is_its_middle_or_a_quote() -> None:
    feed = PriceInbox()
    feed.put(BOOK)
    feed.put(BOOK)
    assert price_news(feed).take_now() == PriceMoved(5, BTC, 100.5)
    assert quote_news(feed).take_now() == Quote(5, BTC, 100.0, 1.0, 101.0, 2.0)


def test_a_feed_wakes_the_tape() -> None:
    feed, sleeper = PriceInbox(), asyncio.Event()
    price_news(feed).wake(sleeper)
    feed.put(MARK)
    assert sleeper.is_set()
