"""Tests of putting tapes on file: inspected, converted, generated."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import GeneratorSettings
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import ParquetSink
from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from application.tape_conversion import Lengthening, convert_tape
from application.tape_generation import generate_tapes
from application.tape_inspection import inspect_tape
from domain.market.candle import Candle
from domain.market.candle_aggregator import CandleAggregator
from domain.market.tape_audit import TapeRemark
from domain.market.timeframe import MINUTE_MS
from tests.tape_samples import START_MS, ListedPart, steady_candles


class Shelf:
    """A sink that keeps candles in memory."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, int, list[Candle]]] = []

    def write(self, symbol: str, step_ms: int, candles: Iterable[Candle]) -> int:
        self.kept.append((symbol, step_ms, list(candles)))
        return len(self.kept[-1][2])


def test_a_tape_is_inspected_in_one_pass() -> None:
    candles = [*steady_candles(30), *steady_candles(10, START_MS + 110 * MINUTE_MS)]
    inspection = inspect_tape(RecordedTape([ListedPart.of("f", candles)]))
    assert (inspection.symbol, inspection.step_ms, inspection.length) == ("BTCUSDT", MINUTE_MS, 40)
    assert inspection.audit.count(TapeRemark.GAP) == 1
    assert inspection.audit.missing_candles == 80
    assert inspection.facts.body_share > 0.0
    window = inspect_tape(RecordedTape([ListedPart.of("f", candles)]), START_MS, START_MS + 5 * MINUTE_MS)
    assert window.audit.candles == 5


def test_a_tape_is_converted_as_it_is_and_the_audit_told() -> None:
    shelf, candles = Shelf(), steady_candles(12)
    conversion = convert_tape(RecordedTape([ListedPart.of("f", [*candles, candles[-1]])]), shelf)
    assert shelf.kept == [("BTCUSDT", MINUTE_MS, candles)]
    assert (conversion.symbol, conversion.step_ms, conversion.candles_written) == ("BTCUSDT", MINUTE_MS, 12)
    assert conversion.audit.dropped == 1


def test_a_tape_is_folded_into_longer_candles_and_the_unfinished_one_left_out() -> None:
    shelf, five = Shelf(), 5 * MINUTE_MS
    start_ms = START_MS - START_MS % five
    tape = RecordedTape([ListedPart.of("f", steady_candles(13, start_ms))])
    lengthening = Lengthening(CandleAggregator(MINUTE_MS, five), five)
    conversion = convert_tape(tape, shelf, lengthening=lengthening)
    assert (conversion.step_ms, conversion.candles_written) == (five, 2)
    assert [candle.open_time_ms for candle in shelf.kept[0][2]] == [start_ms, start_ms + five]
    assert conversion.audit.candles == 13


def test_a_window_is_converted() -> None:
    shelf = Shelf()
    window = (START_MS + MINUTE_MS, START_MS + 3 * MINUTE_MS)
    convert_tape(RecordedTape([ListedPart.of("f", steady_candles(9))]), shelf, *window)
    assert shelf.kept[0][2] == steady_candles(9)[1:3]


def test_a_refused_tape_leaves_no_file(tmp_path: Path) -> None:
    torn = [*steady_candles(3), steady_candles(1)[0]]
    with pytest.raises(TapeRefused):
        convert_tape(RecordedTape([ListedPart.of("f", torn)]), ParquetSink(tmp_path / "out.parquet"))
    assert list(tmp_path.iterdir()) == []


def test_generated_tapes_are_written_and_told_one_by_one(tmp_path: Path) -> None:
    settings = GeneratorSettings(candles=50)
    tapes = [GeneratedTape(settings, symbol.name) for symbol in settings.symbols]
    orders = ((tape, ParquetSink(tmp_path / f"{tape.symbol}-1m.parquet")) for tape in tapes)
    done = generate_tapes(orders)
    assert next(done).symbol == "SIMAUSDT"
    assert len(list(tmp_path.iterdir())) == 1
    assert [one.candles_written for one in done] == [50, 50, 50]
    for tape in tapes:
        written = RecordedTape([ParquetPart(tmp_path / f"{tape.symbol}-1m.parquet")])
        assert list(written.candles()) == list(tape.candles())
