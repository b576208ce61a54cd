"""Our feeds and the simulated venue, written independently, referee each other in virtual time."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Final

import pytest

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_client import BinanceClient
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.price_feed import PriceFeed, PriceFeedRules
from adapters.binance.streams.connectivity import ConnectivityChanged, EventsMissed
from adapters.binance.streams.hole_watch import CandleRebuilt, WarmUpNeeded
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.binance.wire.market_events import BookTicker
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.venue.faults import Faults, FaultSwitch
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS
from domain.tape import CandleClosed
from tests.adapters.venue.house import KEY, OTHER, SECRET, START_MS, SYMBOL, made_up, venue_of
from tests.feed_samples import Listener, listening
from tests.virtual_time import run

BAD_MINUTES: Final = 40
MINUTES: Final = BAD_MINUTES + 8
ODDS: Final = {
    "sockets_cut": 0.002,
    "sockets_closed": 0.002,
    "shutdown_announced": 0.002,
    "listen_key_expires": 0.002,
    "unknown_events": 0.01,
    "listen_key_unknown": 0.3,
    "stream_stays_silent": 0.1,
    "sockets_reordered": 0.05,
    "final_kline_lost": 0.1,
    "final_kline_twice": 0.1,
    "final_kline_late": 0.1,
}


class TapeTime:
    """The venue's time, as our client sees it."""

    def __init__(self, clock: PacedClock) -> None:
        self._clock = clock

    def advance_to(self, at_ms: int) -> None:
        """Time passes by itself."""

    def now_ms(self) -> int:
        return self._clock.now_ms()


@dataclass(frozen=True)
class Heard:
    klines: Listener
    prices: Listener
    account: Listener
    faults: Faults
    calls: dict[str, int]


async def bad_minutes(seed: int) -> Heard:
    loop = asyncio.get_running_loop()
    clock = PacedClock(START_MS, 1.0, loop.time)
    until_ms = START_MS + BAD_MINUTES * MINUTE_MS
    switches = [FaultSwitch(name, odds, START_MS, until_ms) for name, odds in ODDS.items()]
    faults = Faults(switches, Random(seed))
    venue = venue_of(made_up(minutes=MINUTES + 2), clock=clock, faults=faults, step_ms=1_000)
    around = Surroundings(clock.now_ms, lambda: round(loop.time() * 1_000), asyncio.sleep, Random(seed))
    key = HmacKey(Secret(KEY), Secret(SECRET))
    async with (
        VenueServer(venue, monotonic=loop.time) as server,
        BinanceClient(server.rest_url, key, TapeTime(clock), monotonic_s=loop.time) as client,
    ):
        symbols, url = (SYMBOL, OTHER), server.stream_url
        klines = KlineFeed(url, symbols, VenueTradeHistory(client), KlineFeedRules(), around)
        prices = PriceFeed(url, symbols, PriceFeedRules(), around)
        account = AccountFeed(url, VenueListenKeys(client), AccountFeedRules(), around)
        async with listening(klines) as candles, listening(prices) as quotes, listening(account) as events:
            await server.run(START_MS + MINUTES * MINUTE_MS)
            await asyncio.sleep(20)
        return Heard(candles, quotes, events, faults, dict(client.calls))


def candles_of(heard: Heard, symbol: str) -> list[Candle]:
    told: list[Any] = heard.klines.of(CandleClosed, CandleRebuilt)
    return [event.candle for event in told if event.symbol == symbol]


@pytest.mark.parametrize("seed", range(3))
def test_candles_and_prices_survive_whatever_the_venue_does(seed: int) -> None:
    heard = run(lambda: bad_minutes(seed))
    tapes, _ = made_up(minutes=MINUTES + 2)
    for tape in tapes:
        true = {candle.open_time_ms: candle for candle in tape.candles()}
        candles = candles_of(heard, tape.symbol)
        assert len(candles) >= MINUTES - 2
        assert all(
            later.open_time_ms - earlier.open_time_ms == MINUTE_MS for earlier, later in pairwise(candles)
        )
        assert candles == [true[candle.open_time_ms] for candle in candles]
    assert heard.klines.of(CandleRebuilt)
    assert not heard.klines.of(WarmUpNeeded)
    assert heard.faults.struck["final_kline_lost"]
    for symbol in (SYMBOL, OTHER):
        numbers = [told.update_id for told in heard.prices.of(BookTicker) if told.symbol == symbol]
        assert numbers == sorted(set(numbers))


def test_no_candle_is_ever_asked_for_and_every_blind_moment_of_the_account_is_told() -> None:
    heard = run(lambda: bad_minutes(5))
    assert not [path for path in heard.calls if "kline" in path.lower()]
    opened = [told for told in heard.account.of(ConnectivityChanged) if told.reason == "connected"]
    expired = heard.faults.struck["listen_key_expires"]
    assert expired
    assert len(heard.account.of(EventsMissed)) >= len(opened)
