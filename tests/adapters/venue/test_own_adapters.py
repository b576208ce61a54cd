"""The service's own client and feeds, written apart from the venue, meet it over real sockets."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from decimal import Decimal
from random import Random
from typing import Any

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_client import BinanceClient
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.streams.hole_watch import CandleRebuilt
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.binance.wire import account_requests, market_requests, order_requests
from adapters.binance.wire.account_events import AccountUpdate, AlgoUpdate, OrderTradeUpdate, TradeLite
from adapters.binance.wire.outcome import Done, UnknownOutcome
from adapters.binance.wire.request import Request
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.venue.faults import Faults, FaultSwitch
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from domain.market.direction import Side
from domain.orders.order import Order, OrderKind, OrderPurpose
from domain.tape import CandleClosed
from tests.adapters.venue.house import KEY, OTHER, SECRET, START_MS, SYMBOL, made_up, venue_of
from tests.feed_samples import Listener
from tests.feed_samples import listening as listening_to

ENTRY = Order(
    "s.1.a-e",
    SYMBOL,
    Side.BUY,
    OrderKind.POST_ONLY_LIMIT,
    OrderPurpose.ENTRY,
    Decimal("0.010"),
    price=Decimal(58_000),
    leverage=5,
)
MARKET = Order(
    "s.2.a-e", SYMBOL, Side.BUY, OrderKind.MARKET, OrderPurpose.ENTRY, Decimal("0.010"), leverage=5
)
STOP = Order(
    "s.2.a-s1",
    SYMBOL,
    Side.SELL,
    OrderKind.STOP_MARKET,
    OrderPurpose.STOP,
    Decimal("0.010"),
    trigger_price=Decimal(55_000),
    is_reduce_only=True,
)
ON_MARK = order_requests.TriggeredBy.MARK
REQUESTS: list[Request[Any]] = [
    market_requests.leverage_brackets(SYMBOL),
    market_requests.agg_trades(SYMBOL),
    market_requests.premium_index(),
    account_requests.set_leverage(SYMBOL, 5),
    account_requests.position_mode(),
    account_requests.multi_assets_mode(),
    account_requests.fee_burn(),
    account_requests.account_config(),
    account_requests.symbol_config(),
    account_requests.commission_rate(SYMBOL),
    account_requests.order_limits(),
    order_requests.place(ENTRY),
    order_requests.query(SYMBOL, ENTRY.order_id),
    order_requests.open_orders(),
    order_requests.cancel(SYMBOL, ENTRY.order_id),
    order_requests.place(MARKET),
    order_requests.place_resident(STOP, ON_MARK),
    order_requests.query_resident(STOP.order_id),
    order_requests.open_residents(SYMBOL),
    account_requests.position_risk(),
    account_requests.account(),
    account_requests.balances(),
    account_requests.user_trades(SYMBOL),
    account_requests.income(),
    order_requests.cancel_all_after(SYMBOL, 120_000),
    order_requests.cancel_resident(STOP.order_id),
    order_requests.cancel_all_residents(SYMBOL),
    order_requests.cancel_all(SYMBOL),
    account_requests.create_listen_key(),
    account_requests.keep_listen_key(),
    account_requests.close_listen_key(),
]


class VenueTime:
    """A clock that shows the venue's time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.now_ms = now_ms

    def advance_to(self, at_ms: int) -> None:
        """Ignore it."""


def surroundings(clock: PacedClock) -> Surroundings:
    return Surroundings(clock.now_ms, lambda: time.monotonic_ns() // 1_000_000, asyncio.sleep, Random(1))


def client_at(server: VenueServer) -> BinanceClient:
    clock = VenueTime(server.venue.clock.now_ms)
    key = HmacKey(Secret(KEY), Secret(SECRET))
    return BinanceClient(server.rest_url, key, clock, monotonic_s=time.monotonic)


def test_every_request_of_the_client_is_understood_and_its_answer_too() -> None:
    async def main() -> None:
        async with VenueServer(venue_of()) as server, client_at(server) as client:
            await server.run(START_MS + 6_000)
            rules = await client.learn_rules()
            assert isinstance(rules, Done)
            for request in REQUESTS:
                outcome = await client.send(request)
                assert isinstance(outcome, Done), (request.path, outcome)
            assert not any("klines" in call for call in server.venue.calls)

    asyncio.run(main())


def test_what_may_have_been_done_is_told_as_unknown_and_found_again() -> None:
    async def main() -> None:
        faults = Faults()
        async with VenueServer(venue_of(faults=faults)) as server, client_at(server) as client:
            await server.run(START_MS + 6_000)
            for fault in ("unknown_executed", "timeout_executed", "cut_after_execution"):
                faults.set(FaultSwitch(fault))
                assert isinstance(await client.send(order_requests.place(ENTRY)), UnknownOutcome), fault
                faults.clear()
                found = await client.send(order_requests.query(SYMBOL, ENTRY.order_id))
                assert isinstance(found, Done), fault
                await client.send(order_requests.cancel(SYMBOL, ENTRY.order_id))

    asyncio.run(main())


def play(
    faults: Faults, scene: Callable[[VenueServer, PacedClock, BinanceClient], Coroutine[Any, Any, None]]
) -> None:
    """Play a scene while the market runs at sixty times its pace."""

    async def main() -> None:
        clock = PacedClock(START_MS, 60.0, time.monotonic)
        async with AsyncExitStack() as opened:
            server = await opened.enter_async_context(
                VenueServer(venue_of(made_up(), clock=clock, faults=faults))
            )
            client = await opened.enter_async_context(client_at(server))
            playing = asyncio.create_task(server.run())
            try:
                await scene(server, clock, client)
            finally:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    asyncio.run(main())


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the feed speaks when it will
            await asyncio.sleep(0.02)


def test_the_kline_feed_hears_every_candle_and_rebuilds_the_lost_ones() -> None:
    candles = {tape.symbol: {one.open_time_ms: one for one in tape.candles()} for tape in made_up()[0]}
    faults = Faults([FaultSwitch("final_kline_lost", 0.3)], Random(2))

    async def scene(server: VenueServer, clock: PacedClock, client: BinanceClient) -> None:
        feed = KlineFeed(
            server.stream_url,
            (SYMBOL, OTHER),
            VenueTradeHistory(client),
            KlineFeedRules(),
            surroundings(clock),
        )
        heard: Listener
        async with listening_to(feed) as heard:
            await until(lambda: len(heard.of(CandleClosed)) >= 8 and len(heard.of(CandleRebuilt)) >= 1)
        for told in heard.of(CandleClosed, CandleRebuilt):
            assert told.candle == candles[told.symbol][told.candle.open_time_ms]

    play(faults, scene)


def test_the_account_feed_hears_what_the_client_does() -> None:
    async def scene(server: VenueServer, clock: PacedClock, client: BinanceClient) -> None:
        feed = AccountFeed(
            server.stream_url, VenueListenKeys(client), AccountFeedRules(), surroundings(clock)
        )
        heard: Listener
        async with listening_to(feed) as heard:
            await until(lambda: bool(server.venue.streams.sockets))
            await client.send(order_requests.place(MARKET))
            await client.send(order_requests.place_resident(STOP, ON_MARK))
            await until(lambda: bool(heard.of(AlgoUpdate)))
        orders = [told.order for told in heard.of(OrderTradeUpdate)]
        assert [(order.client_id, order.execution) for order in orders] == [
            (MARKET.order_id, "NEW"),
            (MARKET.order_id, "TRADE"),
        ]
        assert len(heard.of(TradeLite)) == len(heard.of(AccountUpdate)) == 1
        assert [told.order.client_id for told in heard.of(AlgoUpdate)] == [STOP.order_id]

    play(Faults(), scene)
