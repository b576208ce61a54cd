"""Sixty days of made-up minutes through a whole session: quiet candles passed over, and candle by candle."""

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import composition.backtest
import composition.opening
import composition.tapes
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, STEP_MS, GeneratorSettings
from adapters.generator.venue_rules import instrument_of
from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from adapters.settings.settings_loader import load_settings
from application.market_minutes import MarketMinutes
from application.recorded_tape import RecordedTape
from application.session_report import SessionReport

DAYS = 60
SYMBOL = SIMULATED_SYMBOLS[0]
CHOSEN = {
    "every setup is refused": {"confidence": "0"},
    "hardly a setup is found": {
        "confidence": "0",
        "setup.displacement_max_age_bars": "0",
        "setup.zone_reach_atr": "0",
    },
    "all trades": {},
    "twice as many orders": {
        "setup.is_relaxed": "true",
        "setup.trigger_max_age_bars": "0",
        "setup.displacement_max_age_bars": "0",
        "setup.zone_reach_atr": "0.7",
    },
}
WAYS: dict[str, Callable[..., MarketMinutes]] = {
    "passed over": composition.tapes.scouted_market,
    "candle by candle": composition.tapes.every_candle,
}

pytestmark = [
    pytest.mark.benchmark(group=f"{DAYS * 1_440:,} candles of 1m, read, audited and traded"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> RecordedTape:
    path = tmp_path_factory.mktemp("tape") / "tape.parquet"
    made_up = GeneratedTape(GeneratorSettings(seed=1, candles=DAYS * 1_440), SYMBOL.name)
    places = DecimalPlaces(SYMBOL.price_decimals, SYMBOL.volume_decimals)
    ParquetSink(path, places).write(SYMBOL.name, STEP_MS, made_up.candles())
    return RecordedTape([ParquetPart(path)])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", CHOSEN)
def test_a_whole_session(benchmark: BenchmarkFixture, tape: RecordedTape, what: str, way: str) -> None:
    report = benchmark(session, tape, CHOSEN[what], WAYS[way])
    assert report.totals.candles == DAYS * 1_440
    assert bool(report.totals.trades) is ("confidence" not in CHOSEN[what])
    assert (report.totals.refusals > 100) is (what == "every setup is refused")


def session(
    tape: RecordedTape, chosen: dict[str, str], market_of: Callable[..., MarketMinutes]
) -> SessionReport:
    settings = load_settings({}, chosen=chosen)
    readings = {tape.symbol: tape.read()}
    instruments = {tape.symbol: instrument_of(SYMBOL)}
    header = composition.opening.header_of("backtest", settings, instruments, STEP_MS, {})
    market = market_of(settings, readings, STEP_MS, tape.symbol)
    return composition.backtest.play(settings, header, market, NoJournal(), MemoryTradeStore())
