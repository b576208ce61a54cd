"""Every provider, in every mode: the container's arguments are invisible to the type checker."""

import asyncio
from decimal import Decimal
from itertools import product

import pytest

import composition.session
import composition.venue
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import STEP_MS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.memory.journal import MemoryJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_feed import SimulatedFeed
from application.market_minutes import EveryCandle
from application.market_tape import merged_candles
from application.replay import RecordedSession
from application.session_tally import SessionTally

MARKET = GeneratorSettings(seed=11, candles=3 * 1440)
INSTRUMENTS = {symbol.name: instrument_of(symbol) for symbol in MARKET.symbols[:2]}

MODES = [
    {"structure": structure, "confidence": confidence, "setup.entry": entry, "setup.is_relaxed": relaxed}
    for structure, confidence, entry, relaxed in product(
        ("native", "reference"), ("", "0.8", "structure"), ("post_only_limit", "market"), ("true", "false")
    )
]


def settings_of(mode: dict[str, str]) -> Settings:
    return load_settings({}, chosen={name: value for name, value in mode.items() if value})


def played(settings: Settings) -> tuple[SessionTally, MemoryJournal, MemoryTradeStore, SimulatedExchange]:
    tapes = {name: GeneratedTape(MARKET, name).candles() for name in INSTRUMENTS}
    exchange = composition.venue.exchange_of(settings, INSTRUMENTS, is_book_shown=False)
    broker = ExchangeBroker(exchange)
    feed = SimulatedFeed(exchange, broker, EveryCandle(merged_candles(tapes)))
    journal, store = MemoryJournal({}), MemoryTradeStore()
    wiring = composition.session.wired(settings, INSTRUMENTS, STEP_MS, feed, journal, broker, store)
    return asyncio.run(wiring.session().run()), journal, store, exchange


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: "-".join(filter(None, mode.values())))
def test_every_mode_trades_and_replays_to_the_same_decisions(mode: dict[str, str]) -> None:
    settings = settings_of(mode)
    tally, journal, store, exchange = played(settings)
    trades = asyncio.run(store.trades())
    assert tally.trades == len(trades)
    assert sum(trade.net_pnl for trade in trades) == exchange.balance - settings.wallet
    again = RecordedSession(journal)
    wiring = composition.session.wired(
        settings, INSTRUMENTS, STEP_MS, again, again, again, MemoryTradeStore()
    )
    assert asyncio.run(wiring.session().run()).trades == tally.trades
    assert again.compared == tally.events


def test_both_engines_decide_alike() -> None:
    native, reference = (settings_of({"structure": name}) for name in ("native", "reference"))
    one, other = played(native)[1], played(reference)[1]
    assert list(one.entries()) == list(other.entries())
    assert any(entry.decision for entry in one.entries())


def test_a_relaxed_session_takes_more_setups() -> None:
    strict, relaxed = (played(settings_of({"setup.is_relaxed": flag}))[0] for flag in ("false", "true"))
    assert relaxed.orders > strict.orders > 0


def test_every_provider_resolves() -> None:
    again = RecordedSession(MemoryJournal({}))
    wiring = composition.session.wired(
        Settings(), INSTRUMENTS, STEP_MS, again, again, again, MemoryTradeStore()
    )
    needs_an_instrument, without_learning = {"book"}, {"cycle", "learner"}
    for name, provider in wiring.providers.items():
        if name not in needs_an_instrument:
            assert (provider() is None) is (name in without_learning), name


def test_two_symbols_share_no_engine() -> None:
    again = RecordedSession(MemoryJournal({}))
    wiring = composition.session.wired(
        Settings(), INSTRUMENTS, STEP_MS, again, again, again, MemoryTradeStore()
    )
    one, other = composition.session.books_for(wiring.book, INSTRUMENTS)
    assert one.engine is not other.engine
    assert one.aggregator is not other.aggregator


def test_the_wallet_of_the_settings_is_the_wallet_traded() -> None:
    settings = load_settings({}, chosen={"wallet": "2500"})
    journal = played(settings)[1]
    opened = next(journal.entries())
    assert b'"amount":"2500"' in opened.decision
    assert settings.wallet == Decimal(2500)
