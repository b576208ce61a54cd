"""A journal that lives as long as its session."""

from collections.abc import Iterator
from typing import Final

from application.ports.journal import JournalEntry, JournalFailed
from domain.tape import Event


class MemoryJournal:
    """Written and read back in one process, for runs of which nothing need be kept."""

    is_kept: Final = True

    def __init__(self, header: dict[str, object]) -> None:
        self._header = header
        self._events: list[Event] = []
        self._decisions: dict[int, bytes] = {}

    @property
    def header(self) -> dict[str, object]:
        """What the session was: product version, settings, instruments; plain JSON values."""
        return self._header

    def record(self, event: Event) -> None:
        """Keep one event."""
        self._events.append(event)

    def note(self, decision: bytes) -> None:
        """Keep the decision on the event recorded last."""
        if not decision:
            return
        sequence = len(self._events) - 1
        if sequence < 0 or sequence in self._decisions:
            raise JournalFailed("a decision was noted that no event asked for")
        self._decisions[sequence] = decision

    def entries(self) -> Iterator[JournalEntry]:
        """Give the entries in order."""
        for sequence, event in enumerate(self._events):
            yield JournalEntry(sequence, event, self._decisions.get(sequence, b""))
