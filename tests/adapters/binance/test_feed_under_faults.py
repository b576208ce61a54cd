"""Hours of a bad venue in a moment: whatever it does, every candle comes once, in order, and is true."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pytest
from websockets.exceptions import ConnectionClosed

from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.streams.hole_watch import CandleRebuilt, WarmUpNeeded
from adapters.binance.streams.rebuilt_candles import PastTrade
from domain.tape import CandleClosed
from tests.fakes.stream_venue import MINUTE_MS, StreamVenue, VenueConnection, kline
from tests.feed_samples import START_MS, Listener, listening, surroundings_of_loop
from tests.virtual_time import run

FIRST = START_MS // MINUTE_MS
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
HOURS = 1


def true_close(symbol: str, minute: int) -> float:
    return 100.0 + SYMBOLS.index(symbol) + (minute % 17) / 4


class TrueTrades:
    """A history that agrees with the candles: an opening and a closing trade a minute."""

    def __init__(self) -> None:
        self.asked = 0

    def spare_weight(self) -> int:
        return 2_400

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> Sequence[PastTrade]:
        self.asked += 1
        minutes = range(from_ms // MINUTE_MS, until_ms // MINUTE_MS)
        return [trade for minute in minutes for trade in self._of(symbol, minute)]

    async def trades_from(self, symbol: str, trade_id: int) -> Sequence[PastTrade]:
        self.asked += 1
        return [trade for trade in self._of(symbol, trade_id // 2) if trade.trade_id >= trade_id]

    def _of(self, symbol: str, minute: int) -> list[PastTrade]:
        close = true_close(symbol, minute)
        start_ms = minute * MINUTE_MS
        return [
            PastTrade(2 * minute, start_ms, 100.0, Decimal("1.0"), is_buyer_maker=False),
            PastTrade(2 * minute + 1, start_ms + 59_999, close, Decimal("1.0"), is_buyer_maker=True),
        ]


class BadVenue:
    """Tells a made-up market once a second, and does to it what a seed says."""

    def __init__(self, venue: StreamVenue, chance: Random) -> None:
        self.did: Counter[str] = Counter()
        self._venue = venue
        self._chance = chance
        self._silent_until: dict[tuple[int, str], float] = {}
        self._late: list[tuple[int, str, object]] = []

    async def play(self, seconds: int, *, is_bad: bool) -> None:
        for _ in range(seconds):
            second = round(asyncio.get_running_loop().time())
            await self._tell_late(second)
            for symbol in SYMBOLS:
                if second % 60 == 0:
                    await self._close(symbol, FIRST + second // 60 - 1, second, is_bad=is_bad)
                open_candle = kline(symbol, FIRST + second // 60, is_closed=False)
                await self._say(symbol, {**open_candle, "E": START_MS + second * 1_000})
            if is_bad:
                await self._be_bad(second)
            await asyncio.sleep(1)

    async def _close(self, symbol: str, minute: int, second: int, *, is_bad: bool) -> None:
        told = kline(symbol, minute, close=true_close(symbol, minute))
        fate = self._fate("lost", "late", "twice", weights=(6, 6, 6)) if is_bad else ""
        if fate == "late":
            self._late.append((second + self._chance.randint(1, 8), symbol, told))
        elif fate != "lost":
            await self._say(symbol, told)
            if fate == "twice":
                await self._say(symbol, told)

    async def _be_bad(self, second: int) -> None:
        fate = self._fate(
            "cut", "close", "silence", "garbage", "leave", "deaf", weights=(0.2,) * 4 + (0.05, 0.05)
        )
        opened = self._venue.open_connections
        if not fate or not opened:
            return
        connection = self._chance.choice(opened)
        if fate == "cut":
            connection.cut()
        elif fate == "close":
            await connection.socket.close(self._chance.choice([1000, 1001, 1008, 1012]))
        elif fate == "silence":
            key = (self._venue.connections.index(connection), self._chance.choice(SYMBOLS))
            self._silent_until[key] = second + 1_000
        elif fate == "deaf":
            connection.go_deaf()
        else:
            await self._send(connection, '{"e":"serverShutdown"}' if fate == "leave" else b"\xff{")

    async def _tell_late(self, second: int) -> None:
        due = [late for late in self._late if late[0] <= second]
        self._late = [late for late in self._late if late[0] > second]
        for _, symbol, told in due:
            await self._say(symbol, told)

    async def _say(self, symbol: str, told: object) -> None:
        stream = f"{symbol.lower()}@kline_1m"
        frame = json.dumps({"stream": stream, "data": told})
        second = asyncio.get_running_loop().time()
        for number, connection in enumerate(self._venue.connections):
            is_silent = self._silent_until.get((number, symbol), 0) > second
            if connection.is_open and stream in connection.streams and not is_silent:
                await self._send(connection, frame)

    async def _send(self, connection: VenueConnection, frame: str | bytes) -> None:
        try:
            await connection.socket.send(frame, text=True)
        except ConnectionClosed:
            self.did["spoke too late"] += 1

    def _fate(self, *fates: str, weights: tuple[float, ...]) -> str:
        left = self._chance.random() * 100
        for fate, weight in zip(fates, weights, strict=True):
            left -= weight
            if left < 0:
                self.did[fate] += 1
                return fate
        return ""


async def bad_hours(seed: int) -> tuple[Listener, Counter[str], int]:
    async with StreamVenue() as venue:
        trades = TrueTrades()
        feed = KlineFeed(venue.url, SYMBOLS, trades, KlineFeedRules(), surroundings_of_loop(seed))
        bad = BadVenue(venue, Random(seed))
        async with listening(feed) as listener:
            await asyncio.sleep(3)
            await bad.play(HOURS * 3_600, is_bad=True)
            await bad.play(600, is_bad=False)
            await asyncio.sleep(15)
        return listener, bad.did, trades.asked


@pytest.mark.parametrize("seed", range(3))
def test_every_candle_comes_once_in_order_and_true(seed: int) -> None:
    listener, did, asked = run(lambda: bad_hours(seed))
    assert did["lost"]
    assert did["cut"] + did["close"] > 5
    assert not listener.of(WarmUpNeeded)
    for symbol in SYMBOLS:
        candles = [told for told in listener.of(CandleClosed, CandleRebuilt) if told.symbol == symbol]
        minutes = [told.candle.open_time_ms // MINUTE_MS for told in candles]
        assert minutes == list(range(minutes[0], FIRST + HOURS * 60 + 10))
        assert all(
            told.candle.close == true_close(symbol, minute)
            for told, minute in zip(candles, minutes, strict=True)
        )
    assert 0 < asked < len(listener.of(CandleRebuilt)) * 2 + 10


def test_the_same_seed_gives_the_same_hours() -> None:
    first, again = run(lambda: bad_hours(9)), run(lambda: bad_hours(9))
    assert first[0].told == again[0].told
    assert first[1] == again[1]
