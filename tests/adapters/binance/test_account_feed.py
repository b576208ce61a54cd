"""The account's stream: its key, its silence, and the order of what it tells."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from adapters.binance.account_feed import AccountFeed, AccountFeedRules, KeyUnavailable
from adapters.binance.streams.connectivity import Connectivity, ConnectivityChanged, EventsMissed
from adapters.binance.streams.handover import RotationRules
from adapters.binance.wire.account_events import AccountConfigUpdate, ListenKeyExpired
from adapters.binance.wire.secret import Secret
from tests.fakes.stream_venue import StreamVenue, VenueConnection
from tests.feed_samples import START_MS, Listener, listening, surroundings_of_loop
from tests.virtual_time import run

MINUTE_S = 60
KEY = "Kx9secret"


class Keys:
    """The venue's listen keys, as its REST side keeps them."""

    def __init__(self) -> None:
        self.number = 0
        self.created_s: list[float] = []
        self.kept_alive_s: list[float] = []
        self.is_known = True
        self.failures = 0

    async def create(self) -> Secret:
        self._fail_if_told()
        self.created_s.append(asyncio.get_running_loop().time())
        if not self.is_known:
            self.number += 1
            self.is_known = True
        return Secret(f"{KEY}{self.number}")

    async def keep_alive(self) -> bool:
        self._fail_if_told()
        self.kept_alive_s.append(asyncio.get_running_loop().time())
        return self.is_known

    def _fail_if_told(self) -> None:
        if self.failures:
            self.failures -= 1
            raise KeyUnavailable("HTTP 503")


Scene = Callable[[StreamVenue, AccountFeed, Keys, Listener], Coroutine[Any, Any, None]]


def play(scene: Scene, rules: AccountFeedRules | None = None, keys: Keys | None = None) -> Listener:
    async def main() -> Listener:
        async with StreamVenue() as venue:
            known = keys or Keys()
            feed = AccountFeed(venue.url, known, rules or AccountFeedRules(), surroundings_of_loop())
            async with listening(feed) as listener:
                await asyncio.sleep(2)
                await scene(venue, feed, known, listener)
                await asyncio.sleep(2)
            return listener

    return run(main)


def leverage(number: int) -> dict[str, object]:
    return {"e": "ACCOUNT_CONFIG_UPDATE", "E": number, "T": number, "ac": {"s": "BTCUSDT", "l": number}}


def leverages(listener: Listener) -> list[int]:
    return [told.leverage.leverage for told in listener.of(AccountConfigUpdate)]


async def say(connections: list[VenueConnection], *numbers: int) -> None:
    for number in numbers:
        for connection in connections:
            await connection.say(leverage(number))
    await asyncio.sleep(0.1)


def test_it_asks_for_a_key_and_for_every_kind_of_event() -> None:
    async def scene(venue: StreamVenue, feed: AccountFeed, _: Keys, __: Listener) -> None:
        (connection,) = venue.connections
        assert connection.path.startswith(f"/private/ws?listenKey={KEY}0&events=ORDER_TRADE_UPDATE/")
        assert "ALGO_UPDATE" in connection.path
        states = [feed.connectivity]
        await say(venue.connections, 5)
        await asyncio.sleep(1.5)
        states.append(feed.connectivity)
        assert states == [Connectivity.UNPROVEN, Connectivity.LIVE]

    listener = play(scene)
    assert leverages(listener) == [5]
    assert [missed.since_ms for missed in listener.of(EventsMissed)] == [0]


def test_the_key_is_kept_alive_every_twenty_five_minutes_and_a_silent_account_is_left_alone() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, keys: Keys, __: Listener) -> None:
        await asyncio.sleep(3 * 60 * MINUTE_S)
        assert len(venue.connections) == 1
        assert [round(at_s / MINUTE_S) for at_s in keys.kept_alive_s] == [25, 50, 75, 100, 125, 150, 175]

    play(scene)


def test_a_keep_alive_that_fails_is_repeated_after_a_minute() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, keys: Keys, __: Listener) -> None:
        keys.failures = 3
        await asyncio.sleep(40 * MINUTE_S)
        assert [round(at_s / MINUTE_S) for at_s in keys.kept_alive_s] == [28]
        assert len(venue.connections) == 1

    play(scene)


def test_a_key_that_could_not_be_kept_alive_for_an_hour_is_replaced() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, keys: Keys, listener: Listener) -> None:
        keys.failures = 36
        await asyncio.sleep(70 * MINUTE_S)
        assert len(venue.open_connections) == 1
        assert len(venue.connections) == 2
        assert "not kept alive" in listener.of(EventsMissed)[-1].reason

    play(scene)


def test_a_key_the_venue_does_not_know_is_replaced_at_once() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, keys: Keys, listener: Listener) -> None:
        await say(venue.connections, 1)
        await asyncio.sleep(20 * MINUTE_S)
        keys.is_known = False
        await asyncio.sleep(6 * MINUTE_S)
        (connection,) = venue.open_connections
        assert f"listenKey={KEY}1&" in connection.path
        await say([connection], 2)
        missed = listener.of(EventsMissed)[-1]
        assert missed.reason == "the venue does not know the listen key"
        assert START_MS < missed.since_ms < START_MS + 5_000

    assert leverages(play(scene)) == [1, 2]


def test_an_expired_key_is_told_and_replaced_within_seconds() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, keys: Keys, __: Listener) -> None:
        keys.is_known = False
        await venue.connections[0].say({"e": "listenKeyExpired", "E": 7, "listenKey": f"{KEY}0"})
        await asyncio.sleep(3)
        (connection,) = venue.open_connections
        assert f"listenKey={KEY}1&" in connection.path
        await say([connection], 2)

    listener = play(scene)
    assert len(listener.of(ListenKeyExpired)) == 1
    assert leverages(listener) == [2]


def test_the_expiry_of_another_key_means_nothing() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, __: Keys, ___: Listener) -> None:
        await venue.connections[0].say({"e": "listenKeyExpired", "E": 7, "listenKey": "another"})
        await asyncio.sleep(3)
        assert len(venue.connections) == 1

    play(scene)


def test_when_a_taken_order_is_not_told_the_address_is_written_another_way() -> None:
    async def scene(venue: StreamVenue, feed: AccountFeed, _: Keys, listener: Listener) -> None:
        feed.expect_news(feed.moment())
        await asyncio.sleep(14)
        assert venue.open_connections[0].path == f"/private/ws/{KEY}0"
        assert listener.of(EventsMissed)[-1].reason == "an order was taken and the stream does not tell"
        feed.expect_news(feed.moment())
        await say(venue.open_connections, 3)
        await asyncio.sleep(20)
        assert len(venue.connections) == 2
        assert feed.counters().silent_renewals == 1

    play(scene)


def test_news_that_comes_before_the_reply_is_news() -> None:
    async def scene(venue: StreamVenue, feed: AccountFeed, _: Keys, __: Listener) -> None:
        sent = feed.moment()
        await say(venue.connections, 3)
        feed.expect_news(sent)
        await asyncio.sleep(20)
        assert len(venue.connections) == 1

    play(scene)


def test_without_a_connection_no_news_is_expected() -> None:
    async def scene(venue: StreamVenue, feed: AccountFeed, _: Keys, __: Listener) -> None:
        venue.answers = [(503, {})] * 2
        venue.connections[0].cut()
        await asyncio.sleep(1)
        feed.expect_news(feed.moment())
        await asyncio.sleep(40)
        assert "events=" in venue.open_connections[0].path

    play(scene)


SOON = AccountFeedRules()
SOON = replace(SOON, feed=replace(SOON.feed, rotation=RotationRules(20_000, 0, 5_000, 90_000, 60_000)))


def test_rotation_loses_nothing_doubles_nothing_and_keeps_the_order() -> None:
    async def scene(venue: StreamVenue, feed: AccountFeed, _: Keys, listener: Listener) -> None:
        await say(venue.connections, 1)
        await asyncio.sleep(20)
        old, new = venue.open_connections
        await say([new], 3)
        await say([old], 2, 3)
        await say([old, new], 4)
        await asyncio.sleep(8)
        assert venue.open_connections == [new]
        await say([new], 5)
        assert len(listener.of(EventsMissed)) == 1
        assert feed.counters().duplicates == 2

    listener = play(scene, SOON)
    assert leverages(listener) == [1, 2, 3, 4, 5]
    assert [told.now for told in listener.of(ConnectivityChanged)].count(Connectivity.DOWN) == 0


def test_when_the_old_connection_breaks_during_rotation_what_the_new_one_heard_is_told() -> None:
    async def scene(venue: StreamVenue, _: AccountFeed, __: Keys, ___: Listener) -> None:
        await say(venue.connections, 1)
        await asyncio.sleep(20)
        old, new = venue.open_connections
        await say([new], 2, 3)
        old.cut()
        await say([new], 4)

    assert leverages(play(scene, SOON)) == [1, 2, 3, 4]


def test_without_a_key_it_comes_back_later() -> None:
    keys = Keys()
    keys.failures = 2

    async def scene(venue: StreamVenue, _: AccountFeed, __: Keys, ___: Listener) -> None:
        assert not venue.connections
        await asyncio.sleep(20)
        assert len(venue.connections) == 1

    listener = play(scene, keys=keys)
    lost = next(told for told in listener.of(ConnectivityChanged) if told.now is Connectivity.DOWN)
    assert lost.reason == "no listen key: HTTP 503"


def test_no_key_is_logged_or_shown_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(venue: StreamVenue, feed: AccountFeed, _: Keys, listener: Listener) -> None:
        venue.answers = [(403, {})]
        await venue.connections[0].say({"e": "listenKeyExpired", "E": 7, "listenKey": f"{KEY}0"})
        venue.connections[0].cut()
        await asyncio.sleep(30)
        shown = f"{listener.told!r} {feed!r} {feed.__dict__!r} {feed.counters()!r}"
        assert KEY not in shown

    with caplog.at_level(logging.DEBUG):
        play(scene)
    assert KEY not in caplog.text
