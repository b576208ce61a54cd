"""Trading a made-up market on a venue of our own, in one process."""

import asyncio
import math
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from adapters.binance.binance_lines import instruments_at
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.generator.generator_settings import STEP_MS
from adapters.settings.settings import Settings
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.system.clock import RunningClock
from adapters.system.quiet_time import QuietTimeLoop
from adapters.terminal.notices import about_the_faults, about_the_market, next_commands
from adapters.terminal.workbench import Follow, RunOptions, SessionOutcome
from adapters.venue.fault_file import faults_asked_for
from adapters.venue.faults import Faults
from adapters.venue.open_venue import opened_venue, play_history
from adapters.venue.tape_window import TapeWindow
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock, VenueClock
from application.bootstrap_learning import bootstrap as bootstrap_learning
from application.learning_cycle import LearningCycle
from application.market_tape import merged_candles
from application.past import WARM_UP_DAYS, Past
from composition.harvest import harvested
from composition.learning import archive_in, learning_inline
from composition.live import SECONDS_AN_HOUR, LiveSession, lines_to, live_log, on_account, reported
from composition.opening import header_of
from composition.records import session_files
from composition.venue import VenueMarket, made_up_venue_market, venue_with
from domain.market.candle import Candle
from domain.market.timeframe import DAY_MS, HOUR_MS

EMBEDDED_STEP_MS: Final = 5_000
ENDING_HOURS: Final = 1
EMBEDDED_HOURS: Final = 16.0
EMBEDDED_LOOK_S: Final = 0.5
TAUGHT_PARTS: Final = 5
HISTORY_PARTS: Final = 9


def hours_of(run: RunOptions) -> float:
    """Tell how long the embedded venue is traded."""
    return EMBEDDED_HOURS if run.hours is None else run.hours


def source_of(run: RunOptions) -> dict[str, object]:
    """Tell what makes an embedded session the one it is."""
    faults = run.faults.read_text() if isinstance(run.faults, Path) else run.faults
    return {
        **asdict(run.generator),
        "hours": hours_of(run),
        "learn_days": run.learn_days,
        "faults": faults,
    }


def learns_from_history(settings: Settings, run: RunOptions) -> bool:
    """Tell whether an embedded session begins with what its market's history teaches."""
    is_asked = settings.confidence is None and not settings.disable_model_training
    return is_asked and run.learn_days > 0


def days_before(settings: Settings, run: RunOptions) -> int:
    """Tell how many days of history an embedded session has: to learn from, and to warm up on."""
    return max(WARM_UP_DAYS, run.learn_days if learns_from_history(settings, run) else 0)


def embedded_market(settings: Settings, run: RunOptions, follow: Follow) -> VenueMarket:
    """Make up what the embedded venue trades: its history, the session, and time to end it."""
    days = days_before(settings, run) + math.ceil((hours_of(run) + ENDING_HOURS) / 24)
    return made_up_venue_market(replace(run.generator, days=days), follow)


def embedded_venue(
    settings: Settings, market: VenueMarket, starts_ms: int, clock: VenueClock, run: RunOptions
) -> Venue:
    """Put the embedded venue together; its last hour before the session has passed."""
    ends_ms = starts_ms + round(hours_of(run) * HOUR_MS)
    played = market._replace(
        tapes=[
            TapeWindow(tape, starts_ms - HOUR_MS, ends_ms + ENDING_HOURS * HOUR_MS) for tape in market.tapes
        ]
    )
    chance = random.Random(run.generator.seed)  # noqa: S311 - a seeded fault is no secret
    faults = Faults(faults_asked_for(run.faults, starts_ms, ends_ms - starts_ms), chance)
    venue = venue_with(settings, played, 0, clock, faults, run.generator.seed, EMBEDDED_STEP_MS)
    play_history(venue, starts_ms)
    return venue


def recalled(market: VenueMarket, until_ms: int) -> list[tuple[str, Candle]]:
    """Give the candles of the days before a moment, in the order of time."""
    from_ms = until_ms - WARM_UP_DAYS * DAY_MS
    return list(merged_candles({tape.symbol: tape.candles(from_ms, until_ms) for tape in market.tapes}))


def traded_embedded(run: RunOptions, settings: Settings, follow: Follow) -> SessionOutcome:
    """Trade a market of our own until it is over, or somebody asks for the end."""
    with asyncio.Runner(loop_factory=QuietTimeLoop) as runner:
        return runner.run(_traded(run, settings, follow))


async def _taught(cycle: LearningCycle, market: VenueMarket, run: RunOptions, settings: Settings) -> None:
    """Let the first days of the market's history teach, and the others before the session try."""
    starts_ms = market.first_ms + days_before(settings, run) * DAY_MS
    split_ms = market.first_ms + run.learn_days * DAY_MS * TAUGHT_PARTS // HISTORY_PARTS
    samples = harvested(settings, market, starts_ms)
    await bootstrap_learning(samples, split_ms, cycle)


async def _traded(run: RunOptions, settings: Settings, follow: Follow) -> SessionOutcome:
    """Trade a venue of our own, on a loop whose time is the venue's."""
    seconds_of = asyncio.get_running_loop().time
    market = embedded_market(settings, run, follow)
    starts_ms = market.first_ms + days_before(settings, run) * DAY_MS
    clock = RunningClock(starts_ms, seconds_of)
    venue = embedded_venue(settings, market, starts_ms, PacedClock(starts_ms, 1.0, seconds_of), run)
    past = Past(starts_ms, recalled(market, starts_ms))
    (key,) = venue.keys.values()
    async with opened_venue(venue, 0, seconds_of) as server:
        lines = lines_to(
            server.rest_url,
            server.stream_url,
            HmacKey(Secret(key.name), Secret(key.secret)),
            clock,
            seconds_of,
            settings,
            EMBEDDED_LOOK_S,
        )
        async with lines.client() as client:
            instruments = await instruments_at(client, market.instruments)
            header = header_of("run", settings, instruments, STEP_MS, source_of(run))
            log = live_log(settings, header)
            live = LiveSession(settings, header, past, hours_of(run) * SECONDS_AN_HOUR, client.clock)
            with (
                session_files(settings, header) as (folder, journal, store),
                SqliteLearningStore(folder.learning) as learning,
            ):
                cycle = await learning_inline(settings, learning)
                if learns_from_history(settings, run):
                    await _taught(cycle, market, run, settings)
                async with on_account(lines, client, instruments, past.last) as trading:
                    beside = trading._replace(jobs=(*trading.jobs, server.run()))
                    outcome = await live.trade(beside, journal, store, cycle)
                learned = await archive_in(learning, settings).status()
                wallet = venue.exchange.wallet().balance
                report = await reported(outcome, store, settings.wallet, wallet)
    log.info("session ended", trades=report.totals.trades, wallet=str(report.totals.end_wallet))
    notices = (
        *about_the_market(run.generator),
        *about_the_faults(venue.faults.struck),
        *next_commands(report, folder.journal),
    )
    told = SessionOutcome(report, {}, folder.journal, folder.store, notices, outcome.exit_code)
    return told._replace(learning=learned)
