"""A shadow led through the candles ends as the real trade of the same plan ended, to the last digit."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

import composition.session
import composition.venue
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import FIRST_MONDAY_MS, STEP_MS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.simulated_feed import SimulatedFeed
from application.market_minutes import EveryCandle
from application.market_tape import merged_candles
from application.symbol_book import SymbolBook
from application.trading_desk import TradingDesk
from domain.learning.belief import Question
from domain.learning.no_model import NoModel
from domain.learning.shadow_trade import (
    NeverEntered,
    ShadowStep,
    ShadowTerms,
    ShadowTrade,
    after_candle,
    shadow_by,
)
from domain.learning.structure_score import StructureScore
from domain.market.timeframe import DAY_MS, MINUTE_MS
from domain.position.closed_trade import ClosedTrade
from domain.tape import CandleClosed, Event, FundingSettled

BASE_STEP_MS = 5 * MINUTE_MS
DAYS = 3
END_MS = FIRST_MONDAY_MS + DAYS * DAY_MS
MARKET = GeneratorSettings(seed=11, candles=DAYS * 1440, edge_strength=1.0)
INSTRUMENTS = {symbol.name: instrument_of(symbol) for symbol in MARKET.symbols[:3]}


class ShadowedFeed:
    """Leads a shadow of every entry the desk sends, on the same candles."""

    def __init__(self, feed: SimulatedFeed, settings: Settings) -> None:
        self._feed = feed
        self._settings = settings
        self._beliefs = StructureScore() if settings.confidence else NoModel()
        self._shadows: dict[str, ShadowTrade] = {}
        self._rates: dict[str, Decimal] = {}
        self.desk: TradingDesk | None = None
        self.ended: dict[str, ClosedTrade | NeverEntered] = {}

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._feed:
            yield event
            if isinstance(event, FundingSettled):
                self._rates[event.symbol] = event.rate
            elif isinstance(event, CandleClosed):
                assert self.desk is not None
                self._lead(self.desk._books[event.symbol], event)  # noqa: SLF001 - what the desk planned is told nowhere else

    def _lead(self, book: SymbolBook, event: CandleClosed) -> None:
        shadow = self._shadows.pop(book.symbol, None)
        rate = self._rates.pop(book.symbol, Decimal(0))
        if shadow is not None:
            rules = self._settings
            terms = ShadowTerms(rules.setup, rules.exits, rules.costs, book.instrument)
            after = after_candle(shadow, self._step(book, event, shadow, rate), terms)
            if isinstance(after, ShadowTrade):
                self._shadows[book.symbol] = after
            else:
                self.ended[shadow.plan.setup.setup_id] = after
        if book.plan is not None and book.plan.setup.found_at_ms == event.at_ms:
            self._shadows[book.symbol] = shadow_by(book.plan)

    def _step(self, book: SymbolBook, event: CandleClosed, shadow: ShadowTrade, rate: Decimal) -> ShadowStep:
        view, is_bar = book.view, event.at_ms % BASE_STEP_MS == 0
        confidence = None
        if view is not None and view.features is not None:
            asked = Question(shadow.plan.setup, view.features, view.base.atr, book.engine.feature_schema)
            confidence = self._beliefs.of(asked).confidence
        return ShadowStep(event.candle, event.at_ms, view, is_bar, confidence, rate)


def played(settings: Settings, gap: range) -> tuple[dict[str, ClosedTrade], ShadowedFeed]:
    candles = {
        name: [one for i, one in enumerate(GeneratedTape(MARKET, name).candles()) if i % 1440 not in gap]
        for name in INSTRUMENTS
    }
    exchange = composition.venue.exchange_of(settings, INSTRUMENTS, is_book_shown=False)
    broker, store = ExchangeBroker(exchange), MemoryTradeStore()
    market = EveryCandle(merged_candles({name: iter(rows) for name, rows in candles.items()}))
    feed = ShadowedFeed(SimulatedFeed(exchange, broker, market), settings)
    wiring = composition.session.wired(settings, INSTRUMENTS, STEP_MS, feed, NoJournal(), broker, store)
    feed.desk = wiring.desk()
    asyncio.run(wiring.session().run())
    return {trade.trade_id: trade for trade in asyncio.run(store.trades())}, feed


@pytest.mark.parametrize("entry", ["post_only_limit", "market"])
@pytest.mark.parametrize("confidence", ["", "structure"])
@pytest.mark.parametrize("gap", [range(0), range(700, 712)], ids=["whole", "torn"])
def test_every_real_trade_and_its_shadow_end_alike(entry: str, confidence: str, gap: range) -> None:
    chosen = {
        "setup.entry": entry,
        "confidence": confidence,
        "setup.is_relaxed": "true",
        "venue.funding_interval_ms": "900000",
        "exits.partial_profit_at": "0.5",
        "exits.trailing_from": "0.8",
    }
    real, feed = played(load_settings({}, chosen={k: v for k, v in chosen.items() if v}), gap)
    lasting = {key: trade for key, trade in real.items() if trade.closed_at_ms < END_MS}
    shadows = {key: end for key, end in feed.ended.items() if isinstance(end, ClosedTrade)}
    assert len(lasting) > 20
    assert {key: shadows.get(key) for key in lasting} == lasting
    assert shadows.keys() == lasting.keys()
