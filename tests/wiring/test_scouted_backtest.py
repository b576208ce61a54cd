"""A market whose quiet candles are passed over is traded to the last decision as candle by candle."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import composition.session
import composition.tapes
import composition.venue
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import STEP_MS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.native.candle_run import NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.simulated_feed import SimulatedFeed
from application.market_minutes import MarketMinutes
from application.ports.candle_tape import AuditedTape, TapeReading, TapeRefused
from application.ports.run_maker import RunMaker
from application.ports.scout import Scout
from application.ports.trade_store import DecisionRecord
from application.recorded_tape import RecordedTape, TapeRow
from application.scouted_market import ScoutedMarket
from application.session_tally import SessionTally
from domain.market.candle import Candle
from domain.market.tape_audit import RepairPolicy, TapeAudit
from domain.position.closed_trade import ClosedTrade
from domain.setup.scout import Scout as ReferenceScout
from tests.fakes.run_maker import ListMaker
from tests.tape_samples import ListedPart

DAYS = 3
MARKET = GeneratorSettings(seed=11, candles=DAYS * 1_440, edge_strength=1.0)
INSTRUMENTS = {symbol.name: instrument_of(symbol) for symbol in MARKET.symbols[:3]}


@cache
def candles_of(seed: int, symbol: str) -> list[Candle]:
    return list(GeneratedTape(GeneratorSettings(seed=seed, candles=DAYS * 1_440), symbol).candles())


@dataclass(frozen=True)
class Tear:
    """Something that happens to some rows of a tape: they are lost, stand there twice, or are odd."""

    at: float
    kind: str
    rows: int

    def done_to(self, rows: list[Candle]) -> list[Candle]:
        place = int(self.at * len(rows))
        before, hit, after = rows[:place], rows[place : place + self.rows], rows[place + self.rows :]
        match self.kind:
            case "lost":
                hit = []
            case "twice":
                hit = [candle for candle in hit for _ in range(2)]
            case "idle":
                hit = [candle._replace(volume=0.0, taker_buy_volume=0.0) for candle in hit]
            case "torn":
                hit = [candle._replace(low=-1.0) for candle in hit]
        return [*before, *hit, *after]


tears = st.lists(
    st.builds(
        Tear,
        st.floats(0.0, 1.0),
        st.sampled_from(["lost", "lost", "twice", "idle", "idle", "torn"]),
        st.sampled_from([1, 2, 7, 80, 700]),
    ),
    max_size=4,
)
SYMBOLS = list(INSTRUMENTS)
modes = st.fixed_dictionaries(
    {
        "setup.entry": st.sampled_from(["post_only_limit", "market"]),
        "setup.is_relaxed": st.sampled_from(["true", "false"]),
        "confidence": st.sampled_from(["", "0", "0.8", "structure"]),
        "setup.zone_reach_atr": st.sampled_from(["0.5", "3", "20"]),
        "exits.longest_hold_ms": st.sampled_from(["", "630001", "36000000"]),
        "exits.partial_profit_at": st.sampled_from(["", "0.2", "3"]),
        "exits.trailing_from": st.sampled_from(["", "0.3", "4"]),
        "cross_margin.max_margin_fraction": st.sampled_from(["", "0.02", "0.2"]),
        "venue.stuck_stop_every": st.sampled_from(["", "1", "3"]),
        "venue.funding_interval_ms": st.sampled_from(["7200000", "900000"]),
    }
)


class Outcome(NamedTuple):
    """Everything a session leaves behind."""

    tally: SessionTally | None
    trades: list[ClosedTrade]
    decisions: list[DecisionRecord]
    wallet: object
    audits: list[TapeAudit] | None
    end: str


def outcome(
    chosen: Settings, readings: dict[str, TapeReading], open_market: Callable[[], MarketMinutes]
) -> Outcome:
    exchange = composition.venue.exchange_of(chosen, INSTRUMENTS, is_book_shown=False)
    broker = ExchangeBroker(exchange)
    store, tally, end = MemoryTradeStore(), None, ""
    try:
        feed = SimulatedFeed(exchange, broker, open_market())
        wiring = composition.session.wired(chosen, INSTRUMENTS, STEP_MS, feed, NoJournal(), broker, store)
        feed.spare(wiring.desk())
        tally = asyncio.run(wiring.session().run())
    except TapeRefused as refused:
        end = str(refused)
    trades, decisions = asyncio.run(store.trades()), asyncio.run(store.decisions())
    audits = None if end else [reading.audit for reading in readings.values()]
    return Outcome(tally, trades, decisions, exchange.balance, audits, end)


def one_by_one(chosen: Settings, tapes: dict[str, AuditedTape]) -> Outcome:
    readings = {symbol: tape.read() for symbol, tape in tapes.items()}
    return outcome(
        chosen, readings, lambda: composition.tapes.every_candle(chosen, readings, STEP_MS, "tapes")
    )


def passed_over(
    chosen: Settings, tapes: dict[str, AuditedTape], maker: RunMaker, make_scout: Callable[[], Scout]
) -> Outcome:
    readings = {symbol: tape.read() for symbol, tape in tapes.items()}
    runs = {symbol: reading.runs(maker) for symbol, reading in readings.items()}
    scouts = {symbol: make_scout() for symbol in runs}
    return outcome(chosen, readings, lambda: ScoutedMarket(runs, scouts, STEP_MS, 5 * STEP_MS))


def tape_of(candles: list[Candle], symbol: str, policy: RepairPolicy, at_once: int) -> AuditedTape:
    rows: list[TapeRow] = [(row, candle, None) for row, candle in enumerate(candles, 1)]
    return RecordedTape([ListedPart(symbol, rows, symbol, STEP_MS, at_once)], policy)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(1, 6),
    st.lists(
        st.tuples(st.sampled_from(SYMBOLS), st.integers(0, 900), tears),
        min_size=1,
        max_size=3,
        unique_by=lambda one: one[0],
    ),
    st.sampled_from([RepairPolicy.REPAIR, RepairPolicy.REPAIR, RepairPolicy.STANDARD]),
    st.sampled_from([1_000_000, 997, 64]),
    modes,
)
def test_nothing_a_session_leaves_behind_differs(
    seed: int,
    market: list[tuple[str, int, list[Tear]]],
    policy: RepairPolicy,
    at_once: int,
    mode: dict[str, str],
) -> None:
    chosen = load_settings({}, chosen={name: value for name, value in mode.items() if value})
    tapes = {}
    for symbol, late, torn in market:
        rows = candles_of(seed, symbol)[late:]
        for tear in torn:
            rows = tear.done_to(rows)
        if rows:
            tapes[symbol] = tape_of(rows, symbol, policy, at_once)
    expected = one_by_one(chosen, tapes)
    found = passed_over(
        chosen, tapes, NativeRunMaker(), lambda: NativeScout(STEP_MS, chosen.setup, chosen.structure_rules)
    )
    assert found == expected


@pytest.mark.parametrize("relaxed", ["true", "false"])
def test_the_readable_scout_leads_to_the_same(relaxed: str) -> None:
    chosen = load_settings({}, chosen={"setup.is_relaxed": relaxed, "confidence": "structure"})
    tapes = {
        symbol: tape_of(candles_of(3, symbol)[:4_000], symbol, RepairPolicy.STANDARD, 500)
        for symbol in SYMBOLS[:2]
    }
    expected = one_by_one(chosen, tapes)
    found = passed_over(chosen, tapes, ListMaker(), lambda: ReferenceScout(STEP_MS, chosen.setup))
    assert found == expected
    assert expected.decisions


def test_these_markets_are_traded_enough_to_mean_something() -> None:
    chosen = load_settings({}, chosen={})
    tapes = {symbol: tape_of(candles_of(3, symbol), symbol, RepairPolicy.STANDARD, 500) for symbol in SYMBOLS}
    found = one_by_one(chosen, tapes)
    assert found.tally is not None
    assert found.tally.orders > 30
    assert len(found.trades) > 5
