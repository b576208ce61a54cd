"""A venue of our own: what is traded there, by which rules, and how others find it listening."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Final, NamedTuple

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import STEP_MS, made_up_market
from adapters.generator.venue_rules import instrument_of
from adapters.settings.settings import Settings
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.system.clock import WallClock
from adapters.system.real_time import RealTimeRunner
from adapters.system.stop_signal import done_or_stopped
from adapters.terminal.workbench import (
    Follow,
    GeneratorOptions,
    SessionOptions,
    TapeOptions,
    VenueOpened,
    VenueOptions,
    VenueSummary,
)
from adapters.venue.fault_file import faults_asked_for
from adapters.venue.faults import Faults, StopFates
from adapters.venue.market import Market
from adapters.venue.open_venue import opened_venue, play_history, play_to_listeners
from adapters.venue.tape_window import TapeWindow
from adapters.venue.throw_away_key import throw_away_key
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock, SteppedClock, VenueClock
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from application.market_tape import nothing_chosen
from application.ports.candle_tape import CandleTape
from application.tape_shelf import common_step_ms
from composition.opening import opened_log, settings_for
from composition.tapes import SHELF, rules_of
from domain.market.instrument import Instrument

VENUE_STEP_MS: Final = 250


class VenueMarket(NamedTuple):
    """What is traded at a venue on loopback: tapes of one candle length, and their rules."""

    tapes: Sequence[CandleTape]
    instruments: Mapping[str, Instrument]
    first_ms: int
    length_ms: int


def made_up_venue_market(generator: GeneratorOptions, follow: Follow | None = None) -> VenueMarket:
    """Make up what a venue trades."""
    made_up = made_up_market(**asdict(generator))
    tapes = [GeneratedTape(made_up, symbol.name) for symbol in made_up.symbols]
    instruments = {symbol.name: instrument_of(symbol) for symbol in made_up.symbols}
    followed: Sequence[CandleTape] = tapes if follow is None else [follow(tape) for tape in tapes]
    return VenueMarket(followed, instruments, made_up.start_ms, made_up.candles * STEP_MS)


def recorded_venue_market(tapes: TapeOptions) -> VenueMarket:
    """Take recorded candles for what a venue trades. Raises TapeRefused, FileNotFoundError."""
    opened = SHELF.open(tapes.paths, tapes.policy)
    step_ms = common_step_ms(opened, opened[0].step_ms)
    windows = [TapeWindow(tape, tapes.from_ms, tapes.until_ms) for tape in opened]
    first = [candle.open_time_ms for window in windows for candle in islice(window.candles(), 1)]
    if not first:
        raise nothing_chosen(" ".join(tapes.paths))
    length = max(tape.read(tapes.from_ms, tapes.until_ms).length for tape in opened)
    return VenueMarket(windows, rules_of(opened, tapes.exchange_info), min(first), length * step_ms)


def exchange_of(
    settings: Settings,
    instruments: Mapping[str, Instrument],
    fates: StopFates | None = None,
    *,
    is_book_shown: bool = True,
) -> SimulatedExchange:
    """Give an exchange of our own, with the wallet, fees and funding of the settings."""
    rules = settings.venue
    contracts = {
        symbol: ContractTerms(
            instrument,
            liquidation_fee=rules.liquidation_fee,
            funding_rate=rules.funding_rate_per_interval,
            funding_interval_ms=rules.funding_interval_ms,
        )
        for symbol, instrument in instruments.items()
    }
    habits = ExchangeHabits(
        maker_fee=settings.costs.maker_fee,
        taker_fee=settings.costs.taker_fee,
        is_book_shown=is_book_shown,
        slippage=settings.costs.slippage,
        stuck_stop_every=rules.stuck_stop_every,
    )
    return SimulatedExchange(contracts, settings.wallet, habits, fates)


def venue_with(
    settings: Settings,
    market: VenueMarket,
    shift_ms: int,
    clock: VenueClock,
    faults: Faults,
    key_seed: int,
    step_ms: int,
) -> Venue:
    """Put a venue together: exchange, market, one key."""
    exchange = exchange_of(settings, market.instruments, StopFates(faults))
    played = Market(market.tapes, market.instruments, step_ms, shift_ms)
    return Venue(exchange, played, clock, [throw_away_key(key_seed)], faults, VenueSettings())


def venue_at_its_pace(settings: Settings, market: VenueMarket, options: VenueOptions) -> Venue:
    """Put a venue together whose history has passed: at its own pace in the time of this machine.

    Raises OSError, FaultsRefused, TapeRefused.
    """
    step_ms = market.tapes[0].step_ms
    opens_ms = market.first_ms + min(options.history_ms, market.length_ms // 2)
    shift_ms = 0
    if options.speed == 1.0:
        now_ms = WallClock().now_ms()
        shift_ms = (now_ms - opens_ms) // step_ms * step_ms
        opens_ms = now_ms
    left_ms = market.first_ms + shift_ms + market.length_ms - opens_ms
    chance = random.Random(options.key_seed)  # noqa: S311 - a seeded fault is no secret
    faults = Faults(faults_asked_for(options.faults, opens_ms, left_ms), chance)
    clock: VenueClock = SteppedClock(opens_ms)
    if options.speed is not None:
        clock = PacedClock(opens_ms, options.speed, time.monotonic)
    venue = venue_with(settings, market, shift_ms, clock, faults, options.key_seed, VENUE_STEP_MS)
    play_history(venue, opens_ms)
    return venue


class ListeningVenue:
    """A venue that listens, driven from ordinary code."""

    def __init__(self, server: VenueServer, runner: RealTimeRunner, options: VenueOptions) -> None:
        self._server = server
        self._runner = runner
        self._options = options
        self._from_ms = server.venue.now_ms()
        self._start_wallet = server.venue.exchange.wallet().balance

    @property
    def opened(self) -> VenueOpened:
        """Where it listens."""
        server, (key,) = self._server, self._server.venue.keys.values()
        symbols = tuple(server.venue.exchange.contracts)
        addresses = server.rest_url, server.stream_url, server.ws_api_url
        return VenueOpened(*addresses, symbols, key.name, key.secret, self._from_ms, self._options.speed)

    def play(self) -> VenueSummary:
        """Let its market run until the tape ends or somebody asks for it. Raises TapeRefused."""
        self._runner.run(done_or_stopped(play_to_listeners(self._server, self._options.until_ms)))
        venue = self._server.venue
        exchange = venue.exchange
        return VenueSummary(
            self._from_ms,
            venue.now_ms(),
            dict(venue.calls.most_common()),
            dict(venue.faults.struck.most_common()),
            len(exchange.trades(None)),
            len(exchange.open_orders(None)) + len(exchange.open_stops(None)),
            sum(1 for position in exchange.positions() if position.amount),
            self._start_wallet,
            exchange.wallet().balance,
        )


@contextmanager
def listening_venue(
    market: TapeOptions | GeneratorOptions, venue: VenueOptions, session: SessionOptions
) -> Iterator[ListeningVenue]:
    """Open a venue on loopback whose prices come from tapes or are made up."""
    settings = settings_for(session)
    opened_log(settings)
    traded = (
        made_up_venue_market(market)
        if isinstance(market, GeneratorOptions)
        else recorded_venue_market(market)
    )
    at_its_pace = venue_at_its_pace(settings, traded, venue)
    with RealTimeRunner() as runner:
        files = AsyncExitStack()
        server = runner.run(files.enter_async_context(opened_venue(at_its_pace, venue.port)))
        try:
            yield ListeningVenue(server, runner, venue)
        finally:
            runner.run(files.aclose())
