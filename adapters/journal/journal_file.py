"""A journal read back."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from adapters.journal.event_codec import decode_event
from adapters.journal.frame import DECISION_KIND, END, END_KIND, MARK_KIND, FrameReader
from adapters.journal.header import read_header
from adapters.journal.locked_file import why_it_failed
from application.ports.journal import JournalDamaged, JournalEntry, JournalFailed
from domain.tape import Event

_READ_AHEAD_BYTES: Final = 256 * 1024
_NO_ENTRY: Final = frozenset({MARK_KIND, END_KIND})


class JournalFile:
    """Reads a journal file, even one that is still being written; memory stays flat.

    Raises FileNotFoundError when there is no such file, JournalFailed when it cannot be read, and
    JournalDamaged when it is no journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                self._header, _ = read_header(file, path)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._unreadable(error) from error

    @property
    def header(self) -> dict[str, object]:
        """What the session was: product version, settings, instruments; plain JSON values."""
        return self._header

    @property
    def is_finished(self) -> bool:
        """Whether the session said at its end that it left nothing open."""
        try:
            with self._path.open("rb") as file:
                file.seek(-len(END), os.SEEK_END)
                return file.read() == END
        except OSError as error:
            raise self._unreadable(error) from error

    def entries(self) -> Iterator[JournalEntry]:
        """Give the entries in order; a torn tail ends them quietly, damage inside raises JournalDamaged."""
        try:
            with self._path.open("rb", buffering=_READ_AHEAD_BYTES) as file:
                _, reader = read_header(file, self._path)
                yield from self._entries(reader)
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> JournalFailed:
        return JournalFailed(f"{self._path} cannot be read: {why_it_failed(error)}")

    def _entries(self, reader: FrameReader) -> Iterator[JournalEntry]:
        sequence = -1
        event: Event | None = None
        while (payload := reader.next_payload()) is not None:
            kind = payload[:1]
            if kind in _NO_ENTRY:
                continue
            if kind == DECISION_KIND:
                if event is None:
                    raise self._damaged(reader, "a decision stands where no event asked for one")
                yield JournalEntry(sequence, event, payload[1:])
                event = None
                continue
            if event is not None:
                yield JournalEntry(sequence, event, b"")
            event = self._event(reader, payload)
            sequence += 1
        if event is not None:
            yield JournalEntry(sequence, event, b"")

    def _event(self, reader: FrameReader, payload: bytes) -> Event:
        try:
            return decode_event(payload)
        except ValueError as error:
            raise self._damaged(reader, str(error)) from error

    def _damaged(self, reader: FrameReader, reason: str) -> JournalDamaged:
        return JournalDamaged(f"{self._path} is damaged at byte {reader.began_at}: {reason}")
