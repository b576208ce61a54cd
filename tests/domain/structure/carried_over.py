"""State taken from one part of the engine into a fresh one, by way of bytes."""

from typing import Protocol

from domain.structure.snapshot import SnapshotReader, SnapshotWriter

SCHEMA = "0123456789abcdef"


class Saved(Protocol):
    """Any part of the engine that has state."""

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        ...

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        ...


def bytes_of(part: Saved) -> bytes:
    """Give a part's state as bytes."""
    out = SnapshotWriter()
    part.save(out)
    return out.sealed(SCHEMA)


def carry_over(part: Saved, heir: Saved) -> None:
    """Give one part's state to another and see that nothing is lost or left over."""
    heir.load(SnapshotReader(bytes_of(part), SCHEMA))
    assert bytes_of(heir) == bytes_of(part)
