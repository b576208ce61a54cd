"""The broker at the simulated venue, over real sockets, in time that jumps."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_broker import BinanceBroker, BrokerEvent, BrokerRules
from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.venue.faults import Faults, FaultSwitch
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from domain.connection_events import AccountCompared, AccountUnsure
from domain.market.direction import Side
from domain.market.timeframe import MINUTE_MS
from domain.orders.order import ApprovedOrder, Order, OrderKind, OrderPurpose
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.orders.order_life import WorkingOrder
from tests.adapters.venue.house import KEY, SECRET, START_MS, SYMBOL, flat_market, venue_of
from tests.loopback_time import run

ORDER_EVENTS = (OrderAccepted, OrderRejected, OrderFilled, OrderCancelled, OrderExpired)
SETUP = f"{SYMBOL}.L.lq3w5c00"
PRICE = 60_000.0


def entry(
    price: str | None = "59900.0", quantity: str = "0.010", *, setup: str = SETUP, leverage: int = 3
) -> Order:
    kind = OrderKind.MARKET if price is None else OrderKind.POST_ONLY_LIMIT
    limit = None if price is None else Decimal(price)
    purpose = OrderPurpose.ENTRY
    return Order(
        f"{setup}-e", SYMBOL, Side.BUY, kind, purpose, Decimal(quantity), price=limit, leverage=leverage
    )


def stop(trigger: str = "59000.0", number: int = 1, quantity: str = "0.010") -> Order:
    return _leg("s", number, OrderKind.STOP_MARKET, OrderPurpose.STOP, quantity, Decimal(trigger))


def target(trigger: str = "62000.0", number: int = 2, quantity: str = "0.010") -> Order:
    return _leg("t", number, OrderKind.TAKE_PROFIT_MARKET, OrderPurpose.TARGET, quantity, Decimal(trigger))


def market_exit(number: int = 3, quantity: str = "0.010") -> Order:
    return _leg("x", number, OrderKind.MARKET, OrderPurpose.EXIT, quantity, None)


def _leg(
    letter: str, number: int, kind: OrderKind, purpose: OrderPurpose, quantity: str, trigger: Decimal | None
) -> Order:
    return Order(
        f"{SETUP}-{letter}{number}",
        SYMBOL,
        Side.SELL,
        kind,
        purpose,
        Decimal(quantity),
        trigger_price=trigger,
        is_reduce_only=True,
    )


class LoopClock:
    """The wall clock of a loop whose time jumps."""

    def __init__(self, ahead_ms: int = 0) -> None:
        self._loop = asyncio.get_running_loop()
        self.ahead_ms = ahead_ms

    def advance_to(self, at_ms: int) -> None:
        """It goes by itself."""

    def now_ms(self) -> int:
        return START_MS + self.ahead_ms + round(self._loop.time() * 1_000)


class TradingRoom:
    """A broker at work, what it told, and the venue as it really is."""

    def __init__(self, venue: Venue, broker: BinanceBroker, client: BinanceClient, feed: AccountFeed) -> None:
        self.venue = venue
        self.broker = broker
        self.client = client
        self.feed = feed
        self.told: list[BrokerEvent] = []
        self.books: dict[str, WorkingOrder] = {}
        self.fills: set[str] = set()
        self._news = asyncio.Condition()

    async def listen(self) -> None:
        """Keep what is told; a book that follows the life of orders halts on what cannot be."""
        async for event in self.broker:
            self.told.append(event)
            self._follow(event)
            async with self._news:
                self._news.notify_all()

    async def send(self, *orders: Order) -> None:
        for order in orders:
            self.books[order.order_id] = WorkingOrder(order)
            await self.broker.submit(ApprovedOrder(order))

    async def cancel(self, order: Order) -> None:
        self.books[order.order_id] = self.books[order.order_id].asked_to_cancel()
        await self.broker.cancel(order.symbol, order.order_id)

    async def until(self, is_so: Callable[[], bool], most_s: float = 30.0) -> None:
        """Wait for something to be told. Raises TimeoutError."""
        async with asyncio.timeout(most_s), self._news:
            await self._news.wait_for(is_so)

    async def until_told(
        self, kind: type, order: Order | None = None, *, times: int = 1, most_s: float = 30.0
    ) -> Any:  # noqa: ANN401 - whatever kind was asked for
        await self.until(lambda: len(self.of(kind, order)) >= times, most_s)
        return self.of(kind, order)[times - 1]

    def of(self, kind: type, order: Order | None = None) -> list[Any]:
        return [
            event
            for event in self.told
            if isinstance(event, kind) and (order is None or _id_of(event) == order.order_id)
        ]

    def story(self, order: Order) -> list[str]:
        """What the tape says of an order, in words."""
        return [type(event).__name__[5:] for event in self.told if _id_of(event) == order.order_id]

    def calls(self, path: str) -> int:
        return sum(count for call, count in self.venue.calls.items() if call.endswith(path))

    def requests(self) -> int:
        """How many requests reached the venue, those for the stream's key aside."""
        return sum(count for call, count in self.venue.calls.items() if not call.endswith("/listenKey"))

    def placed(self) -> int:
        return self.venue.calls["POST /fapi/v1/order"]

    def position(self) -> Decimal:
        return sum((one.amount for one in self.venue.exchange.positions()), Decimal(0))

    def open_orders(self) -> list[str]:
        return [order.client_id for order in self.venue.exchange.open_orders(None)]

    def open_stops(self) -> list[str]:
        return [one.client_id for one in self.venue.exchange.open_stops(None)]

    def fault(self, *names: str, chance: float = 1.0, for_ms: int | None = None) -> None:
        now_ms = self.venue.now_ms()
        until_ms = None if for_ms is None else now_ms + for_ms
        for name in names:
            self.venue.faults.set(FaultSwitch(name, chance, now_ms, until_ms))

    def _follow(self, event: BrokerEvent) -> None:
        order_id = _id_of(event)
        if order_id in self.books:
            assert isinstance(event, ORDER_EVENTS)
            self.books[order_id] = self.books[order_id].after(event)
        if isinstance(event, OrderFilled):
            assert event.fill.fill_id not in self.fills, f"fill {event.fill.fill_id} was told twice"
            self.fills.add(event.fill.fill_id)


def _id_of(event: BrokerEvent) -> str:
    if isinstance(event, OrderFilled):
        return event.fill.order_id
    return event.order_id if isinstance(event, ORDER_EVENTS) else ""


@asynccontextmanager
async def trading_room(
    prices: Iterable[float] = (PRICE,) * 30,
    *,
    rules: BrokerRules | None = None,
    client_rules: ClientRules | None = None,
    clock_ahead_ms: int = 0,
    prepare: Callable[[Venue], None] = lambda _: None,
) -> AsyncIterator[TradingRoom]:
    """A room that has opened its session and trades a market of these prices, one a minute."""
    loop = asyncio.get_running_loop()
    faults = Faults(chance=random.Random(1))
    clock = PacedClock(START_MS, 1.0, loop.time)
    venue = venue_of(flat_market(prices), faults=faults, clock=clock)
    wall = LoopClock(clock_ahead_ms)
    surroundings = Surroundings(wall.now_ms, lambda: round(loop.time() * 1_000), asyncio.sleep, Random(1))
    key = HmacKey(Secret(KEY), Secret(SECRET))
    async with VenueServer(venue, monotonic=loop.time) as server:
        await server.run(START_MS + 2_000)
        prepare(venue)
        client = BinanceClient(
            server.rest_url,
            key,
            wall,
            monotonic_s=loop.time,
            rules=client_rules or ClientRules(receive_window_ms=3_000, answer_timeout_s=3.0),
        )
        async with client, asyncio.TaskGroup() as tasks:
            feed = AccountFeed(server.stream_url, VenueListenKeys(client), AccountFeedRules(), surroundings)
            async with BinanceBroker(client, feed, rules or quick_rules(), surroundings) as broker:
                room = TradingRoom(venue, broker, client, feed)
                running = [
                    tasks.create_task(job) for job in (server.run(), feed.run(), broker.run(), room.listen())
                ]
                try:
                    await room.until_told(AccountCompared)
                    yield room
                finally:
                    for job in running:
                        job.cancel()


def quick_rules() -> BrokerRules:
    usual = BrokerRules()
    return replace(usual, look_every_s=0.2, evidence=replace(usual.evidence, send_window_ms=4_000))


Scene = Callable[[TradingRoom], Coroutine[Any, Any, None]]


def play(scene: Scene, prices: Iterable[float] = (PRICE,) * 30, **more: Any) -> TradingRoom:  # noqa: ANN401 - as trading_room takes them
    """Play a scene, let things settle, and hold the broker to what must always be."""

    async def main() -> TradingRoom:
        async with trading_room(prices, **more) as room:
            await scene(room)
            assert not [call for call in room.venue.calls if "kline" in call.lower()]
        return room

    try:
        return run(main)
    except BaseExceptionGroup as group:
        raise _first_of(group) from None


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


async def compared(room: TradingRoom) -> AccountCompared:
    """Wait for the next word on the account that leaves no doubt."""
    before = len(room.of(AccountCompared))
    told: AccountCompared = await room.until_told(AccountCompared, times=before + 1, most_s=90)
    return told


__all__ = [
    "MINUTE_MS",
    "AccountUnsure",
    "TradingRoom",
    "compared",
    "entry",
    "market_exit",
    "play",
    "quick_rules",
    "stop",
    "target",
]
