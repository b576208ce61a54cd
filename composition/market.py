"""A market that is real, or runs as if it were: followed on paper, or traded on an account there."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from adapters.binance.binance_broker import AccountRefused
from adapters.binance.binance_client import BinanceClient
from adapters.binance.binance_lines import (
    AccountSeen,
    BinanceLines,
    account_at,
    contracts_at,
    hindrances,
    instruments_at,
    require_no_hindrance,
)
from adapters.binance.exchange_info import Contracts
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import ApiKey as SigningKey
from adapters.binance.wire.signature import Ed25519Key, HmacKey
from adapters.generator.generator_settings import STEP_MS
from adapters.journal.file_journal import FileJournal
from adapters.logs.logged_journal import LoggedJournal
from adapters.settings.session_choice import NO_KEY, SessionRefused, about_to_trade, addresses_of
from adapters.settings.settings import Mode, Settings
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.system.clock import WallClock
from adapters.system.session_folder import only_here
from adapters.terminal.notices import about_the_takeover
from adapters.terminal.workbench import Follow, RunOptions, SessionOutcome
from application.past import Past
from application.ports.journal import JournalDamaged
from application.session_place import CannotBeTakenOver, SessionPlace
from composition.learning import learning_beside, learning_file, learning_if_it_can
from composition.live import (
    SECONDS_AN_HOUR,
    LiveSession,
    ended,
    lines_to,
    live_log,
    on_account,
    on_paper,
    with_learning,
)
from composition.opening import LIVE, PAPER, announce, header_of
from composition.records import session_files
from composition.takeover import BrokenOff, Recovered, broken_off, files_of, recovered
from composition.tapes import history_of
from composition.venue import exchange_of

PEM: Final = ".pem"
CLOCK_SLACK_MS: Final = 60_000


def key_of(settings: Settings) -> SigningKey:
    """Give the key of the account: Ed25519 where the secret names a PEM file. Raises SessionRefused."""
    if settings.binance_api_key is None or settings.binance_api_secret is None:
        raise SessionRefused(NO_KEY)
    name = Secret(settings.binance_api_key.get_secret_value())
    secret = settings.binance_api_secret.get_secret_value()
    try:
        if secret.endswith(PEM):
            return Ed25519Key(name, Secret(Path(secret).read_text(encoding="ascii")))
        return HmacKey(name, Secret(secret))
    except (OSError, ValueError) as error:
        raise SessionRefused(
            f"BINANCE_API_KEY and BINANCE_API_SECRET are no key: {type(error).__name__}"
        ) from None


async def on_paper_market(live: LiveSession, lines: BinanceLines, client: BinanceClient) -> SessionOutcome:
    """Follow a real market with made-up money."""
    settings, header = live.settings, live.header
    log = live_log(settings, header)
    announce(about_to_trade(settings, settings.wallet, header.instruments, is_warm=bool(live.past.candles)))
    exchange = exchange_of(settings, header.instruments)
    with (
        session_files(settings, header, is_durable=True) as (folder, journal, store),
        SqliteLearningStore(learning_file(settings)) as learning,
    ):
        cycle = await learning_beside(settings, learning)
        async with on_paper(lines, client, exchange, live.past) as trading:
            outcome = await live.trade(trading, LoggedJournal(journal, log), store, cycle)
        wallet = exchange.wallet().balance
        told = await ended(outcome, folder, journal, store, wallet, log, is_paper=True)
        return await with_learning(told, learning, settings)


class LivePlan(NamedTuple):
    """What was asked for: the settings, since when, for how long, and which tapes tell the past."""

    settings: Settings
    started_at_ms: int
    ends_after_s: float | None
    history: Sequence[str]
    follow: Follow


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """An account at a venue, about to be traded: by a new session, or by one that broke off and goes on.

    Whatever would keep a new session from beginning is no reason to leave what is open unwatched.
    """

    lines: BinanceLines
    client: BinanceClient
    place: SessionPlace
    seen: AccountSeen
    contracts: Contracts
    plan: LivePlan

    async def trade(self, *, is_fresh: bool) -> SessionOutcome:
        """Take over what broke off if that can be, else begin on a clean account.

        Raises AccountRefused and VenueRefused with what can be done, and whatever ends a session early.
        """
        settings = self.plan.settings
        why_not = f"no session in {settings.data_folder} knows of them"
        broken = broken_off(settings.data_folder, self.place)
        if broken is not None and is_fresh:
            why_not = f"leave --fresh out to take over the session {broken.header.session_id}"
        elif broken is not None:
            try:
                return await self._go_on(broken)
            except (CannotBeTakenOver, JournalDamaged) as cannot:
                why_not = f"the session {broken.header.session_id} cannot be taken over: {cannot}"
                announce([f"{why_not}; a new session begins on a clean account only"])
        try:
            return await self._begin()
        except AccountRefused as refused:
            raise AccountRefused(f"{refused}; {why_not}") from refused

    async def _begin(self) -> SessionOutcome:
        live = self._new_session()
        settings, header = live.settings, live.header
        log = live_log(settings, header)
        is_warm = bool(live.past.candles)
        announce(about_to_trade(settings, self.seen.wallet, header.instruments, is_warm=is_warm))
        with (
            session_files(settings, header, is_durable=True) as (folder, journal, store),
            SqliteLearningStore(learning_file(settings)) as learning,
        ):
            cycle = await learning_beside(settings, learning)
            async with on_account(self.lines, self.client, header.instruments, live.past.last) as trading:
                outcome = await live.trade(trading, LoggedJournal(journal, log), store, cycle)
            told = await ended(outcome, folder, journal, store, outcome.desk.wallet, log)
            return await with_learning(told, learning, settings)

    def _new_session(self) -> LiveSession:
        """Give a session that has not begun. Raises VenueRefused when none may."""
        plan, symbols = self.plan, self.plan.settings.binance.symbol_names
        require_no_hindrance(hindrances(self.contracts, symbols, self.seen))
        instruments = {symbol: self.contracts.instruments[symbol] for symbol in symbols}
        past = history_of(plan.history, plan.started_at_ms, instruments, plan.follow)
        source = {
            "venue": self.place.venue,
            "started_at_ms": plan.started_at_ms,
            "history": list(plan.history),
            "account": self.place.account,
        }
        header = header_of(LIVE, plan.settings, instruments, STEP_MS, source)
        return LiveSession(plan.settings, header, past, plan.ends_after_s, self.client.clock)

    async def _go_on(self, broken: BrokenOff) -> SessionOutcome:
        """Take a session over: decide it again, ask the venue what was missed, and trade on."""
        settings, header = self.plan.settings, broken.header
        log = live_log(settings, header)
        async with learning_if_it_can(settings) as (kept, cycle):
            with files_of(broken) as (journal, store):
                found = await recovered(settings, broken, store, cycle)
                memory = found.memory
                self._require_something_open(found, journal)
                reasons = hindrances(self.contracts, header.instruments, self.seen)
                if memory.is_quiet:
                    require_no_hindrance(reasons)
                journal.note(found.unwritten)
                announce(about_the_takeover(header.session_id, memory, broken.folder.path))
                announce(f"{reason}; what is open is seen out all the same" for reason in reasons)
                announce(about_to_trade(settings, self.seen.wallet, header.instruments, is_warm=True))
                past, ends_after_s = Past(memory.last_at_ms, ()), self.plan.ends_after_s
                live = LiveSession(settings, header, past, ends_after_s, self.client.clock, found)
                rules = {**header.instruments, **memory.instruments}
                bnb = self.seen.pays_in_bnb
                async with on_account(
                    self.lines, self.client, rules, memory.candles, memory, pays_in_bnb=bnb
                ) as trading:
                    outcome = await live.trade(trading, LoggedJournal(journal, log), store, cycle)
                told = await ended(outcome, broken.folder, journal, store, outcome.desk.wallet, log)
                return told if kept is None else await with_learning(told, kept, settings)

    def _require_something_open(self, found: Recovered, journal: FileJournal) -> None:
        """Refuse what is over, or ends in a time that is yet to come. Raises CannotBeTakenOver."""
        last_at_ms = found.memory.last_at_ms
        if found.is_over:
            journal.finish()
            raise CannotBeTakenOver("it is over, and left nothing open")
        if last_at_ms > self.client.clock.now_ms() + CLOCK_SLACK_MS:
            raise CannotBeTakenOver(f"it ends at {last_at_ms} ms, which is yet to come")


async def at_market(run: RunOptions, settings: Settings, follow: Follow) -> SessionOutcome:
    """Trade a market that is real, or runs as if it were: with our account there or on paper."""
    is_live, clock = settings.mode is Mode.LIVE, WallClock()
    rest_url, stream_url = addresses_of(settings)
    key = key_of(settings) if is_live else None
    lines = lines_to(rest_url, stream_url, key, clock, time.monotonic, settings)
    async with lines.client() as client:
        seconds = None if run.hours is None else run.hours * SECONDS_AN_HOUR
        if is_live:
            contracts, seen = await contracts_at(client), await account_at(client)
            place = SessionPlace(rest_url, seen.name)
            plan = LivePlan(settings, clock.now_ms(), seconds, run.history, follow)
            with only_here(settings.data_folder, f"account-{place.mark}"):
                account = LiveAccount(lines, client, place, seen, contracts, plan)
                return await account.trade(is_fresh=run.is_fresh)
        instruments = await instruments_at(client, settings.binance.symbol_names)
        past = history_of(run.history, clock.now_ms(), instruments, follow)
        source = {"venue": rest_url, "started_at_ms": clock.now_ms(), "history": list(run.history)}
        header = header_of(PAPER, settings, instruments, STEP_MS, source)
        live = LiveSession(settings, header, past, seconds, client.clock)
        return await on_paper_market(live, lines, client)
