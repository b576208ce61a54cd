"""Trading recorded candles."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal
from itertools import islice
from pathlib import Path

from dependency_injector import providers

from adapters.settings.session_choice import SessionRefused
from adapters.settings.settings import Settings
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_feed import SimulatedFeed
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.system.report_place import require_place
from adapters.system.stop_signal import stop_when_ready
from adapters.terminal.tape_commands import audit_lines
from adapters.terminal.workbench import Follow, ReportOptions, SessionOptions, SessionOutcome, TapeOptions
from application.appointed_feed import AppointedFeed
from application.learning_by_hand import last_moment_ms
from application.market_minutes import MarketMinutes
from application.performance.wording import day
from application.ports.candle_tape import AuditedTape
from application.ports.journal import Journal
from application.ports.trade_store import TradeStore
from application.session_header import SessionHeader
from application.session_report import SessionReport, build_report
from application.tape_shelf import common_step_ms
from application.trading_session import TradingSession
from composition.engines import IS_COMPILED
from composition.learning import archive_in, learning_inline
from composition.opening import header_of, session_log, settings_for
from composition.pages import REPORT_BYTES, page_of, print_page
from composition.records import journal_and_store
from composition.session import wired
from composition.tapes import SHELF, every_candle, rules_of, scouted_market
from composition.venue import exchange_of
from domain.tape import ChampionChanged


def play(
    settings: Settings,
    header: SessionHeader,
    market: MarketMinutes,
    journal: Journal,
    store: TradeStore,
    changes: Sequence[ChampionChanged] = (),
    learning: SqliteLearningStore | None = None,
) -> SessionReport:
    """Trade a market on the simulated exchange until it ends, and sum up.

    Changes of champion are known beforehand, or come of learning on the way. Raises TradingHalt when the
    desk's wallet or the closed trades differ from the venue's wallet, Stopped between two candles when
    somebody asked for that.
    """
    exchange = exchange_of(settings, header.instruments, is_book_shown=False)
    broker = ExchangeBroker(exchange)
    with stop_when_ready() as request:
        feed = SimulatedFeed(exchange, broker, request.watched(market), header.step_ms)
        told = AppointedFeed(feed, changes, header.step_ms) if changes else feed

        async def played() -> SessionReport:
            cycle = None if learning is None else await learning_inline(settings, learning)
            wiring = wired(settings, header.instruments, header.step_ms, told, journal, broker, store, cycle)
            learner = wiring.learner()
            if learner is not None:
                wiring.feed.override(providers.Object(learner.beside(told)))
            told.spare(wiring.desk())
            return await _played(wiring.session(), store, settings.wallet, exchange)

        return asyncio.run(played())


async def _played(
    session: TradingSession, store: TradeStore, start_wallet: Decimal, exchange: SimulatedExchange
) -> SessionReport:
    tally = await session.run()
    trades, decisions = await store.trades(), await store.decisions()
    return build_report(tally, trades, decisions, start_wallet, exchange.balance)


def require_older(
    kept: SqliteLearningStore, path: Path, tapes: Sequence[AuditedTape], options: TapeOptions, newest: int
) -> None:
    """Refuse to trade candles by what was learned from them, or later. Raises SessionRefused."""
    firsts = (islice(tape.candles(options.from_ms, options.until_ms), 1) for tape in tapes)
    begins_ms = min((candle.open_time_ms for first in firsts for candle in first), default=0)
    last_ms = asyncio.run(last_moment_ms(kept.samples, kept.models, newest))
    if last_ms > begins_ms:
        raise SessionRefused(
            f"{path} knows what happened until {day(last_ms)}, these candles begin on {day(begins_ms)}:"
            " trading the past by what came later proves nothing; give --from a later day, or another file"
        )


def backtested(
    tapes: TapeOptions,
    session: SessionOptions,
    follow: Follow,
    told: ReportOptions | None = None,
) -> SessionOutcome:
    """Trade recorded candles."""
    if told is not None:
        require_place(told.path.resolve(), REPORT_BYTES)
    settings, opened = settings_for(session), SHELF.open(tapes.paths, tapes.policy)
    instruments = rules_of(opened, tapes.exchange_info)
    step_ms = common_step_ms(opened, settings.structure_rules.base_step_ms)
    source = {"tapes": list(tapes.paths), "from_ms": tapes.from_ms, "until_ms": tapes.until_ms}
    header = header_of("backtest", settings, instruments, step_ms, source)
    log = session_log(settings, header)
    readings = {tape.symbol: follow(tape).read(tapes.from_ms, tapes.until_ms) for tape in opened}
    is_looked_over = session.journal is not None or session.learning is not None
    is_scouted = not is_looked_over and settings.structure == "native" and IS_COMPILED
    market_of = scouted_market if is_scouted else every_candle
    market = market_of(settings, readings, step_ms, " ".join(tapes.paths))
    with ExitStack() as files:
        journal, store = journal_and_store(session, header, files)
        learning = None
        if session.learning is not None:
            learning = files.enter_context(SqliteLearningStore(session.learning))
            require_older(learning, session.learning, opened, tapes, settings.learning.most_samples)
        report = play(settings, header, market, journal, store, learning=learning)
        learned = None
        if learning is not None:
            learned = asyncio.run(archive_in(learning, settings).status())
    log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
    audits = {symbol: reading.audit for symbol, reading in readings.items()}
    notices = tuple(f"{symbol}: {line}" for symbol, audit in audits.items() for line in audit_lines(audit))
    if told is not None:
        again = [follow(tape) for tape in opened]
        page = page_of(report, settings, header, again, tapes, told.trials)
        print_page(page, told.path)
        notices = (*notices, page.lead[0].text, f"{told.path}: the report, to be opened in a browser")
    outcome = SessionOutcome(report, audits, session.journal, session.store, notices)
    return outcome._replace(learning=learned)
