import tracemalloc
from pathlib import Path

import pytest

from adapters.journal.file_journal import FileJournal
from adapters.journal.frame import MARK, PREAMBLE, frame
from adapters.journal.header import encode_header
from adapters.journal.journal_file import JournalFile
from application.ports.journal import JournalDamaged, JournalEntry, JournalFailed
from domain.tape import OrderAccepted, SessionEnding

ENDING = frame(b"\x19\x91\x01")
DECISION = frame(b"\x00enter")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.journal"


def entries_of(path: Path, frames: bytes) -> list[JournalEntry]:
    path.write_bytes(encode_header({}) + frames)
    return list(JournalFile(path).entries())


def test_a_missing_journal_is_a_missing_file(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        JournalFile(path)


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(JournalFailed, match="cannot be read: Is a directory"):
        JournalFile(tmp_path)


def test_a_journal_that_went_away_while_it_was_read_is_told(path: Path) -> None:
    path.write_bytes(encode_header({}))
    journal = JournalFile(path)
    path.unlink()
    with pytest.raises(JournalFailed, match="cannot be read: there is no such file"):
        list(journal.entries())


@pytest.mark.parametrize("content", [b"PK\x03\x04 an archive", b"{}", b"SLTJRNX\x01"])
def test_another_file_is_no_journal(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalDamaged, match="is no journal"):
        JournalFile(path)


def test_a_later_format_is_refused_with_its_number(path: Path) -> None:
    path.write_bytes(b"SLTJRNL\x02" + frame(b"{}"))
    with pytest.raises(JournalFailed, match="has format 2; this version reads format 1"):
        JournalFile(path)


@pytest.mark.parametrize("size", range(len(encode_header({}))))
def test_a_header_cut_short_holds_nothing(path: Path, size: int) -> None:
    path.write_bytes(encode_header({})[:size])
    with pytest.raises(JournalDamaged, match="has no whole header; nothing was recorded"):
        JournalFile(path)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (frame(b"\xff"), "a header that is not JSON"),
        (frame(b"{"), "a header that is not JSON"),
        (frame(b"[]"), "a header that is no JSON object"),
        (frame(b'{"a":' * 5000), "a header that is not JSON"),
    ],
)
def test_a_header_that_is_no_json_object_is_damage(path: Path, header: bytes, reason: str) -> None:
    path.write_bytes(PREAMBLE + header)
    with pytest.raises(JournalDamaged, match=reason):
        JournalFile(path)


def test_marks_are_not_seen(path: Path) -> None:
    ending = SessionEnding(1)
    assert entries_of(path, MARK + ENDING + MARK + DECISION + MARK + MARK + ENDING) == [
        JournalEntry(0, ending, b"enter"),
        JournalEntry(1, ending, b""),
    ]


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (ENDING + frame(b"\x7f") + ENDING, "no event has the kind 127"),
        (ENDING + frame(b"\x19\x92\x01") + ENDING, "Expected `array` of length 1, got 2"),
        (ENDING + frame(b"\x19\x91\xa1x") + ENDING, "Expected `int`, got `str`"),
        (ENDING + DECISION + DECISION, "a decision stands where no event asked for one"),
    ],
)
def test_whole_frames_that_make_no_sense_are_damage_with_their_place(
    path: Path, frames: bytes, reason: str
) -> None:
    place = len(encode_header({})) + len(ENDING) + (len(DECISION) if frames.endswith(DECISION) else 0)
    with pytest.raises(JournalDamaged, match=rf"damaged at byte {place}: .*{reason}"):
        entries_of(path, frames)


def test_a_decision_before_any_event_is_damage(path: Path) -> None:
    with pytest.raises(JournalDamaged, match="no event asked"):
        entries_of(path, DECISION)


def test_entries_before_the_damage_are_given(path: Path) -> None:
    path.write_bytes(encode_header({}) + ENDING + DECISION + b"\x00" * 20 + MARK)
    entries = JournalFile(path).entries()
    assert next(entries) == JournalEntry(0, SessionEnding(1), b"enter")
    with pytest.raises(JournalDamaged, match="damaged at byte"):
        next(entries)


def test_a_mark_is_found_behind_any_amount_of_bad_bytes(path: Path) -> None:
    for filling in (65_536 - 20, 65_536 - 5, 65_536, 3 * 65_536 - 4):
        with pytest.raises(JournalDamaged, match="damaged at byte"):
            entries_of(path, b"\xff" * filling + MARK)


def test_memory_stays_flat_on_a_long_journal(path: Path) -> None:
    with FileJournal.create(path, {}, is_durable=False) as journal:
        for number in range(20_000):
            journal.record(OrderAccepted(number, "BTCUSDT", "x" * 100))
    assert path.stat().st_size > 2_000_000
    tracemalloc.start()
    try:
        count = sum(1 for _ in JournalFile(path).entries())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 1_000_000
