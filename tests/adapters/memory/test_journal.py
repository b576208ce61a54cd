from adapters.memory.journal import MemoryJournal
from application.ports.journal import JournalEntry
from domain.tape import SessionEnding


def test_it_can_be_read_while_it_is_written() -> None:
    journal = MemoryJournal({"product": "0.1.0"})
    journal.record(SessionEnding(1))
    assert list(journal.entries()) == [JournalEntry(0, SessionEnding(1), b"")]
    journal.note(b"close")
    assert list(journal.entries()) == [JournalEntry(0, SessionEnding(1), b"close")]
