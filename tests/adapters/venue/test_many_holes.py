"""After a cut, the candles of many symbols are filled at our venue, within half of what may be asked."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any

from adapters.binance.binance_client import BinanceClient
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.streams.hole_watch import CandleRebuilt, WarmUpNeeded
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.generator.generator_settings import SIMULATED_SYMBOLS
from adapters.generator.venue_rules import instrument_of
from adapters.venue.faults import Faults, FaultSwitch
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS
from domain.tape import CandleClosed
from tests.adapters.binance.trading_room import LoopClock
from tests.adapters.venue.house import START_MS, ListedTape, venue_of
from tests.feed_samples import Listener, listening
from tests.virtual_time import run

HALF_OF_A_MINUTE = 1_200
CUT_MS = 115_000
HELD = "S033USDT"


class OneHeld:
    """Somebody who holds one symbol."""

    def symbols_at_stake(self) -> frozenset[str]:
        return frozenset({HELD})


@dataclass(frozen=True)
class Filling:
    """What was told, how long until a symbol's hole was filled, and the weight of each minute."""

    heard: Listener
    filled_s: dict[str, float]
    weights: dict[int, int]


def market(symbols: int, minutes: int) -> tuple[list[Any], dict[str, Any]]:
    names = [f"S{number:03}USDT" for number in range(symbols)]
    candles = tuple(
        Candle(
            START_MS + minute * MINUTE_MS, 100.0 + minute, 102.0 + minute, 99.0, 101.0 + minute, 60.0, 30.0
        )
        for minute in range(minutes)
    )
    like = instrument_of(SIMULATED_SYMBOLS[1])
    return [ListedTape(name, candles) for name in names], {name: replace(like, symbol=name) for name in names}


class TimedListener(Listener):
    """Notes when each symbol's hole was filled, and the weight used."""

    def __init__(self, feed: KlineFeed, client: BinanceClient) -> None:
        super().__init__(feed)
        self.filled_s: dict[str, float] = {}
        self.weights: dict[int, int] = {}
        self._client = client

    async def note(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            now_s = asyncio.get_running_loop().time()
            minute = self._client.clock.now_ms() // MINUTE_MS
            self.weights[minute] = max(self.weights.get(minute, 0), self._client.used_weight)
            for told in self.of(CandleRebuilt):
                self.filled_s.setdefault(told.symbol, now_s)


def fill(symbols: int, minutes: int) -> Filling:
    async def main() -> Filling:
        loop = asyncio.get_running_loop()
        cut = FaultSwitch("sockets_cut", from_ms=START_MS + CUT_MS, until_ms=START_MS + CUT_MS + 5_000)
        venue = venue_of(
            market(symbols, minutes),
            clock=PacedClock(START_MS, 1.0, loop.time),
            faults=Faults([cut], Random(1)),
            step_ms=5_000,
        )
        async with AsyncExitStack() as opened:
            server = await opened.enter_async_context(VenueServer(venue, monotonic=loop.time))
            clock = LoopClock()
            client = await opened.enter_async_context(
                BinanceClient(server.rest_url, None, clock, monotonic_s=loop.time)
            )
            around = Surroundings(clock.now_ms, lambda: round(loop.time() * 1_000), chance=Random(1))
            feed = KlineFeed(
                server.stream_url,
                venue.exchange.contracts,
                VenueTradeHistory(client),
                KlineFeedRules(),
                around,
                stakes=OneHeld(),
            )
            heard = await opened.enter_async_context(listening(feed))
            timed = TimedListener(feed, client)
            timed.told = heard.told
            async with asyncio.TaskGroup() as tasks:
                jobs = [tasks.create_task(server.run()), tasks.create_task(timed.note())]
                await asyncio.sleep(minutes * 60 - 5)
                for job in jobs:
                    job.cancel()
            return Filling(heard, timed.filled_s, timed.weights)

    return run(main)


def assert_whole(filling: Filling, symbols: int, minutes: int) -> None:
    for name in (f"S{number:03}USDT" for number in range(symbols)):
        told = [one for one in filling.heard.of(CandleClosed, CandleRebuilt) if one.symbol == name]
        opened_ms = [one.candle.open_time_ms for one in told]
        assert all(later - earlier == MINUTE_MS for earlier, later in pairwise(opened_ms)), name
        assert opened_ms[0] == START_MS
        assert len(opened_ms) == minutes - 1
    assert not filling.heard.of(WarmUpNeeded)
    assert max(filling.weights.values()) <= HALF_OF_A_MINUTE


def test_after_a_cut_fifty_symbols_are_filled_at_once() -> None:
    filling = fill(50, 6)
    assert_whole(filling, 50, 6)
    assert len(filling.filled_s) == 50
    assert max(filling.filled_s.values()) <= 131


def test_more_than_the_weight_of_a_minute_waits_and_what_is_held_does_not() -> None:
    filling = fill(120, 7)
    assert_whole(filling, 120, 7)
    assert filling.filled_s[HELD] <= 131
    assert sum(1 for at_s in filling.filled_s.values() if at_s < 180) == 57
    assert len(filling.filled_s) == 120
    assert max(filling.filled_s.values()) <= 242


def test_the_same_cut_is_filled_in_the_same_order() -> None:
    first, second = fill(60, 5), fill(60, 5)
    assert first.heard.of(CandleClosed, CandleRebuilt) == second.heard.of(CandleClosed, CandleRebuilt)
