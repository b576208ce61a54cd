"""A live session that is cut off at a chosen moment, as by kill -9, and taken over by the next one.

The venue lives on, in time that jumps. What was not handed to the system is lost, and so is every answer
under way.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_broker import BinanceBroker, BrokerRules
from adapters.binance.binance_client import BinanceClient
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.market_news import candle_news, price_news
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.binance.wire.outcome import Outcome
from adapters.binance.wire.request import Request
from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.memory.trade_store import MemoryTradeStore
from adapters.system.clock import TapeClock
from adapters.venue.venue import Venue
from application.live_tape import LiveTape, LiveTapeRules
from application.news_inbox import NewsInbox
from application.ports.tape_source import TapeSource
from application.recalled_tape import RecalledTape
from application.replay import RecordedSession
from application.session_memory import SessionMemory
from application.session_tally import SessionTally
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.orders.order import ApprovedOrder, OrderPurpose
from domain.tape import Event
from tests.adapters.venue.house import SYMBOL
from tests.replay.live_room import Market, a_desk, market_of

LONGEST_BARE_MS: Final = 3_000
Reply = TypeVar("Reply")


class Cut(Exception):
    """The process is gone."""


@dataclass
class Cutter:
    """Cuts the session off when something is about to happen, the n-th time."""

    is_it: Callable[[object], bool]
    times: int = 1
    has_cut: bool = False

    def meet(self, thing: object) -> None:
        """Take notice of something. Raises Cut when it is what was waited for."""
        if self.has_cut:
            raise Cut
        if self.is_it(thing):
            self.times -= 1
            if not self.times:
                self.has_cut = True
                raise Cut


@dataclass(frozen=True)
class BeforeWire:
    """An order was decided on and written down, and is about to be handed to the broker."""

    purpose: OrderPurpose


@dataclass(frozen=True)
class CancelBeforeWire:
    """An order is about to be taken away."""

    order_id: str


@dataclass(frozen=True)
class AfterWire:
    """The venue has carried out a request, and its answer is on the way."""

    method: str
    path: str


@dataclass(frozen=True)
class BeforeJournal:
    """An event was told, and is about to be written down."""

    event: Event


@dataclass(frozen=True)
class BeforeNote:
    """An event was decided on, and the decision is about to be written down."""

    event: Event


class CutClient:
    """A client whose answers may never arrive."""

    def __init__(self, client: BinanceClient, cutter: Cutter) -> None:
        self._client, self._cutter = client, cutter
        self.clock = client.clock

    async def send(self, request: Request[Reply]) -> Outcome[Reply]:
        outcome = await self._client.send(request)
        self._cutter.meet(AfterWire(request.method, request.path))
        return outcome


class CutBroker:
    """A broker that may never be reached."""

    def __init__(self, broker: BinanceBroker, cutter: Cutter) -> None:
        self._broker, self._cutter = broker, cutter

    async def submit(self, order: ApprovedOrder) -> None:
        self._cutter.meet(BeforeWire(order.order.purpose))
        await self._broker.submit(order)

    async def cancel(self, symbol: str, order_id: str) -> None:
        self._cutter.meet(CancelBeforeWire(order_id))
        await self._broker.cancel(symbol, order_id)


class CutJournal:
    """A journal whose writer may die."""

    is_kept: Final = True

    def __init__(self, journal: FileJournal, cutter: Cutter) -> None:
        self._journal, self._cutter = journal, cutter
        self._event: Event | None = None

    def record(self, event: Event) -> None:
        self._cutter.meet(BeforeJournal(event))
        self._event = event
        self._journal.record(event)

    def note(self, decision: bytes) -> None:
        if decision and self._event is not None:
            self._cutter.meet(BeforeNote(self._event))
        self._journal.note(decision)


@contextmanager
def dying(journal: FileJournal) -> Iterator[FileJournal]:
    """Give up the file as the death of a process does: what was not handed over is lost."""
    try:
        yield journal
    except Cut:
        os.close(journal.fileno())
        raise
    else:
        journal.close()


@dataclass
class Lives:
    """What is left of a session after its last life."""

    venue: Venue
    journal: Path
    desk: TradingDesk
    tally: SessionTally
    store: MemoryTradeStore
    memories: list[SessionMemory]
    longest_bare_ms: int
    most_entries: int
    instruments: Any = field(repr=False, default=None)

    def events(self) -> list[Event]:
        return [entry.event for entry in JournalFile(self.journal).entries()]

    def replay(self) -> tuple[RecordedSession, TradingDesk]:
        """Decide all of it again. Raises ReplayDiffers."""
        recorded, desk = RecordedSession(JournalFile(self.journal)), a_desk(self.instruments)
        recorder = UnifiedTradeRecorder(MemoryTradeStore(), is_prompt=False)
        session = TradingSession(recorded, TapeClock(), recorded, desk, recorded, recorder)
        asyncio.run(session.run())
        return recorded, desk


@dataclass
class Watch:
    """Looks at the venue while a process of ours lives."""

    venue: Venue
    bare_since_ms: int | None = None
    longest_bare_ms: int = 0
    most_entries: int = 0

    async def run(self) -> None:
        while True:
            self._look()
            await asyncio.sleep(0.1)

    def rest(self) -> None:
        """Nobody lives who could protect anything."""
        self.bare_since_ms = None

    def _look(self) -> None:
        exchange, now_ms = self.venue.exchange, self.venue.now_ms()
        held = sum(abs(one.amount) for one in exchange.positions())
        stops = [
            stop
            for stop in exchange.open_stops(None)
            if stop.kind == "STOP_MARKET"
            and stop.status == "NEW"
            and (stop.closes_position or stop.quantity >= held)
        ]
        entries = [order for order in exchange.open_orders(None) if not order.is_reduce_only]
        self.most_entries = max(self.most_entries, len(entries))
        if not held or stops:
            self.bare_since_ms = None
            return
        self.bare_since_ms = self.bare_since_ms or now_ms
        self.longest_bare_ms = max(self.longest_bare_ms, now_ms - self.bare_since_ms)


async def _nothing(_market: Market, _path: Path) -> None:
    """Happens while nobody is there."""


async def lives(
    prices: Sequence[float],
    path: Path,
    cuts: Sequence[Cutter],
    down_s: float,
    end_after_s: float,
    meanwhile: Callable[[Market, Path], Awaitable[None]] = _nothing,
) -> Lives:
    """Trade, be cut off by each of the cuts in turn, be taken over after a while, and end well at last.

    `end_after_s` counts from the beginning of the venue's time.
    """
    async with market_of(prices) as market, asyncio.TaskGroup() as tasks:
        watch = Watch(market.venue)
        server = tasks.create_task(market.server.run())
        store, memories = MemoryTradeStore(), list[SessionMemory]()
        for number, cutter in enumerate(cuts):
            with suppress(Cut):
                await _one_life(
                    market, path, cutter, watch, store, memories, end_after_s, is_going_on=number > 0
                )
            assert cutter.has_cut, "the session was never cut off there"
            watch.rest()
            await meanwhile(market, path)
            await asyncio.sleep(down_s)
        never = Cutter(lambda _: False)
        desk, tally = await _one_life(
            market, path, never, watch, store, memories, end_after_s, is_going_on=bool(cuts)
        )
        server.cancel()
    return Lives(
        market.venue,
        path,
        desk,
        tally,
        store,
        memories,
        watch.longest_bare_ms,
        watch.most_entries,
        market.instruments,
    )


async def _one_life(
    market: Market,
    path: Path,
    cutter: Cutter,
    watch: Watch,
    store: MemoryTradeStore,
    memories: list[SessionMemory],
    end_after_s: float,
    *,
    is_going_on: bool,
) -> tuple[TradingDesk, SessionTally]:
    """Begin or go on, until the end or a cut. Raises Cut."""
    desk, recorder = a_desk(market.instruments), UnifiedTradeRecorder(store, is_prompt=True)
    memory: SessionMemory | None = None
    tally = SessionTally()
    journal = FileJournal.reopen(path, is_durable=True) if is_going_on else None
    if journal is not None:
        memory, recorded = SessionMemory(), RecordedSession(JournalFile(path))
        again = TradingSession(memory.follow(recorded), TapeClock(), recorded, desk, memory, recorder)
        tally = await again.run()
        journal.note(recorded.unwritten)
        memories.append(memory)
    with dying(journal or FileJournal.create(path, {}, is_durable=True)) as opened:
        return desk, await _traded(market, opened, cutter, watch, desk, recorder, memory, tally, end_after_s)


async def _traded(
    market: Market,
    journal: FileJournal,
    cutter: Cutter,
    watch: Watch,
    desk: TradingDesk,
    recorder: UnifiedTradeRecorder,
    memory: SessionMemory | None,
    tally: SessionTally,
    end_after_s: float,
) -> SessionTally:
    client: Any = CutClient(market.client, cutter)
    history = VenueTradeHistory(market.client)
    last = {} if memory is None else memory.candles
    klines = KlineFeed(market.server.stream_url, (SYMBOL,), history, KlineFeedRules(), market.around, last)
    quotes = market.prices()
    account = AccountFeed(
        market.server.stream_url, VenueListenKeys(market.client), AccountFeedRules(), market.around
    )
    loop, inbox = asyncio.get_running_loop(), NewsInbox[Event]()
    rules = market.instruments if memory is None else {**market.instruments, **memory.instruments}
    async with BinanceBroker(client, account, BrokerRules(), market.around, rules) as broker:
        if memory is not None:
            broker.resume(memory)
        sources: list[TapeSource[Event]] = [candle_news(klines), price_news(quotes)]
        tape = LiveTape([inbox], sources, market.client.clock, desk, LiveTapeRules())
        told = RecalledTape(0 if memory is None else memory.last_at_ms, (), tape)
        kept, hands = CutJournal(journal, cutter), CutBroker(broker, cutter)
        session = TradingSession(told, TapeClock(), kept, desk, hands, recorder)
        end = loop.call_at(end_after_s, tape.stop)
        try:
            return await _with(
                session,
                [klines.run(), quotes.run(), account.run(), broker.run(), inbox.follow(broker), watch.run()],
                tally,
            )
        finally:
            end.cancel()


async def _with(session: TradingSession, jobs: list[Any], tally: SessionTally) -> SessionTally:
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(job) for job in jobs]
            result = await session.run(tally)
            for job in running:
                job.cancel()
    except* Cut:
        raise Cut from None
    return result
