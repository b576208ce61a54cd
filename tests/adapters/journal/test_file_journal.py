import os
import random
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.journal.file_journal import FileJournal
from adapters.journal.frame import MARK, MAX_PAYLOAD_BYTES, frame
from adapters.journal.header import encode_header
from adapters.journal.journal_file import JournalFile
from application.ports.journal import JournalDamaged, JournalEntry, JournalFailed
from domain.tape import OrderAccepted, SessionEnding

HEADER: dict[str, object] = {"product": "0.1.0", "note": "Grüße"}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.journal"


def accepted(number: int) -> OrderAccepted:
    return OrderAccepted(1_700_000_000_000 + number, "BTCUSDT", f"setup-{number}")


def write(journal: FileJournal, numbers: range) -> None:
    for number in numbers:
        journal.record(accepted(number))
        journal.note(b"%d" % number)


def write_until_it_fails(journal: FileJournal, acknowledged: list[int]) -> None:
    for number in range(1000):
        write(journal, range(number, number + 1))
        acknowledged.append(number)


def numbers_in(path: Path) -> list[int]:
    return [int(entry.decision) for entry in JournalFile(path).entries() if entry.decision]


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def descriptor_replaced(journal: FileJournal, by: int) -> Iterator[None]:
    kept = os.dup(journal.fileno())
    os.dup2(by, journal.fileno())
    try:
        yield
    finally:
        os.dup2(kept, journal.fileno())
        os.close(kept)


class Written(NamedTuple):
    content: bytes
    sizes_after_note: list[int]


def written_durably(path: Path, count: int) -> Written:
    """Write entries as a crash would leave them: the journal is never closed."""
    journal = FileJournal.create(path, HEADER, is_durable=True)
    sizes = [path.stat().st_size]
    for number in range(count):
        write(journal, range(number, number + 1))
        sizes.append(path.stat().st_size)
    content = path.read_bytes()
    journal.close()
    return Written(content, sizes)


def test_a_new_journal_is_private_and_begins_with_its_header(path: Path) -> None:
    FileJournal.create(path, HEADER, is_durable=True).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == encode_header(HEADER) + MARK
    assert JournalFile(path).header == HEADER


def test_an_existing_journal_is_never_written_over(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        write(journal, range(3))
    before = path.read_bytes()
    with pytest.raises(JournalFailed, match="already exists"):
        FileJournal.create(path, HEADER, is_durable=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a journal at all", b"SLTJRNL\x02 of a later version"])
def test_another_file_is_never_written_over(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(JournalFailed, match="already exists"):
        FileJournal.create(path, HEADER, is_durable=True)
    assert path.read_bytes() == content


def test_a_header_cut_short_by_a_crash_is_replaced(path: Path) -> None:
    whole = encode_header(HEADER)
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        FileJournal.create(path, HEADER, is_durable=False).close()
        assert path.read_bytes() == whole + MARK


def test_a_whole_header_without_entries_is_kept(path: Path) -> None:
    path.write_bytes(encode_header(HEADER))
    with pytest.raises(JournalFailed, match="already exists"):
        FileJournal.create(path, {}, is_durable=False)


def test_a_decision_is_on_file_when_note_returns(path: Path) -> None:
    journal = FileJournal.create(path, HEADER, is_durable=True)
    write(journal, range(1))
    assert numbers_in(path) == [0]
    journal.close()


def test_standing_aside_writes_nothing(path: Path) -> None:
    journal = FileJournal.create(path, HEADER, is_durable=True)
    journal.record(accepted(0))
    journal.note(b"")
    assert list(JournalFile(path).entries()) == []
    journal.close()
    assert list(JournalFile(path).entries()) == [JournalEntry(0, accepted(0), b"")]


def test_a_quick_journal_hands_over_in_large_pieces(path: Path) -> None:
    journal = FileJournal.create(path, HEADER, is_durable=False)
    write(journal, range(100))
    assert numbers_in(path) == []
    journal.flush()
    assert numbers_in(path) == list(range(100))
    size = path.stat().st_size
    journal.flush()
    assert path.stat().st_size == size
    write(journal, range(100, 3000))
    assert len(numbers_in(path)) > 2000
    journal.close()
    assert numbers_in(path) == list(range(3000))


def test_two_sessions_cannot_write_one_journal(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True):
        with pytest.raises(JournalFailed, match="being written by another session"):
            FileJournal.create(path, HEADER, is_durable=True)
        with pytest.raises(JournalFailed, match="being written by another session"):
            FileJournal.reopen(path, is_durable=True)
    FileJournal.reopen(path, is_durable=True).close()


def test_a_reopened_journal_goes_on_behind_its_last_entry(path: Path) -> None:
    for start in (0, 3, 6):
        journal = (
            FileJournal.reopen(path, is_durable=True)
            if path.exists()
            else FileJournal.create(path, HEADER, is_durable=True)
        )
        with journal:
            write(journal, range(start, start + 3))
    assert numbers_in(path) == list(range(9))
    assert [entry.sequence for entry in JournalFile(path).entries()] == list(range(9))


def test_a_reopened_journal_takes_the_decision_that_its_last_event_waits_for(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        journal.record(accepted(0))
    with FileJournal.reopen(path, is_durable=True) as journal:
        journal.note(b"enter")
    assert [entry.decision for entry in JournalFile(path).entries()] == [b"enter"]


@pytest.mark.parametrize("written", [range(0), range(1)])
def test_a_reopened_journal_takes_no_decision_that_no_event_waits_for(path: Path, written: range) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        write(journal, written)
    with (
        FileJournal.reopen(path, is_durable=True) as journal,
        pytest.raises(JournalFailed, match="no event asked"),
    ):
        journal.note(b"enter")


def test_a_finished_journal_says_so_and_takes_nothing_more(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        write(journal, range(3))
        assert not JournalFile(path).is_finished
        journal.finish()
        with pytest.raises(JournalFailed, match="is finished"):
            journal.record(accepted(3))
    assert JournalFile(path).is_finished
    assert numbers_in(path) == [0, 1, 2]
    assert path.read_bytes().endswith(bytes.fromhex("01000000 a18e0c3c 02"))


def test_a_journal_that_was_only_closed_is_not_finished(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        write(journal, range(3))
    assert not JournalFile(path).is_finished


def test_wherever_a_crash_cuts_the_file_the_acknowledged_entries_stay_and_the_rest_is_cut(path: Path) -> None:
    whole, sizes = written_durably(path, 4)
    for size in range(sizes[0], len(whole) + 1):
        path.write_bytes(whole[:size])
        acknowledged = sum(size >= after for after in sizes) - 1
        assert numbers_in(path) == list(range(acknowledged))
        with FileJournal.reopen(path, is_durable=True) as journal:
            write(journal, range(acknowledged, 5))
        assert numbers_in(path) == list(range(5))


@given(data=st.data())
def test_a_power_cut_that_keeps_any_part_of_the_last_writing_loses_nothing_acknowledged(
    data: st.DataObject,
) -> None:
    """Bytes not yet synced may reach the disk in part, as zeros, or not at all, in any order."""
    whole, sizes = POWER_CUT_TAPE
    acknowledged = data.draw(st.integers(0, len(sizes) - 2))
    synced, unsynced = whole[: sizes[acknowledged]], whole[sizes[acknowledged] : sizes[acknowledged + 1]]
    kept = data.draw(st.lists(st.booleans(), min_size=len(unsynced), max_size=len(unsynced)))
    tail = bytes(byte if is_kept else 0 for byte, is_kept in zip(unsynced, kept, strict=True))
    path = POWER_CUT_PATH
    path.write_bytes(synced + tail[: data.draw(st.integers(0, len(tail)))])
    FileJournal.reopen(path, is_durable=True).close()
    assert numbers_in(path) in (list(range(acknowledged)), list(range(acknowledged + 1)))


@pytest.fixture(autouse=True, scope="module")
def _power_cut_tape(tmp_path_factory: pytest.TempPathFactory) -> None:
    global POWER_CUT_TAPE, POWER_CUT_PATH  # noqa: PLW0603 - hypothesis and fixtures of a function do not mix
    POWER_CUT_PATH = tmp_path_factory.mktemp("power") / "cut.journal"
    POWER_CUT_TAPE = written_durably(tmp_path_factory.mktemp("power") / "whole.journal", 5)


POWER_CUT_TAPE: Written
POWER_CUT_PATH: Path


def test_a_bit_flipped_before_the_last_writing_is_damage_with_its_place(path: Path) -> None:
    whole, sizes = written_durably(path, 4)
    for place in range(sizes[0] + len(MARK), sizes[3], 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        with pytest.raises(JournalDamaged, match=r"damaged at byte \d+") as raised:
            list(JournalFile(path).entries())
        assert place - 60 < int(str(raised.value).rsplit(" ", 1)[1]) <= place
        with pytest.raises(JournalDamaged, match="damaged at byte"):
            FileJournal.reopen(path, is_durable=True)
        assert path.read_bytes() == damaged


def test_a_closed_journal_shows_damage_anywhere_before_its_end(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=False) as journal:
        write(journal, range(3))
    whole = path.read_bytes()
    for place in range(len(encode_header(HEADER)), len(whole) - len(MARK)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x01
        path.write_bytes(damaged)
        with pytest.raises(JournalDamaged, match="damaged at byte"):
            list(JournalFile(path).entries())


def test_a_tail_of_zeros_is_torn(path: Path) -> None:
    whole, _ = written_durably(path, 3)
    path.write_bytes(whole + bytes(4096))
    assert numbers_in(path) == [0, 1, 2]
    FileJournal.reopen(path, is_durable=True).close()
    assert path.read_bytes() == whole + MARK


def test_a_missing_journal_cannot_be_continued(path: Path) -> None:
    with pytest.raises(JournalFailed, match="there is no such file"):
        FileJournal.reopen(path, is_durable=True)


def test_a_journal_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(JournalFailed, match="there is no such file or folder"):
        FileJournal.create(tmp_path / "absent" / "session.journal", HEADER, is_durable=True)


def test_a_device_is_no_place_for_a_journal() -> None:
    with pytest.raises(JournalFailed, match="not a plain file"):
        FileJournal.create(Path("/dev/full"), HEADER, is_durable=True)


def test_a_full_disk_at_the_start_is_told_and_the_name_stays_usable(path: Path) -> None:
    with file_size_limit(20), pytest.raises(JournalFailed, match="reached the size limit"):
        FileJournal.create(path, HEADER, is_durable=True)
    FileJournal.create(path, HEADER, is_durable=True).close()
    assert JournalFile(path).header == HEADER


def test_a_full_disk_stops_the_journal_and_keeps_what_was_acknowledged(path: Path) -> None:
    journal = FileJournal.create(path, HEADER, is_durable=True)
    acknowledged: list[int] = []
    with file_size_limit(1000), pytest.raises(JournalFailed, match="reached the size limit"):
        write_until_it_fails(journal, acknowledged)
    assert len(acknowledged) > 5
    with pytest.raises(JournalFailed, match="reached the size limit"):
        journal.record(accepted(100))
    with pytest.raises(JournalFailed, match="reached the size limit"):
        journal.flush()
    journal.close()
    assert numbers_in(path) == acknowledged
    with FileJournal.reopen(path, is_durable=True) as again:
        write(again, range(len(acknowledged), len(acknowledged) + 1))
    assert numbers_in(path) == list(range(len(acknowledged) + 1))


def test_no_space_left_is_told_in_plain_words(path: Path) -> None:
    full = os.open("/dev/full", os.O_RDWR)
    journal = FileJournal.create(path, HEADER, is_durable=True)
    journal.record(accepted(0))
    with (
        descriptor_replaced(journal, full),
        pytest.raises(JournalFailed, match="the disk is full; free some space"),
    ):
        journal.note(b"enter")
    os.close(full)
    journal.close()


def test_a_decision_that_cannot_be_synced_is_not_acknowledged(path: Path) -> None:
    reading, writing = os.pipe()
    journal = FileJournal.create(path, HEADER, is_durable=True)
    journal.record(accepted(0))
    with descriptor_replaced(journal, writing), pytest.raises(JournalFailed, match="cannot be put on disk"):
        journal.note(b"enter")
    os.close(reading)
    os.close(writing)
    with pytest.raises(JournalFailed, match="cannot be put on disk"):
        journal.note(b"enter")
    journal.close()


def test_a_failed_last_hand_over_is_told_and_lets_go_of_the_file(path: Path) -> None:
    journal = FileJournal.create(path, HEADER, is_durable=False)
    journal.record(accepted(0))
    with file_size_limit(path.stat().st_size), pytest.raises(JournalFailed, match="reached the size limit"):
        journal.close()
    FileJournal.reopen(path, is_durable=True).close()


def test_a_closed_journal_takes_nothing_more(path: Path) -> None:
    journal = FileJournal.create(path, HEADER, is_durable=True)
    journal.close()
    journal.close()
    with pytest.raises(JournalFailed, match="is closed"):
        journal.record(accepted(0))


def test_an_entry_longer_than_the_format_allows_is_refused_and_the_journal_goes_on(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        journal.record(accepted(0))
        with pytest.raises(JournalFailed, match="too long"):
            journal.note(bytes(MAX_PAYLOAD_BYTES))
        journal.note(b"0")
    assert numbers_in(path) == [0]


def test_an_event_that_cannot_be_written_leaves_the_journal_as_it_was(path: Path) -> None:
    with FileJournal.create(path, HEADER, is_durable=True) as journal:
        write(journal, range(1))
        with pytest.raises(JournalFailed, match="cannot be written"):
            journal.record(SessionEnding(2**70))
        write(journal, range(1, 2))
    assert numbers_in(path) == [0, 1]


@contextmanager
def without_rights() -> Iterator[None]:
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with without_rights(), pytest.raises(JournalFailed, match="permission denied"):
        FileJournal.create(tmp_path / "session.journal", HEADER, is_durable=True)


WRITER = """
import sys
from pathlib import Path
from adapters.journal.file_journal import FileJournal
from domain.tape import OrderAccepted

path, start = Path(sys.argv[1]), int(sys.argv[2])
if not path.exists():
    FileJournal.create(path, {}, is_durable=True).close()
journal = FileJournal.reopen(path, is_durable=True)
for number in range(start, 1_000_000):
    for _ in range(number % 5):
        journal.record(OrderAccepted(number, "BTCUSDT", "x" * (number % 300)))
    journal.record(OrderAccepted(number, "BTCUSDT", str(number)))
    journal.note(b"%d" % number)
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def killed_after(path: Path, start: int, acknowledgements: int) -> int:
    """Run a writer, kill it some acknowledgements on, and give the last number that it acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(start)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(acknowledgements):
            writer.stdout.readline()
        writer.kill()
        rest = writer.stdout.read().splitlines()
    return start + acknowledgements + len([line for line in rest if line]) - 1


def test_kill_9_at_any_point_loses_nothing_that_was_acknowledged(path: Path) -> None:
    rng = random.Random(20261105)
    start = 0
    for _ in range(6):
        acknowledged = killed_after(path, start, rng.randrange(1, 60))
        numbers = numbers_in(path)
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= acknowledged
        start = len(numbers)


def test_frames_of_the_file_are_the_documented_ones(path: Path) -> None:
    with FileJournal.create(path, {"a": 1}, is_durable=True) as journal:
        journal.record(SessionEnding(1))
        journal.note(b"go")
    assert path.read_bytes() == (
        b"SLTJRNL\x01" + frame(b'{"a":1}') + MARK + frame(b"\x19\x91\x01") + frame(b"\x00go") + MARK
    )
    assert MARK.hex() == "010000001bdf05a501"


def test_the_examples_of_the_document_are_true() -> None:
    text = (ROOT / "docs" / "journal.md").read_text()
    for payload in (b"\x19\x91\x01", b"\x01"):
        framed = frame(payload)
        assert "  ".join(part.hex(" ") for part in (framed[:4], framed[4:8], framed[8:])) in text
