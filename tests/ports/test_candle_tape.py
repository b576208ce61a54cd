"""What every candle tape promises, asked of every adapter that claims to be one."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.archive.archive_part import ArchivePart
from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, GeneratorSettings
from adapters.native.candle_run import NativeRunMaker
from adapters.parquet.parquet_part import ParquetPart
from adapters.parquet.parquet_sink import DecimalPlaces, ParquetSink
from application.ports.candle_tape import AuditedTape
from application.ports.run_maker import RunMaker
from application.recorded_tape import RecordedTape
from domain.market.candle import fault_within
from domain.market.timeframe import MINUTE_MS
from tests.fakes.run_maker import ListMaker
from tests.tape_samples import kline_lines

COUNT = 700
SYMBOL = SIMULATED_SYMBOLS[0]
SETTINGS = GeneratorSettings(seed=5, candles=COUNT)

Opener = Callable[[Path], AuditedTape]


def generated(_: Path) -> AuditedTape:
    return GeneratedTape(SETTINGS, SYMBOL.name)


def parquet(folder: Path) -> AuditedTape:
    ParquetSink(folder / "tape.parquet").write(SYMBOL.name, MINUTE_MS, generated(folder).candles())
    return RecordedTape([ParquetPart(folder / "tape.parquet")])


def parquet_decimal_in_two_files(folder: Path) -> AuditedTape:
    candles = list(generated(folder).candles())
    for name, part in (("b", candles[:400]), ("a", candles[380:])):
        sink = ParquetSink(folder / f"{SYMBOL.name}-1m-{name}.parquet", DecimalPlaces())
        sink.write(SYMBOL.name, MINUTE_MS, part)
    return RecordedTape([ParquetPart(path) for path in folder.iterdir()])


def archive_csv(folder: Path) -> AuditedTape:
    path = folder / f"{SYMBOL.name}-1m-2024-01-01.csv"
    path.write_text("\n".join(kline_lines(list(generated(folder).candles()))), encoding="ascii")
    return RecordedTape([ArchivePart(path)])


def archive_zip(folder: Path) -> AuditedTape:
    path = folder / f"{SYMBOL.name}-1m-2024-01-01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "klines.csv", "\n".join(kline_lines(list(generated(folder).candles()), per_ms=1_000))
        )
    return RecordedTape([ArchivePart(path)])


@pytest.fixture(params=[generated, parquet, parquet_decimal_in_two_files, archive_csv, archive_zip])
def tape(request: pytest.FixtureRequest, tmp_path: Path) -> AuditedTape:
    opener: Opener = request.param
    return opener(tmp_path)


def test_a_tape_tells_its_symbol_and_the_length_of_a_candle(tape: AuditedTape) -> None:
    assert (tape.symbol, tape.step_ms) == (SYMBOL.name, MINUTE_MS)


def test_a_tape_holds_at_least_as_many_rows_as_it_gives_candles(tape: AuditedTape) -> None:
    assert tape.length >= sum(1 for _ in tape.candles()) == COUNT


def test_candles_come_oldest_first_and_none_is_impossible(tape: AuditedTape) -> None:
    candles = list(tape.candles())
    times = [candle.open_time_ms for candle in candles]
    assert times == sorted(set(times))
    assert [fault_within(candle) for candle in candles] == [None] * COUNT


def test_every_form_of_one_tape_gives_the_same_candles(tape: AuditedTape, tmp_path: Path) -> None:
    assert list(tape.candles()) == list(generated(tmp_path).candles())


def test_reading_twice_gives_the_same_candles_even_side_by_side(tape: AuditedTape) -> None:
    one, other = tape.candles(), tape.candles()
    assert all(mine == yours for mine, yours in zip(one, other, strict=True))
    assert list(tape.candles()) == list(tape.candles())


def test_a_tape_gives_its_candles_one_at_a_time(tape: AuditedTape) -> None:
    candles = tape.candles()
    assert iter(candles) is candles
    assert next(candles).open_time_ms == SETTINGS.start_ms


@pytest.mark.parametrize(("first", "end"), [(0, COUNT), (1, 2), (300, 390), (5, 5), (COUNT, COUNT + 9)])
def test_a_window_holds_its_start_and_not_its_end(tape: AuditedTape, first: int, end: int) -> None:
    from_ms, until_ms = (SETTINGS.start_ms + index * MINUTE_MS for index in (first, end))
    whole = list(tape.candles())
    assert list(tape.candles(from_ms, until_ms)) == whole[first:end]
    assert list(tape.candles(from_ms - 1, until_ms - 1)) == whole[first:end]
    assert list(tape.candles(from_ms)) == whole[first:]
    assert list(tape.candles(None, until_ms)) == whole[:end]


@pytest.mark.parametrize(("first", "end"), [(0, COUNT), (1, 2), (300, 390), (5, 5), (COUNT, COUNT + 9)])
@pytest.mark.parametrize("maker", [ListMaker(), NativeRunMaker()])
def test_a_tape_gives_the_same_candles_and_audit_as_runs(
    tape: AuditedTape, maker: RunMaker, first: int, end: int
) -> None:
    window = [SETTINGS.start_ms + index * MINUTE_MS for index in (first, end)]
    one_by_one, in_runs = tape.read(*window), tape.read(*window)
    runs = list(in_runs.runs(maker))
    assert [run.candle(index) for run in runs for index in range(len(run))] == list(one_by_one.candles)
    assert in_runs.audit == one_by_one.audit
    assert len(runs) <= 1 + (end - first) // 300


def test_a_reading_knows_how_long_it_is(tape: AuditedTape) -> None:
    first_ms = SETTINGS.start_ms
    assert tape.read().length == tape.length
    assert tape.read(first_ms + 10 * MINUTE_MS).length == tape.length - 10
    assert tape.read(None, first_ms + 10 * MINUTE_MS).length == 10
    assert tape.read(first_ms - 1, first_ms + MINUTE_MS).length == 1
    assert tape.read(first_ms + COUNT * MINUTE_MS).length == 0


def test_a_reading_tells_what_it_found(tape: AuditedTape) -> None:
    reading = tape.read()
    assert reading.audit.rows == 0
    assert list(reading.candles) == list(tape.candles())
    audit = reading.audit
    assert audit.candles == COUNT
    assert audit.rows == tape.length
    assert (audit.first_open_ms, audit.last_open_ms) == (
        SETTINGS.start_ms,
        SETTINGS.start_ms + (COUNT - 1) * MINUTE_MS,
    )
    assert audit.missing_candles == 0
