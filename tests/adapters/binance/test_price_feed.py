"""Prices: the latest matters, and none goes back in time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from adapters.binance.price_feed import PriceFeed, PriceFeedRules, PriceSource, price_moved
from adapters.binance.stream_line import FeedRules
from adapters.binance.streams.connectivity import ConnectivityChanged
from adapters.binance.wire.market_events import BookTicker, MarkPrice
from domain.tape import PriceMoved
from tests.fakes.stream_venue import StreamVenue, book_ticker
from tests.feed_samples import Listener, listening, surroundings_of_loop
from tests.virtual_time import run

BTC = "btcusdt@bookTicker"

Scene = Callable[[StreamVenue, PriceFeed, Listener], Coroutine[Any, Any, None]]


def play(scene: Scene, rules: PriceFeedRules | None = None) -> Listener:
    async def main() -> Listener:
        async with StreamVenue() as venue:
            feed = PriceFeed(
                venue.url, ("BTCUSDT", "ETHUSDT"), rules or PriceFeedRules(), surroundings_of_loop()
            )
            async with listening(feed) as listener:
                await asyncio.sleep(2)
                await scene(venue, feed, listener)
                await asyncio.sleep(1)
            return listener

    return run(main)


def test_book_tickers_come_from_the_public_route() -> None:
    async def scene(venue: StreamVenue, _: PriceFeed, __: Listener) -> None:
        assert [connection.path for connection in venue.connections] == ["/public/stream"]
        await venue.say(BTC, book_ticker("BTCUSDT", 7, bid=99.0, ask=102.0))

    (told,) = play(scene).of(BookTicker)
    assert price_moved(told) == PriceMoved(1_007, "BTCUSDT", 100.5)


def test_mark_prices_come_from_the_market_route() -> None:
    event = {
        "e": "markPriceUpdate",
        "E": 5,
        "s": "BTCUSDT",
        "p": "91.5",
        "i": "91.4",
        "r": "0.0001",
        "T": 9,
        "st": 1,
    }

    async def scene(venue: StreamVenue, _: PriceFeed, __: Listener) -> None:
        assert [connection.path for connection in venue.connections] == ["/market/stream"]
        await venue.say("btcusdt@markPrice@1s", event)

    (told,) = play(scene, PriceFeedRules(PriceSource.MARK)).of(MarkPrice)
    assert price_moved(told) == PriceMoved(5, "BTCUSDT", 91.5)


def test_a_price_told_again_or_too_late_is_counted_and_dropped() -> None:
    async def scene(venue: StreamVenue, feed: PriceFeed, _: Listener) -> None:
        for number in (5, 6, 6, 4, 7):
            await venue.say(BTC, book_ticker("BTCUSDT", number))
        await asyncio.sleep(0.1)
        assert (feed.counters().duplicates, feed.counters().late) == (1, 1)

    assert [told.update_id for told in play(scene).of(BookTicker)] == [5, 6, 7]


def test_a_slow_desk_gets_the_latest_price_of_each_symbol_and_the_reader_never_waits() -> None:
    async def main() -> tuple[list[BookTicker], int, int]:
        async with StreamVenue() as venue:
            rules = PriceFeedRules(feed=FeedRules(queue_size=50))
            feed = PriceFeed(venue.url, ("BTCUSDT", "ETHUSDT"), rules, surroundings_of_loop())
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(feed.run())
                await asyncio.sleep(2)
                for number in range(1, 2_001):
                    await venue.say(BTC, book_ticker("BTCUSDT", number))
                    if number % 100 == 0:
                        await venue.say("ethusdt@bookTicker", book_ticker("ETHUSDT", number))
                await asyncio.sleep(5)
                assert feed.waiting == 50
                counters = feed.counters()
                told = [item async for item in _first(feed, 50)]
                running.cancel()
            prices = [item for item in told if isinstance(item, BookTicker)]
            return prices, counters.conflated, counters.reader_waits

    prices, conflated, waits = run(main)
    assert waits == 0
    assert conflated == 2_020 - len(prices)
    newest = {price.symbol: price.update_id for price in prices}
    assert newest == {"BTCUSDT": 2_000, "ETHUSDT": 2_000}


def test_what_is_no_price_is_ignored_and_garbage_is_counted() -> None:
    ticker = {"e": "24hrMiniTicker", "E": 5, "s": "BTCUSDT", "c": "1", "v": "1", "q": "1", "st": 1}

    async def scene(venue: StreamVenue, feed: PriceFeed, _: Listener) -> None:
        await venue.say(BTC, ticker)
        await venue.say(BTC, {**book_ticker("BTCUSDT", 1), "st": 2})
        await venue.connections[0].say("nonsense")
        await asyncio.sleep(0.1)
        counters = feed.counters()
        assert counters.kinds_ignored == {"MiniTicker": 1}
        assert counters.malformed == 1

    assert not play(scene).of(BookTicker)


async def _first(feed: PriceFeed, count: int) -> AsyncIterator[object]:
    async for item in feed:
        yield item
        count -= 1
        if count == 0:
            return


def test_what_became_of_the_connection_is_told_in_between() -> None:
    async def scene(venue: StreamVenue, _: PriceFeed, __: Listener) -> None:
        await venue.say(BTC, book_ticker("BTCUSDT", 7))
        await asyncio.sleep(0.1)
        venue.connections[0].cut()
        await asyncio.sleep(8)
        await venue.say(BTC, book_ticker("BTCUSDT", 8))

    told = play(scene).told
    kinds = [item.now.value if isinstance(item, ConnectivityChanged) else item.update_id for item in told]
    assert kinds[:2] == ["connecting", "connected, nothing heard yet"]
    assert kinds.index(7) < kinds.index("down") < kinds.index(8)
