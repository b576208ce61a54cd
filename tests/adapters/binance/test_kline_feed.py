"""Closed candles over real connections: each once, in order, whatever the venue does."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.stream_line import FeedRules
from adapters.binance.stream_socket import SocketRules
from adapters.binance.streams.connectivity import (
    Connectivity,
    ConnectivityChanged,
    StreamsBack,
    StreamsRefused,
    StreamsSilent,
)
from adapters.binance.streams.hole_watch import CandleRebuilt, WarmUpNeeded
from adapters.binance.streams.rebuilt_candles import PastTrade
from domain.market.candle import Candle
from domain.tape import CandleClosed
from tests.fakes.stream_venue import MINUTE_MS, StreamVenue, kline
from tests.feed_samples import START_MS, Listener, PastTrades, listening, surroundings_of_loop
from tests.virtual_time import run

FIRST = START_MS // MINUTE_MS
BTC, ETH = "btcusdt@kline_1m", "ethusdt@kline_1m"
DOWN, CONNECTING, UNPROVEN = Connectivity.DOWN, Connectivity.CONNECTING, Connectivity.UNPROVEN
LIVE, SILENT, STOPPED = Connectivity.LIVE, Connectivity.SILENT, Connectivity.STOPPED

Scene = Callable[[StreamVenue, KlineFeed, Listener], Coroutine[Any, Any, None]]


def play(
    scene: Scene,
    symbols: tuple[str, ...] = ("BTCUSDT", "ETHUSDT"),
    history: PastTrades | None = None,
    rules: KlineFeedRules | None = None,
) -> Listener:
    async def main() -> Listener:
        async with StreamVenue() as venue:
            feed = KlineFeed(
                venue.url, symbols, history or PastTrades(), rules or KlineFeedRules(), surroundings_of_loop()
            )
            async with listening(feed) as listener:
                await asyncio.sleep(3)
                await scene(venue, feed, listener)
                await asyncio.sleep(1.5)
            return listener

    return run(main)


def minutes(listener: Listener, symbol: str = "BTCUSDT") -> list[int]:
    candles = [told for told in listener.of(CandleClosed, CandleRebuilt) if told.symbol == symbol]
    return [told.candle.open_time_ms // MINUTE_MS - FIRST for told in candles]


async def speak(venue: StreamVenue, seconds: int, *streams: str) -> None:
    """Let streams tell once a second of the candle under way."""
    for _ in range(seconds):
        minute = FIRST + int(asyncio.get_running_loop().time()) // 60
        for stream in streams:
            await venue.say(stream, kline(stream.split("@")[0].upper(), minute, is_closed=False))
        await asyncio.sleep(1)


async def close_minutes(venue: StreamVenue, *numbers: int) -> None:
    for number in numbers:
        await venue.say(BTC, kline("BTCUSDT", FIRST + number))
        await venue.say(ETH, kline("ETHUSDT", FIRST + number))


def test_a_closed_candle_comes_as_an_event_of_the_tape() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        assert [connection.path for connection in venue.connections] == ["/market/stream"]
        assert venue.connections[0].streams == [BTC, ETH]
        await venue.say(BTC, kline("BTCUSDT", FIRST, is_closed=False))
        await venue.say(BTC, kline("BTCUSDT", FIRST, close=102.5))
        await asyncio.sleep(1.5)
        counters = feed.counters()
        assert (counters.frames, counters.acknowledged, counters.events) == (3, 1, 1)

    listener = play(scene)
    (closed,) = listener.of(CandleClosed)
    assert closed.at_ms == (FIRST + 1) * MINUTE_MS
    assert closed.candle == (FIRST * MINUTE_MS, 100.0, 103.5, 99.0, 102.5, 10.5, 4.5)
    assert listener.states() == [CONNECTING, UNPROVEN, LIVE, STOPPED]


def test_many_symbols_are_subscribed_in_batches_and_over_several_connections() -> None:
    symbols = tuple(f"COIN{number}USDT" for number in range(2_500))

    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        assert sorted(len(connection.streams) for connection in venue.connections) == [833, 833, 834]
        for connection in venue.connections:
            times = [at_s for at_s, _, _ in connection.asked]
            assert len(times) == 5
            assert all(later - earlier >= 0.2 for earlier, later in pairwise(times))

    play(scene, symbols)


def test_after_a_cut_it_comes_back_and_fills_the_hole() -> None:
    trade = PastTrade(1, (FIRST + 2) * MINUTE_MS + 5_000, 107.0, Decimal("3.0"), is_buyer_maker=False)
    history = PastTrades([trade])

    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        await close_minutes(venue, 0, 1)
        await asyncio.sleep(0.1)
        venue.connections[0].cut()
        await asyncio.sleep(10)
        await close_minutes(venue, 3, 4)
        await asyncio.sleep(8)
        counters = feed.counters()
        assert (counters.lost_connections, counters.holes, counters.rebuilt) == (1, 2, 2)

    listener = play(scene, history=history)
    assert minutes(listener) == minutes(listener, "ETHUSDT") == [0, 1, 2, 3, 4]
    rebuilt = listener.of(CandleRebuilt)
    assert rebuilt[0].candle == ((FIRST + 2) * MINUTE_MS, 107.0, 107.0, 107.0, 107.0, 3.0, 3.0)
    assert listener.states() == [CONNECTING, UNPROVEN, LIVE, DOWN, CONNECTING, UNPROVEN, LIVE, STOPPED]
    assert {asked.split()[0] for asked in history.asked} == {"BTCUSDT", "ETHUSDT"}


class SlowTrades(PastTrades):
    """A history that takes two seconds for an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = self.most_under_way = 0

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> Sequence[PastTrade]:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        asked = await super().trades_between(symbol, from_ms, until_ms)
        await asyncio.sleep(2)
        self.under_way -= 1
        return asked


class AtStake:
    """Somebody who trades one symbol."""

    def __init__(self, symbol: str) -> None:
        self._symbol = symbol

    def symbols_at_stake(self) -> frozenset[str]:
        return frozenset({self._symbol})


def test_holes_are_filled_side_by_side_and_first_where_something_is_at_stake() -> None:
    symbols, history = tuple(f"COIN{number:02}USDT" for number in range(20)), SlowTrades()

    async def main() -> Listener:
        async with StreamVenue() as venue:
            around, rules = surroundings_of_loop(), KlineFeedRules()
            feed = KlineFeed(venue.url, symbols, history, rules, around, stakes=AtStake("COIN17USDT"))
            async with listening(feed) as listener:
                await asyncio.sleep(3)
                for minute in (0, 2):
                    for symbol in symbols:
                        stream = f"{symbol.lower()}@kline_1m"
                        await venue.say(stream, kline(symbol, FIRST + minute))
                await asyncio.sleep(5)
                for symbol in symbols:
                    await venue.say(f"{symbol.lower()}@kline_1m", kline(symbol, FIRST + 3))
                await asyncio.sleep(7)
            return listener

    listener = run(main)
    assert [minutes(listener, symbol) for symbol in symbols] == [[0, 1, 2, 3]] * 20
    assert [asked.split()[0] for asked in history.asked][:2] == ["COIN17USDT", "COIN00USDT"]
    assert history.most_under_way == 9


def test_a_lost_last_frame_is_noticed_when_the_next_candle_begins() -> None:
    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await close_minutes(venue, 0)
        await venue.say(BTC, kline("BTCUSDT", FIRST + 2, is_closed=False))
        await asyncio.sleep(6)

    listener = play(scene)
    assert [type(told) for told in listener.of(CandleClosed, CandleRebuilt) if told.symbol == "BTCUSDT"] == [
        CandleClosed,
        CandleRebuilt,
    ]


def test_a_last_frame_that_is_merely_late_costs_no_request() -> None:
    history = PastTrades()

    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await close_minutes(venue, 0)
        await venue.say(BTC, kline("BTCUSDT", FIRST + 2, is_closed=False))
        await asyncio.sleep(2)
        await venue.say(BTC, kline("BTCUSDT", FIRST + 1))
        await asyncio.sleep(6)

    listener = play(scene, history=history)
    assert minutes(listener) == [0, 1]
    assert not history.asked
    assert not listener.of(CandleRebuilt)


def test_a_hole_too_long_asks_for_a_new_warm_up() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        await close_minutes(venue, 0, 300)
        await asyncio.sleep(6)
        assert feed.counters().given_up == 2

    listener = play(scene)
    assert minutes(listener) == [0, 300]
    needed = listener.of(WarmUpNeeded)
    assert {told.symbol for told in needed} == {"BTCUSDT", "ETHUSDT"}
    assert needed[0].reason == "299 minutes are too many to rebuild"


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1008, 1011, 1012])
def test_however_the_venue_closes_the_feed_comes_back(code: int) -> None:
    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await close_minutes(venue, 0)
        await asyncio.sleep(0.1)
        if code == 1006:
            venue.connections[0].cut()
        else:
            await venue.connections[0].socket.close(code, "because")
        await asyncio.sleep(10)
        assert len(venue.connections) == 2
        await close_minutes(venue, 1)

    listener = play(scene)
    assert minutes(listener) == [0, 1]
    down = next(told for told in listener.of(ConnectivityChanged) if told.now is DOWN)
    assert down.reason == (
        "cut without a word" if code == 1006 else f"closed by the venue with {code} because"
    )


def test_a_venue_that_answers_no_ping_is_left_after_forty_seconds() -> None:
    async def scene(venue: StreamVenue, _: KlineFeed, listener: Listener) -> None:
        for connection in venue.connections:
            connection.go_deaf()
        await speak(venue, 60, BTC, ETH)
        assert len(venue.connections) == 2
        assert listener.states().count(DOWN) == 1

    play(scene)


def test_a_stream_that_is_acknowledged_and_silent_is_renewed_within_seconds() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, listener: Listener) -> None:
        await speak(venue, 5, BTC, ETH)
        await speak(venue, 12, BTC)
        assert [told.streams for told in listener.of(StreamsSilent)] == [(ETH,)]
        await speak(venue, 22, BTC)
        asked = [(method, names) for _, method, names in venue.connections[0].asked[1:]]
        assert asked == [("UNSUBSCRIBE", [ETH]), ("SUBSCRIBE", [ETH])]
        await speak(venue, 5, BTC, ETH)
        assert [told.streams for told in listener.of(StreamsBack)] == [(ETH,)]
        assert len(venue.connections) == 1
        assert feed.counters().resubscribed == 1

    assert SILENT not in play(scene).states()


def test_when_renewing_does_not_help_a_new_connection_takes_over() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        await speak(venue, 5, BTC, ETH)
        await speak(venue, 50, BTC)
        assert len(venue.connections) == 2
        assert len(venue.open_connections) == 1
        assert venue.open_connections[0].streams == [BTC, ETH]
        assert feed.counters().silent_renewals == 1

    assert DOWN not in play(scene).states()


def test_a_connection_on_which_everything_fell_silent_is_replaced() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, listener: Listener) -> None:
        await speak(venue, 5, BTC, ETH)
        venue.connections[0].is_delivering = False
        await speak(venue, 50, BTC, ETH)
        assert len(venue.open_connections) == 1
        assert feed.connectivity is LIVE
        assert SILENT in listener.states()

    play(scene)


def test_the_venues_announcement_of_its_end_is_believed() -> None:
    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await close_minutes(venue, 0)
        await venue.connections[0].say({"event": {"e": "serverShutdown"}})
        await asyncio.sleep(2)
        assert len(venue.open_connections) == 2
        await close_minutes(venue, 1)
        await asyncio.sleep(10)
        await close_minutes(venue, 2)
        assert len(venue.open_connections) == 1

    listener = play(scene)
    assert minutes(listener) == [0, 1, 2]
    assert DOWN not in listener.states()


def test_a_successor_that_is_refused_is_tried_again_while_the_old_one_speaks() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        venue.answers = [(503, {})]
        await venue.connections[0].say({"e": "serverShutdown"})
        await speak(venue, 4, BTC, ETH)
        assert len(venue.connections) == 1
        await speak(venue, 14, BTC, ETH)
        assert len(venue.connections) == 2
        assert [connection.is_open for connection in venue.connections] == [False, True]
        assert feed.counters().failed_connections == 1

    assert DOWN not in play(scene).states()


@pytest.mark.parametrize("is_refused", [False, True])
def test_when_the_old_one_breaks_before_the_successor_is_there(is_refused: bool) -> None:
    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await close_minutes(venue, 0)
        venue.greeting_takes_s = 3.0
        venue.answers = [(503, {})] * is_refused
        await venue.connections[0].say({"e": "serverShutdown"})
        await asyncio.sleep(2)
        venue.connections[0].cut()
        await asyncio.sleep(12)
        await close_minutes(venue, 1)

    listener = play(scene)
    assert minutes(listener) == [0, 1]
    assert (DOWN in listener.states()) is is_refused


def test_a_venue_that_is_not_there_is_tried_ever_more_rarely() -> None:
    async def main() -> Listener:
        url = "ws://127.0.0.1:1"
        feed = KlineFeed(url, ("BTCUSDT",), PastTrades(), KlineFeedRules(), surroundings_of_loop())
        async with listening(feed) as listener:
            await asyncio.sleep(3_600)
        return listener

    listener = run(main)
    reasons = {told.reason for told in listener.of(ConnectivityChanged) if told.now is DOWN}
    assert reasons == {"cannot connect: ConnectionRefusedError"}
    assert 15 <= listener.states().count(CONNECTING) <= 20


def test_a_day_of_candles_survives_rotation_without_a_gap_or_a_double() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, __: Listener) -> None:
        for minute in range(24 * 60):
            for _ in range(6):
                await venue.say(BTC, kline("BTCUSDT", FIRST + minute, is_closed=False))
                await asyncio.sleep(10)
            await venue.say(BTC, kline("BTCUSDT", FIRST + minute))
        assert len(venue.connections) == 2
        assert 23 * 3_600 <= venue.connections[1].opened_s <= 23.4 * 3_600
        assert len(venue.open_connections) == 1
        assert feed.counters().duplicates <= 2

    rules = KlineFeedRules(feed=FeedRules(look_every_s=5.0))
    listener = play(scene, ("BTCUSDT",), rules=rules)
    assert minutes(listener) == list(range(24 * 60))
    assert not listener.of(CandleRebuilt)
    assert DOWN not in listener.states()


def test_a_successor_that_stays_silent_does_not_replace_one_that_speaks() -> None:
    rules = KlineFeedRules()
    soon = replace(rules.feed.rotation, rotate_after_ms=10_000, rotation_spread_ms=0)
    rules = replace(rules, feed=replace(rules.feed, rotation=soon))

    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        venue.is_delivering_to_new = False
        await speak(venue, 110, BTC, ETH)
        assert venue.connections[0].is_open
        assert not venue.connections[1].is_open

    play(scene, rules=rules)


def test_a_candle_told_by_two_connections_in_either_order_comes_once() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        await venue.connections[0].say({"e": "serverShutdown"})
        await asyncio.sleep(2)
        old, new = venue.open_connections
        frames = [{"stream": BTC, "data": kline("BTCUSDT", FIRST + minute)} for minute in range(3)]
        await new.say(frames[0])
        await asyncio.sleep(0.1)
        await new.say(frames[1])
        await asyncio.sleep(0.1)
        await old.say(frames[0])
        await old.say(frames[1])
        await asyncio.sleep(0.1)
        await old.say(frames[2])
        await asyncio.sleep(0.1)
        await new.say(frames[2])
        await asyncio.sleep(0.1)
        assert feed.counters().duplicates == 3

    assert minutes(play(scene)) == [0, 1, 2]


def test_garbage_strangers_and_impossible_candles_are_counted_and_harm_nothing() -> None:
    impossible = kline("BTCUSDT", FIRST)
    assert isinstance(impossible["k"], dict)
    impossible["k"]["h"] = "1.0"

    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        (connection,) = venue.connections
        for frame in (b"", b"\xff\xfe", "{", "[]", '{"e":"kline","E":1,"s":"BTCUSDT"}', "null"):
            await connection.say(frame)
        await connection.say({"e": "somethingNew", "E": 1})
        await connection.say({"stream": BTC, "data": impossible})
        await connection.say({"stream": BTC, "data": kline("DOGEUSDT", FIRST)})
        await connection.say({"stream": BTC, "data": kline("BTCUSDT", FIRST, timeframe="5m")})
        await connection.say({"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 12})
        await connection.say({"stream": BTC, "data": kline("BTCUSDT", FIRST), "padding": "x" * 3_000_000})
        await asyncio.sleep(1.5)
        counters = feed.counters()
        assert counters.malformed >= 4
        assert counters.impossible == 1
        assert counters.refused == 1
        assert counters.kinds_ignored["somethingNew"] == 1
        assert counters.kinds_ignored["kline nobody asked for"] == 2

    assert minutes(play(scene)) == [0]


def test_a_frame_too_large_costs_the_connection_and_nothing_else() -> None:
    rules = KlineFeedRules()
    small = replace(rules.feed.socket, largest_frame_bytes=10_000)
    rules = replace(rules, feed=replace(rules.feed, socket=small))

    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await close_minutes(venue, 0)
        await venue.connections[0].say("x" * 10_001)
        await asyncio.sleep(10)
        await close_minutes(venue, 1)

    listener = play(scene, rules=rules)
    assert minutes(listener) == [0, 1]
    reasons = [told.reason for told in listener.of(ConnectivityChanged) if told.now is DOWN]
    assert len(reasons) == 1
    assert reasons[0].startswith("closed by us with 1009")


def test_a_frame_in_pieces_is_one_frame() -> None:
    text = json.dumps({"stream": BTC, "data": kline("BTCUSDT", FIRST)})

    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        await venue.connections[0].socket.send([text[:50], text[50:120], text[120:]])

    assert minutes(play(scene)) == [0]


def test_what_is_never_acknowledged_is_asked_again_and_told() -> None:
    async def main() -> Listener:
        async with StreamVenue() as venue:
            venue.is_acknowledging = False
            feed = KlineFeed(venue.url, ("BTCUSDT",), PastTrades(), KlineFeedRules(), surroundings_of_loop())
            async with listening(feed) as listener:
                await asyncio.sleep(25)
                assert [method for _, method, _ in venue.connections[0].asked] == ["SUBSCRIBE", "SUBSCRIBE"]
            return listener

    (refused,) = run(main).of(StreamsRefused)
    assert (refused.streams, refused.reason) == ((BTC,), "never answered")


def test_a_turned_down_subscription_is_told_by_name() -> None:
    async def scene(venue: StreamVenue, _: KlineFeed, __: Listener) -> None:
        connection = venue.connections[0]
        connection.is_acknowledging = False
        await speak(venue, 2, BTC, ETH)
        await speak(venue, 33, BTC)
        assert [method for _, method, _ in connection.asked[1:]] == ["UNSUBSCRIBE", "SUBSCRIBE"]
        await connection.say({"result": None, "id": 2})
        await connection.say({"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 3})
        await asyncio.sleep(2)

    (refused,) = play(scene).of(StreamsRefused)
    assert (refused.streams, refused.reason) == ((ETH,), "4 Too many subscriptions")


def test_history_that_was_read_before_is_continued_without_a_hole() -> None:
    last = Candle((FIRST - 3) * MINUTE_MS, 50.0, 51.0, 49.0, 50.5, 1.0, 0.5)

    async def main() -> Listener:
        async with StreamVenue() as venue:
            feed = KlineFeed(
                venue.url,
                ("BTCUSDT",),
                PastTrades(),
                KlineFeedRules(),
                surroundings_of_loop(),
                last={"BTCUSDT": last},
            )
            async with listening(feed) as listener:
                await asyncio.sleep(3)
                await venue.say(BTC, kline("BTCUSDT", FIRST))
                await asyncio.sleep(8)
            return listener

    listener = run(main)
    assert minutes(listener) == [-2, -1, 0]
    assert [told.candle.close for told in listener.of(CandleRebuilt)] == [50.5, 50.5]


def test_a_candle_of_the_future_does_not_make_all_others_late() -> None:
    async def scene(venue: StreamVenue, feed: KlineFeed, _: Listener) -> None:
        await close_minutes(venue, 0)
        for is_closed in (True, False):
            future = kline("BTCUSDT", FIRST + 500_000, is_closed=is_closed)
            await venue.say(BTC, {**future, "E": FIRST * MINUTE_MS})
        await asyncio.sleep(6)
        await close_minutes(venue, 1)
        assert feed.counters().impossible == 1

    assert minutes(play(scene)) == [0, 1]


def test_refused_handshakes_are_retried_ever_more_rarely_and_retry_after_is_obeyed() -> None:
    async def main() -> list[float]:
        async with StreamVenue() as venue:
            venue.answers = [(503, {}), (403, {}), (429, {"Retry-After": "600"}), (418, {})]
            feed = KlineFeed(venue.url, ("BTCUSDT",), PastTrades(), KlineFeedRules(), surroundings_of_loop())
            async with listening(feed):
                await asyncio.sleep(765)
            assert feed.counters().failed_connections == 4
            return [connection.opened_s for connection in venue.connections]

    (opened_s,) = run(main)
    assert 735 <= opened_s <= 745


def test_a_slow_desk_stops_the_reader_and_loses_no_candle() -> None:
    rules = KlineFeedRules(feed=FeedRules(queue_size=10))

    async def main() -> list[int]:
        async with StreamVenue() as venue:
            feed = KlineFeed(venue.url, ("BTCUSDT",), PastTrades(), rules, surroundings_of_loop())
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(feed.run())
                await asyncio.sleep(2)
                for minute in range(200):
                    await venue.say(BTC, kline("BTCUSDT", FIRST + minute))
                await asyncio.sleep(5)
                assert feed.waiting <= 13
                assert feed.counters().reader_waits == 1
                told: list[int] = []
                async for item in feed:
                    if isinstance(item, CandleClosed):
                        told.append(item.candle.open_time_ms // MINUTE_MS - FIRST)
                    if len(told) == 200:
                        break
                running.cancel()
            return told

    assert run(main) == list(range(200))


def test_a_desk_that_stands_still_for_minutes_costs_the_connection_but_no_candle() -> None:
    rules = KlineFeedRules(feed=FeedRules(queue_size=10, socket=SocketRules(frames_waiting=4)))

    async def main() -> tuple[list[int], KlineFeed]:
        async with StreamVenue() as venue:
            feed = KlineFeed(venue.url, ("BTCUSDT",), PastTrades(), rules, surroundings_of_loop())
            told: list[int] = []

            async def trade() -> None:
                await asyncio.sleep(100)
                heard = [item async for item in feed if isinstance(item, CandleClosed | CandleRebuilt)]
                told.extend(item.candle.open_time_ms // MINUTE_MS - FIRST for item in heard)

            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(feed.run())
                tasks.create_task(trade())
                await asyncio.sleep(2)
                for minute in range(130):
                    await venue.say(BTC, kline("BTCUSDT", FIRST + minute))
                    await asyncio.sleep(1)
                running.cancel()
            return told, feed

    told, feed = run(main)
    assert told == list(range(130))
    assert feed.counters().lost_connections == 1
    assert feed.counters().rebuilt > 0


def test_it_ends_cleanly_when_cancelled_and_leaves_no_task_behind() -> None:
    async def main() -> int:
        async with StreamVenue() as venue:
            feed = KlineFeed(venue.url, ("BTCUSDT",), PastTrades(), KlineFeedRules(), surroundings_of_loop())
            async with listening(feed):
                await asyncio.sleep(2)
            await asyncio.sleep(1)
            assert not venue.open_connections
            assert feed.connectivity is STOPPED
            names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
            return sum(name.startswith(("Stream", "Kline", "Unified")) for name in names)

    assert run(main) == 0


def test_it_works_over_real_sockets() -> None:
    async def main() -> list[int]:
        async with StreamVenue() as venue:
            feed = KlineFeed(venue.url, ("BTCUSDT",), PastTrades(), KlineFeedRules(), surroundings_of_loop())
            told: list[int] = []
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(feed.run())
                async for item in feed:
                    if isinstance(item, ConnectivityChanged) and item.now is UNPROVEN:
                        await venue.connections[0].has_asked.wait()
                        for minute in range(3):
                            await venue.say(BTC, kline("BTCUSDT", FIRST + minute))
                    if isinstance(item, CandleClosed):
                        told.append(item.candle.open_time_ms // MINUTE_MS - FIRST)
                    if len(told) == 3:
                        break
                running.cancel()
            return told

    assert asyncio.run(main()) == [0, 1, 2]
