"""The port that remembers every event and what was decided on it."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from domain.tape import Event


class JournalEntry(NamedTuple):
    """One event and the encoded decision that followed; empty bytes mean: stood aside."""

    sequence: int
    event: Event
    decision: bytes


class Journal(Protocol):
    """Append-only; an event is written before it is decided on, a decision before it is sent."""

    @property
    def is_kept(self) -> bool:
        """Whether a decision need be encoded for it."""
        ...

    def record(self, event: Event) -> None:
        """Append one event. Raises JournalFailed when it cannot be kept."""
        ...

    def note(self, decision: bytes) -> None:
        """Append the encoded decision on the event recorded last; durable when this returns.

        A decision that stands aside is empty and costs nothing.
        """
        ...


class RecordedJournal(Protocol):
    """A journal that is read back."""

    @property
    def header(self) -> dict[str, object]:
        """What the session was: product version, settings, instruments; plain JSON values."""
        ...

    def entries(self) -> Iterator[JournalEntry]:
        """Give the entries in order; a torn tail ends them quietly, damage inside raises JournalDamaged."""
        ...


class JournalFailed(Exception):
    """The journal cannot be kept: trading must stop."""


class JournalDamaged(Exception):
    """A journal was changed or damaged before its last entry."""
