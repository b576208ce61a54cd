"""A venue for tests: two symbols of a made-up market, one key, steps by hand."""

import asyncio
import hashlib
import hmac
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeAlias
from urllib.parse import urlencode

import aiohttp
import orjson
import websockets
import yarl

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.venue.api_key import ApiKey
from adapters.venue.exchange import Exchange
from adapters.venue.faults import Faults, FaultSwitch, StopFates
from adapters.venue.market import Market
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock, SteppedClock, VenueClock
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from application.ports.candle_tape import CandleTape
from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.market.timeframe import MINUTE_MS

Json: TypeAlias = Any
"""Whatever an answer holds."""
START_MS = 1_704_067_200_000
KEY, SECRET = "key-of-the-test", "secret-of-the-test"
SYMBOL, OTHER = "SIMAUSDT", "SIMBUSDT"


@dataclass(frozen=True)
class ListedTape:
    """Candles written down by a test."""

    symbol: str
    listed: tuple[Candle, ...]
    step_ms: int = MINUTE_MS

    @property
    def length(self) -> int:
        return len(self.listed)

    def candles(self, from_ms: int | None = None, until_ms: int | None = None) -> Iterable[Candle]:
        first, last = from_ms or 0, until_ms or 1 << 62
        return iter([candle for candle in self.listed if first <= candle.open_time_ms < last])


def made_up(start_ms: int = START_MS, minutes: int = 600) -> tuple[list[CandleTape], dict[str, Instrument]]:
    settings = GeneratorSettings(seed=7, symbols=SIMULATED_SYMBOLS[:2], start_ms=start_ms, candles=minutes)
    tapes: list[CandleTape] = [GeneratedTape(settings, symbol.name) for symbol in settings.symbols]
    return tapes, {symbol.name: instrument_of(symbol) for symbol in settings.symbols}


def flat_market(
    prices: Iterable[float], volume: float = 100.0
) -> tuple[list[CandleTape], dict[str, Instrument]]:
    """One symbol whose candles run from each price to the next."""
    told = list(prices)
    instrument = replace(instrument_of(SIMULATED_SYMBOLS[0]))
    candles = tuple(
        Candle(START_MS + index * MINUTE_MS, a, max(a, b), min(a, b), b, volume, volume / 2)
        for index, (a, b) in enumerate(pairwise(told))
    )
    tape: Any = ListedTape(SYMBOL, candles)
    return [tape], {SYMBOL: instrument}


def venue_of(
    market: tuple[list[CandleTape], dict[str, Instrument]] | None = None,
    *,
    faults: Faults | None = None,
    settings: VenueSettings | None = None,
    clock: VenueClock | None = None,
    step_ms: int = 250,
    habits: ExchangeHabits | None = None,
    keys: Iterable[ApiKey] = (),
    wallet: str = "10000",
) -> Venue:
    tapes, instruments = market or made_up()
    wrong = faults or Faults(chance=random.Random(1))
    contracts = {symbol: ContractTerms(instrument) for symbol, instrument in instruments.items()}
    exchange: Exchange = SimulatedExchange(
        contracts, Decimal(wallet), habits or ExchangeHabits(), StopFates(wrong)
    )
    return Venue(
        exchange,
        Market(tapes, instruments, step_ms),
        clock or SteppedClock(START_MS),
        [ApiKey(KEY, SECRET), *keys],
        wrong,
        settings or VenueSettings(),
    )


def wall_clock_market() -> tuple[tuple[list[CandleTape], dict[str, Instrument]], PacedClock]:
    """A market that begins two minutes ago, for clients that sign with the time of this machine."""
    now_ms = time.time_ns() // 1_000_000
    start_ms = now_ms - now_ms % MINUTE_MS - 2 * MINUTE_MS
    return made_up(start_ms), PacedClock(now_ms, 1.0, time.monotonic)


class Trader:
    """Signs and sends requests."""

    def __init__(self, server: VenueServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.headers: Mapping[str, str] = {}
        self.status = 0
        self.key = KEY
        self._session = session

    async def ask(self, method: str, path: str, **params: object) -> Json:
        return await self._send(method, path, urlencode(params), signed=False)

    async def signed(self, method: str, path: str, **params: object) -> Json:
        params.setdefault("timestamp", self.server.venue.now_ms())
        return await self._send(method, path, urlencode(params), signed=True)

    async def raw(
        self,
        method: str,
        path: str,
        query: str,
        body: str | bytes = "",
        key: str = KEY,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> Json:
        headers = {"X-MBX-APIKEY": key, "Content-Type": content_type}
        return await self._request(method, f"{path}?{query}" if query else path, body, headers)

    async def _send(self, method: str, path: str, query: str, *, signed: bool) -> Json:
        headers = {"X-MBX-APIKEY": self.key}
        if signed:
            query += f"&signature={sign(query)}"
        return await self._request(method, f"{path}?{query}" if query else path, "", headers)

    async def _request(self, method: str, path: str, body: str | bytes, headers: Mapping[str, str]) -> Json:
        url = yarl.URL(self.server.rest_url + path, encoded=True)
        async with self._session.request(method, url, data=body or None, headers=headers) as answer:
            self.status, self.headers = answer.status, dict(answer.headers)
            return orjson.loads(await answer.read())

    async def buy(self, quantity: str, **more: object) -> Json:
        return await self.order(side="BUY", type="MARKET", quantity=quantity, **more)

    async def sell(self, quantity: str, **more: object) -> Json:
        return await self.order(side="SELL", type="MARKET", quantity=quantity, **more)

    async def order(self, **params: object) -> Json:
        return await self.signed("POST", "/fapi/v1/order", **{"symbol": SYMBOL, **params})

    async def stop(self, **params: object) -> Json:
        told = {"algoType": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET", **params}
        return await self.signed("POST", "/fapi/v1/algoOrder", **told)

    async def position(self) -> Decimal:
        rows = await self.signed("GET", "/fapi/v3/positionRisk", symbol=SYMBOL)
        return sum((Decimal(row["positionAmt"]) for row in rows), Decimal(0))


def sign(payload: str) -> str:
    return hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()


@asynccontextmanager
async def trading(venue: Venue, *, minutes: float = 0.1) -> AsyncIterator[tuple[VenueServer, Trader]]:
    """A venue that listens and has traded for a few seconds, and somebody who trades there."""
    async with VenueServer(venue) as server, aiohttp.ClientSession() as session:
        await server.run(START_MS + int(minutes * MINUTE_MS))
        yield server, Trader(server, session)


Scene = Callable[[VenueServer, Trader], Coroutine[Any, Any, None]]


def at_venue(scene: Scene, venue: Venue | None = None, *, minutes: float = 0.1) -> None:
    """Play a scene at a venue that has traded for a few seconds."""

    async def main() -> None:
        async with trading(venue or venue_of(), minutes=minutes) as (server, trader):
            await scene(server, trader)

    asyncio.run(main())


class Listener:
    """A bare client of the streams that keeps what it hears."""

    def __init__(self, line: websockets.ClientConnection) -> None:
        self.line = line

    async def heard(self, server: VenueServer) -> list[Json]:
        """Give everything sent so far; after that the line may be closed."""
        await server.flush()
        await server.settle()
        found: list[Json] = []
        while True:
            try:
                found.append(orjson.loads(await asyncio.wait_for(self.line.recv(), 0.005)))
            except (TimeoutError, websockets.ConnectionClosed):
                return found

    async def closed_with(self) -> int | None:
        """Wait for the end of the line and give its code."""
        while True:
            try:
                await asyncio.wait_for(self.line.recv(), 2)
            except websockets.ConnectionClosed as closed:
                return None if closed.rcvd is None else closed.rcvd.code

    async def say(self, method: str, params: object = None, number: object = 1) -> Json:
        told = {"method": method, "id": number} | ({} if params is None else {"params": params})
        await self.line.send(orjson.dumps(told).decode())
        while True:
            answer = orjson.loads(await asyncio.wait_for(self.line.recv(), 2))
            if not isinstance(answer, dict) or "e" not in answer:
                return answer


@asynccontextmanager
async def listening(server: VenueServer, path: str) -> AsyncIterator[Listener]:
    async with websockets.connect(server.stream_url + path, compression=None, max_queue=None) as line:
        yield Listener(line)


@asynccontextmanager
async def hearing_user(server: VenueServer, trader: Trader) -> AsyncIterator[Listener]:
    """The user stream of the account."""
    key = (await trader.ask("POST", "/fapi/v1/listenKey"))["listenKey"]
    async with listening(server, f"/private/ws?listenKey={key}") as listener:
        yield listener


def switched(*names: str) -> Faults:
    """Faults that strike at every occasion."""
    return Faults([FaultSwitch(name) for name in names], random.Random(1))
