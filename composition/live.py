"""Trading in the time of a venue, on an account or on paper, until it is over or somebody asks."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from dependency_injector import providers
from structlog.typing import FilteringBoundLogger

from adapters.binance.account_feed import AccountFeedRules
from adapters.binance.binance_broker import BrokerRules
from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.binance_lines import BinanceLines, LineRules
from adapters.binance.candle_rebuilder import RebuildRules
from adapters.binance.kline_feed import KlineFeedRules
from adapters.binance.market_news import candle_news, price_news, quote_news
from adapters.binance.price_feed import PriceFeedRules, PriceSource
from adapters.binance.stream_line import FeedRules
from adapters.binance.wire.order_requests import TriggeredBy
from adapters.binance.wire.signature import ApiKey as SigningKey
from adapters.journal.file_journal import FileJournal
from adapters.settings.session_choice import switches_of
from adapters.settings.settings import Settings
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.paper_feed import PaperFeed
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.system.session_folder import SessionFolder
from adapters.system.stop_signal import stop_then_end
from adapters.terminal.notices import after_a_session, still_open
from adapters.terminal.workbench import SessionOutcome
from application.learning_cycle import LearningCycle
from application.live_tape import LiveTape, LiveTapeRules, Time
from application.news_inbox import NewsInbox
from application.past import Past
from application.ports.broker import Broker
from application.ports.clock import Clock
from application.ports.journal import Journal, JournalFailed
from application.ports.tape_source import TapeSource
from application.ports.trade_store import StoreFailed, TradeStore
from application.recalled_tape import RecalledTape
from application.session_header import SessionHeader
from application.session_memory import SessionMemory
from application.session_report import SessionReport, build_report
from application.session_tally import SessionTally
from application.side_by_side import with_all
from application.trading_desk import TradingDesk
from composition.learning import archive_in
from composition.opening import PAPER, announce, session_log
from composition.session import Wiring, may_explore, wired
from composition.takeover import Recovered
from domain.halt import TradingHalt
from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.tape import Event

SECONDS_AN_HOUR: Final = 3_600.0
NOT_BEGUN: Final = "the session ended before the market or the account told anything"


class SessionUnfinished(Exception):
    """A session is over, and what it opened is not closed."""


def lines_to(
    rest_url: str,
    stream_url: str,
    key: SigningKey | None,
    clock: Clock,
    steady_s: Callable[[], float],
    settings: Settings,
    look_every_s: float = 0.1,
) -> BinanceLines:
    """Speak to a venue as the settings say."""
    chosen = settings.binance
    feed = FeedRules(queue_size=chosen.queue_size)
    hole_ms = 0 if settings.disable_rest_fallback else chosen.longest_hole_ms
    price = TriggeredBy.MARK if chosen.stops_on == "mark" else TriggeredBy.LAST
    rules = LineRules(
        ClientRules(chosen.connect_timeout_s, chosen.answer_timeout_s, chosen.receive_window_ms),
        KlineFeedRules(feed=feed, rebuild=RebuildRules(longest_hole_ms=hole_ms)),
        PriceFeedRules(PriceSource(chosen.prices), feed=feed),
        AccountFeedRules(feed=feed),
        BrokerRules(triggered_by=price, compare_every_ms=chosen.compare_every_ms, look_every_s=look_every_s),
    )
    chance = random.Random(1)  # noqa: S311 - it only spreads reconnects
    return BinanceLines(rest_url, stream_url, key, clock, steady_s, chance, rules)


def live_log(settings: Settings, header: SessionHeader) -> FilteringBoundLogger:
    """Open the log of a session on a venue's own time, and say what the switches mean for it."""
    log = session_log(settings, header)
    for line in switches_of(settings):
        log.warning(line)
    return log


class Trading(NamedTuple):
    """Where a live tape gets its news, who takes the orders, and what has to run meanwhile."""

    account: Sequence[TapeSource[Event]]
    market: Sequence[TapeSource[Event]]
    broker: Broker
    jobs: Sequence[Coroutine[Any, Any, None]]


@asynccontextmanager
async def on_account(
    lines: BinanceLines,
    client: BinanceClient,
    instruments: Mapping[str, Instrument],
    last: Mapping[str, Candle],
    memory: SessionMemory | None = None,
    *,
    pays_in_bnb: bool = False,
) -> AsyncIterator[Trading]:
    """Trade the account of the key, after the last known candles; go on with what is remembered, if asked."""
    account, inbox, prices = lines.account(client), NewsInbox[Event](), lines.prices(instruments)
    async with lines.broker(client, account, instruments) as broker:
        if memory is not None:
            broker.resume(memory, fees_paid_in="BNB" if pays_in_bnb else "")
        klines = lines.klines(client, instruments, last, broker)
        jobs = (klines.run(), prices.run(), account.run(), broker.run(), inbox.follow(broker))
        yield Trading([inbox], [candle_news(klines), price_news(prices)], broker, jobs)


@asynccontextmanager
async def on_paper(
    lines: BinanceLines, client: BinanceClient, exchange: SimulatedExchange, past: Past
) -> AsyncIterator[Trading]:
    """Trade an exchange of our own that follows the venue's market."""
    symbols, broker = exchange.contracts, ExchangeBroker(exchange)
    klines, prices = lines.klines(client, symbols, past.last, broker), lines.prices(symbols)
    feed = PaperFeed([candle_news(klines), quote_news(prices)], exchange, broker)
    yield Trading([feed], [], broker, (klines.run(), prices.run()))


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session in the time of a venue: what it is, what it remembers, and where it writes."""

    settings: Settings
    header: SessionHeader
    past: Past
    ends_after_s: float | None
    clock: Time
    recovered: Recovered | None = None

    async def trade(
        self, trading: Trading, journal: Journal, store: TradeStore, cycle: LearningCycle | None
    ) -> "LiveOutcome":
        """Trade and learn until the time is over or somebody asks.

        Raises AccountRefused, TradingHalt, JournalFailed, StoreFailed, Stopped when asked twice.
        """
        wiring = self._wired(cycle)
        wiring.journal.override(providers.Object(journal))
        wiring.broker.override(providers.Object(trading.broker))
        wiring.store.override(providers.Object(store))
        desk = wiring.desk()
        learning, learner = NewsInbox[Event](), wiring.learner()
        market = [learning, *trading.market]
        tape = LiveTape(trading.account, market, self.clock, desk, LiveTapeRules())
        past = RecalledTape(self.past.at_ms, self.past.candles, tape)
        wiring.feed.override(providers.Object(past))
        if self.ends_after_s is not None:
            asyncio.get_running_loop().call_later(self.ends_after_s, tape.stop)
        so_far = None if self.recovered is None else self.recovered.tally
        jobs = trading.jobs if learner is None else [*trading.jobs, learner.run(learning, self.clock)]
        with stop_then_end(tape.stop) as request, telling_what_stays_open(desk, self.header):
            tally = await with_all(wiring.session().run(so_far), jobs)
        if learner is not None and learner.failed_writes:
            announce(
                [f"the learning file could not be written {learner.failed_writes} times; look at its disk"]
            )
        return LiveOutcome(tally, desk, request.exit_code)

    def _wired(self, cycle: LearningCycle | None) -> Wiring:
        if self.recovered is not None:
            return self.recovered.wiring
        header, explores = self.header, may_explore(self.settings, self.header)
        return wired(
            self.settings,
            header.instruments,
            header.step_ms,
            cycle=cycle,
            is_live=True,
            may_explore=explores,
        )


@contextmanager
def telling_what_stays_open(desk: TradingDesk, header: SessionHeader) -> Iterator[None]:
    """Say what is still open when the session inside breaks off; of a desk that halted nobody knows."""
    try:
        yield
    except (asyncio.CancelledError, JournalFailed, StoreFailed):
        if left := desk.left_open:
            announce(still_open(left, is_paper=header.kind == PAPER).splitlines())
        raise


class LiveOutcome(NamedTuple):
    """A live session that is over; what a shell expects when somebody asked for the end."""

    tally: SessionTally
    desk: TradingDesk
    exit_code: int


async def ended(
    outcome: LiveOutcome,
    folder: SessionFolder,
    journal: FileJournal,
    store: TradeStore,
    end_wallet: Decimal,
    log: FilteringBoundLogger,
    *,
    is_paper: bool = False,
) -> SessionOutcome:
    """Sum up a session at a market, and say in its journal that it left nothing open.

    Raises SessionUnfinished when it did, TradingHalt when the book is not the venue's.
    """
    if not outcome.tally.marks:
        raise SessionUnfinished(NOT_BEGUN)
    if not outcome.desk.is_idle:
        raise SessionUnfinished(still_open(outcome.desk.left_open, is_paper=is_paper))
    report = await reported(outcome, store, outcome.tally.marks[0].wallet, end_wallet)
    journal.finish()
    log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
    notices = tuple(after_a_session(report, folder.journal))
    return SessionOutcome(report, {}, folder.journal, folder.store, notices, outcome.exit_code)


async def with_learning(
    outcome: SessionOutcome, kept: SqliteLearningStore, settings: Settings
) -> SessionOutcome:
    """Tell, too, where learning stands after a session. Raises StoreFailed."""
    return outcome._replace(learning=await archive_in(kept, settings).status())


async def reported(
    outcome: LiveOutcome, store: TradeStore, start_wallet: Decimal, end_wallet: Decimal
) -> SessionReport:
    """Sum up a live session. Raises TradingHalt when the book is not the venue's."""
    if outcome.desk.wallet != end_wallet:
        raise TradingHalt(f"the book says {outcome.desk.wallet}, the venue {end_wallet}")
    trades, decisions = await store.trades(), await store.decisions()
    return build_report(outcome.tally, trades, decisions, start_wallet, end_wallet)
