"""One suite for every journal."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.memory.journal import MemoryJournal
from application.ports.journal import Journal, JournalEntry, JournalFailed, RecordedJournal
from domain.market.candle import Candle
from domain.tape import CandleClosed, Event, OrderAccepted, SessionEnding
from tests.tape_events import ANY_EVENT, bits_of

HEADER: dict[str, object] = {
    "product": "0.1.0",
    "symbols": ["BTCUSDT"],
    "settings": {"seed": 7, "fee": "0.0005"},
}
CANDLE = CandleClosed(1_700_000_060_000, "BTCUSDT", Candle(1_700_000_000_000, 1.0, 2.0, 0.5, 1.5, 10.0))
ACCEPTED = OrderAccepted(1_700_000_060_000, "BTCUSDT", "setup-1-entry")
ENDING = SessionEnding(1_700_000_120_000)


class Desk(Protocol):
    """One kind of journal: where to write, and how to read back what was written."""

    @property
    def journal(self) -> Journal:
        """Where to write."""
        ...

    def read_back(self) -> RecordedJournal:
        """Finish writing and open for reading."""
        ...


class FileDesk:
    def __init__(self, path: Path, *, is_durable: bool) -> None:
        self._path = path
        self.journal = FileJournal.create(path, HEADER, is_durable=is_durable)

    def read_back(self) -> RecordedJournal:
        self.journal.close()
        return JournalFile(self._path)


class MemoryDesk:
    def __init__(self) -> None:
        self.journal = MemoryJournal(HEADER)

    def read_back(self) -> RecordedJournal:
        return self.journal


@pytest.fixture(params=["durable file", "quick file", "memory"])
def new_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Desk]:
    names = iter(range(10_000))

    def new() -> Desk:
        if request.param == "memory":
            return MemoryDesk()
        return FileDesk(tmp_path / f"{next(names)}.journal", is_durable=request.param == "durable file")

    return new


def test_what_was_written_is_read_back_in_order(new_desk: Callable[[], Desk]) -> None:
    desk = new_desk()
    desk.journal.record(CANDLE)
    desk.journal.note(b"enter")
    desk.journal.record(ACCEPTED)
    desk.journal.note(b"")
    desk.journal.record(ENDING)
    recorded = desk.read_back()
    assert recorded.header == HEADER
    entries = list(recorded.entries())
    assert [entry.sequence for entry in entries] == [0, 1, 2]
    assert [bits_of(entry.event) for entry in entries] == [
        bits_of(event) for event in (CANDLE, ACCEPTED, ENDING)
    ]
    assert [entry.decision for entry in entries] == [b"enter", b"", b""]


def test_a_journal_of_nothing_has_a_header_and_no_entries(new_desk: Callable[[], Desk]) -> None:
    recorded = new_desk().read_back()
    assert recorded.header == HEADER
    assert list(recorded.entries()) == []


def test_reading_twice_gives_the_same(new_desk: Callable[[], Desk]) -> None:
    desk = new_desk()
    desk.journal.record(ACCEPTED)
    desk.journal.note(b"\x00\xff")
    recorded = desk.read_back()
    assert list(recorded.entries()) == list(recorded.entries()) == [JournalEntry(0, ACCEPTED, b"\x00\xff")]


def test_a_decision_without_an_event_is_refused(new_desk: Callable[[], Desk]) -> None:
    with pytest.raises(JournalFailed, match="no event asked for"):
        new_desk().journal.note(b"enter")


def test_a_second_decision_on_one_event_is_refused(new_desk: Callable[[], Desk]) -> None:
    desk = new_desk()
    desk.journal.record(ACCEPTED)
    desk.journal.note(b"enter")
    with pytest.raises(JournalFailed, match="no event asked for"):
        desk.journal.note(b"enter")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(tape=st.lists(st.tuples(ANY_EVENT, st.binary(max_size=40)), max_size=12))
def test_any_tape_with_any_decisions_is_read_back_to_the_last_bit(
    new_desk: Callable[[], Desk], tape: list[tuple[Event, bytes]]
) -> None:
    desk = new_desk()
    for event, decision in tape:
        desk.journal.record(event)
        desk.journal.note(decision)
    entries = list(desk.read_back().entries())
    assert [(bits_of(entry.event), entry.decision) for entry in entries] == [
        (bits_of(event), decision) for event, decision in tape
    ]
