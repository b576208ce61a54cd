"""A whole live session at a faulty venue, in time that jumps; a referee looks at it twice a second."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_broker import BinanceBroker, BrokerRules
from adapters.binance.binance_client import BinanceClient
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.market_news import candle_news, price_news
from adapters.binance.price_feed import PriceFeed, PriceFeedRules
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.journal.file_journal import FileJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.system.clock import TapeClock
from adapters.venue.faults import FaultSwitch, seeded_schedule
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from application.live_tape import LiveTape, LiveTapeRules
from application.news_inbox import NewsInbox
from application.ports.tape_source import TapeSource
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.halt import TradingHalt
from domain.market.timeframe import MINUTE_MS
from domain.setup.setup_rules import EntryStyle
from domain.tape import Event
from tests.adapters.venue.house import KEY, SECRET, START_MS, venue_of
from tests.faults.eager_desk import WatchedDesk, eager_desk
from tests.faults.referee import Broken, Referee, SecretHunter, WatchedFaults
from tests.virtual_time import run

CALM_MINUTES: Final = 4
"""No fault strikes so shortly after the beginning and before the end."""
_LOOK_EVERY_S: Final = 0.5


@dataclass
class Watched:
    """A session that is over, and what the referee says of it."""

    seed: int
    minutes: int
    faults: WatchedFaults
    referee: Referee
    desk: WatchedDesk
    fills: int
    calls: dict[str, int]
    log_lines: int


class VenueTime:
    """The wall clock of a loop whose time jumps."""

    def __init__(self, clock: PacedClock) -> None:
        self._clock = clock

    def advance_to(self, at_ms: int) -> None:
        """It goes by itself."""

    def now_ms(self) -> int:
        return self._clock.now_ms()


def schedule_of(seed: int, minutes: int) -> list[FaultSwitch]:
    """Nearly every fault at seeded moments, with calm at both ends."""
    calm_ms = CALM_MINUTES * MINUTE_MS
    return seeded_schedule(seed, START_MS + calm_ms, minutes * MINUTE_MS - 2 * calm_ms)


def watched(
    seed: int,
    minutes: int,
    entry: EntryStyle,
    folder: Path,
    schedule: Sequence[FaultSwitch] | None = None,
) -> Watched:
    """Trade for some simulated minutes while everything goes wrong, or what a schedule says; then leave."""
    switches = schedule_of(seed, minutes) if schedule is None else schedule
    return run(lambda: _watched(seed, minutes, entry, folder / f"{seed}.journal", switches))


async def _watched(
    seed: int, minutes: int, entry: EntryStyle, path: Path, switches: Sequence[FaultSwitch]
) -> Watched:
    loop = asyncio.get_running_loop()
    clock = PacedClock(START_MS, 1.0, loop.time)
    faults = WatchedFaults(switches, Random(seed))
    listed = SIMULATED_SYMBOLS[:4]
    made_up = GeneratorSettings(seed=seed, symbols=listed, start_ms=START_MS, candles=minutes + 10)
    instruments = {symbol.name: instrument_of(symbol) for symbol in listed}
    tapes = [GeneratedTape(made_up, name) for name in instruments]
    venue = venue_of((list(tapes), instruments), clock=clock, faults=faults, step_ms=1_000)
    desk = eager_desk(instruments, seed, entry)
    referee = Referee(venue, desk, faults)
    around = Surroundings(clock.now_ms, lambda: round(loop.time() * 1_000), asyncio.sleep, Random(seed))
    key = HmacKey(Secret(KEY), Secret(SECRET))
    async with (
        VenueServer(venue, monotonic=loop.time) as server,
        BinanceClient(server.rest_url, key, VenueTime(clock), monotonic_s=loop.time) as client,
    ):
        symbols, url = tuple(instruments), server.stream_url
        klines = KlineFeed(url, symbols, VenueTradeHistory(client), KlineFeedRules(), around)
        prices = PriceFeed(url, symbols, PriceFeedRules(), around)
        account = AccountFeed(url, VenueListenKeys(client), AccountFeedRules(), around)
        async with BinanceBroker(client, account, BrokerRules(), around, instruments) as broker:
            inbox = NewsInbox[Event]()
            news: list[TapeSource[Event]] = [candle_news(klines), price_news(prices)]
            tape = LiveTape([inbox], news, client.clock, desk, LiveTapeRules())
            loop.call_later(minutes * 60, tape.stop)
            jobs = (
                server.run(),
                klines.run(),
                prices.run(),
                account.run(),
                broker.run(),
                inbox.follow(broker),
                _referee_at_work(referee),
            )
            with FileJournal.create(path, {}, is_durable=False) as journal, _listening() as hunter:
                recorder = UnifiedTradeRecorder(MemoryTradeStore(), is_prompt=True)
                session = TradingSession(tape, TapeClock(), journal, desk, broker, recorder)
                ended_by = await _play(session, jobs)
            referee.look()
    _judge(referee, ended_by, hunter, path)
    calls, fills = dict(venue.calls), len(venue.exchange.trades(None))
    return Watched(seed, minutes, faults, referee, desk, fills, calls, hunter.lines)


async def _play(session: TradingSession, jobs: tuple[Coroutine[Any, Any, None], ...]) -> BaseException | None:
    """Run a session and all it needs; give what ended it before its time."""
    ended_by: list[BaseException] = []
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(job) for job in jobs]
            await session.run()
            for job in running:
                job.cancel()
    except* TradingHalt as halted:
        ended_by.extend(halted.exceptions)
    return ended_by[0] if ended_by else None


async def _referee_at_work(referee: Referee) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        referee.look()


def _judge(referee: Referee, ended_by: BaseException | None, hunter: SecretHunter, path: Path) -> None:
    referee.finish()
    if ended_by is not None:
        referee.say(3, f"trading halted: {ended_by}")
    kept = path.read_bytes()
    if hunter.told or KEY.encode() in kept or SECRET.encode() in kept or KEY in repr(ended_by):
        referee.say(10, f"a secret in {', '.join(sorted(set(hunter.told))) or 'the journal or an exception'}")


@contextmanager
def _listening() -> Iterator[SecretHunter]:
    hunter, root = SecretHunter(), logging.getLogger()
    level = root.level
    root.addHandler(hunter)
    root.setLevel(logging.DEBUG)
    try:
        yield hunter
    finally:
        root.removeHandler(hunter)
        root.setLevel(level)


__all__ = ["Broken", "Watched", "schedule_of", "watched"]
