"""Recorded and made-up candles: how they are opened, and every job that only reads or writes them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from adapters.archive.archive_file import CSV, ZIP
from adapters.archive.archive_part import ArchivePart
from adapters.binance.exchange_info import read_instruments
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import made_up_market
from adapters.parquet.feature_file import FeatureFile
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from adapters.settings.settings import Settings
from adapters.system.tape_files import files_at
from adapters.terminal.workbench import Follow, GeneratorOptions, SessionOptions, TapeOptions
from application.feature_export import FeatureExport, export_features
from application.market_minutes import EveryCandle, MarketMinutes
from application.market_tape import merged_candles, not_empty, nothing_chosen
from application.past import Past, past_on
from application.ports.candle_tape import AuditedTape, TapeReading
from application.scouted_market import ScoutedMarket
from application.tape_conversion import Lengthening, TapeConversion, convert_tape
from application.tape_generation import TapeGenerated, generate_tapes
from application.tape_inspection import TapeInspection, inspect_tape
from application.tape_instruments import instruments_of
from application.tape_shelf import TapeKind, TapeShelf, common_step_ms
from composition.engines import AGGREGATORS, ENGINES, IS_COMPILED, compiled_runs, compiled_scout
from composition.opening import opened_log, settings_for
from domain.market.candle_run import CandleList, CandleRun
from domain.market.instrument import Instrument
from domain.market.tape_audit import RepairPolicy

SHELF: Final = TapeShelf([TapeKind((".parquet",), ParquetPart), TapeKind((ZIP, CSV), ArchivePart)], files_at)


def rules_of(tapes: Sequence[AuditedTape], exchange_info: Path | None) -> dict[str, Instrument]:
    """Tell what can be traded how: by the venue's own rules, or inferred from the candles.

    Raises FileNotFoundError, or TapeRefused when a symbol has no rules.
    """
    told = None if exchange_info is None else read_instruments(exchange_info)
    return instruments_of(tapes, told, str(exchange_info))


def every_candle(
    _settings: Settings, readings: Mapping[str, TapeReading], _step_ms: int, name: str
) -> MarketMinutes:
    """Give a market candle by candle, as a journal wants it. Raises TapeRefused when there is none."""
    candles = {symbol: reading.candles for symbol, reading in readings.items()}
    return EveryCandle(not_empty(merged_candles(candles), name))


def scouted_market(
    settings: Settings, readings: Mapping[str, TapeReading], step_ms: int, name: str
) -> MarketMinutes:
    """Give a market whose quiet candles are passed over. Raises TapeRefused when there is none."""
    runs = {symbol: reading.runs(compiled_runs()) for symbol, reading in readings.items()}
    scouts = {symbol: compiled_scout(step_ms, settings.setup, settings.structure_rules) for symbol in runs}
    market = ScoutedMarket(runs, scouts, step_ms, settings.structure_rules.base_step_ms)
    if market.is_over:
        raise nothing_chosen(name)
    return market


def runs_again(tapes: Sequence[AuditedTape], options: TapeOptions, symbol: str) -> Iterator[CandleRun]:
    """Begin one more pass over a symbol's candles, many at once where that is possible."""
    reading = next(tape for tape in tapes if tape.symbol == symbol).read(options.from_ms, options.until_ms)
    if IS_COMPILED:
        return reading.runs(compiled_runs())
    return (CandleList([candle]) for candle in reading.candles)


def lengthening_of(tape: AuditedTape, into_ms: int) -> Lengthening:
    """Fold a tape's candles with what the settings name. Raises SettingsRefused, or TapeRefused."""
    settings = settings_for(SessionOptions())
    opened_log(settings)
    return Lengthening(AGGREGATORS[settings.structure](common_step_ms([tape], into_ms), into_ms), into_ms)


def history_of(paths: Sequence[str], now_ms: int, symbols: Collection[str], follow: Follow) -> Past:
    """Read what happened in the days before now, as far as tapes tell. Raises TapeRefused, OSError."""
    return past_on([follow(tape) for tape in SHELF.open(paths, RepairPolicy.STANDARD)], now_ms, symbols)


def exported_features(
    tapes: TapeOptions, frames: Mapping[str, str], out: Path, follow: Follow
) -> FeatureExport:
    """Write the twelve features of one tape."""
    settings, tape = settings_for(SessionOptions(frames)), SHELF.open_one(tapes.paths, tapes.policy)
    opened_log(settings)
    rules = settings.structure_rules
    return export_features(
        tape.symbol,
        not_empty(follow(tape).candles(tapes.from_ms, tapes.until_ms), tape.symbol),
        AGGREGATORS[settings.structure](common_step_ms([tape], rules.base_step_ms), rules.base_step_ms),
        rules.base_step_ms,
        ENGINES[settings.structure](rules),
        FeatureFile(out),
    )


def inspected(tapes: TapeOptions, follow: Follow) -> list[TapeInspection]:
    """Look tapes over from end to end."""
    return [
        inspect_tape(follow(tape), tapes.from_ms, tapes.until_ms)
        for tape in SHELF.open(tapes.paths, tapes.policy)
    ]


def converted(tapes: TapeOptions, into_ms: int | None, out: Path, follow: Follow) -> TapeConversion:
    """Put one tape on file as Parquet, in longer candles if asked."""
    tape = SHELF.open_one(tapes.paths, tapes.policy)
    lengthening = None if into_ms is None else lengthening_of(tape, into_ms)
    return convert_tape(follow(tape), ParquetSink(out), tapes.from_ms, tapes.until_ms, lengthening)


def generated(generator: GeneratorOptions, folder: Path) -> Iterator[TapeGenerated]:
    """Put a made-up market on file, a Parquet file a symbol."""
    made_up = made_up_market(**asdict(generator))
    folder.mkdir(parents=True, exist_ok=True)
    for symbol in made_up.symbols:
        path = folder / f"{symbol.name}-1m-seed{generator.seed}.parquet"
        places = DecimalPlaces(symbol.price_decimals, symbol.volume_decimals)
        sink = ParquetSink(path, places, note=f"made up: {asdict(generator)}")
        yield from generate_tapes([(GeneratedTape(made_up, symbol.name), sink)])
