"""What it costs to remember a candle."""

from collections.abc import Callable
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from domain.market.candle import Candle
from domain.tape import CandleClosed, Event

CANDLES = 20_000
EVENTS = [
    CandleClosed(at_ms + 60_000, "BTCUSDT", Candle(at_ms, 1.5 + at_ms, 2.5 + at_ms, 1.0, 2.0, 100.25, 50.5))
    for at_ms in range(0, 60_000 * CANDLES, 60_000)
]


def _record_all(record: Callable[[Event], None]) -> None:
    for event in EVENTS:
        record(event)


def test_record_20k_candles(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    with FileJournal.create(tmp_path / "a.journal", {}, is_durable=False) as journal:
        benchmark(_record_all, journal.record)


def test_read_20k_candles_back(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    with FileJournal.create(path, {}, is_durable=False) as journal:
        _record_all(journal.record)
    count = benchmark(lambda: sum(1 for _ in JournalFile(path).entries()))
    assert count == CANDLES


def test_one_durable_decision(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    def decide(journal: FileJournal) -> None:
        journal.record(EVENTS[0])
        journal.note(b"enter")

    with FileJournal.create(tmp_path / "a.journal", {}, is_durable=True) as journal:
        benchmark(decide, journal)
