"""The journal of a session, appended to a file."""

import zlib
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from adapters.journal.event_codec import encode_event
from adapters.journal.frame import (
    DECISION_KIND,
    END,
    END_KIND,
    FRAME_HEAD,
    MARK,
    MARK_KIND,
    MAX_PAYLOAD_BYTES,
)
from adapters.journal.header import encode_header, is_cut_short, read_header
from adapters.journal.locked_file import LockedFile, why_it_failed
from application.ports.journal import JournalDamaged, JournalFailed
from domain.tape import Event

_HANDED_OVER_FROM_BYTES: Final = 64 * 1024


class FileJournal:
    """Keeps every event, and each decision before it can act.

    A durable journal survives a power cut, one that is not durable survives the death of the process up to
    the last hand-over (every 64 KiB, `flush`, `close`). After a JournalFailed it takes nothing more.
    """

    is_kept: Final = True

    def __init__(self, file: LockedFile, *, is_durable: bool, awaits_decision: bool = False) -> None:
        self._file = file
        self._is_durable = is_durable
        self._pending = bytearray(MARK)
        self._awaits_decision = awaits_decision
        self._failure: str | None = None
        self._is_closed = False

    @classmethod
    def create(cls, path: Path, header: dict[str, object], *, is_durable: bool) -> Self:
        """Begin a journal with this header: plain JSON values, no secrets.

        Raises JournalFailed when the path already holds a journal (`reopen` continues it) or anything else.
        """
        beginning = encode_header(header)
        file = LockedFile(path, may_create=True)
        try:
            _refuse_to_overwrite(file)
            file.cut(0)
            file.append(beginning)
            file.sync()
            file.sync_name()
        except JournalFailed:
            file.close()
            raise
        return cls(file, is_durable=is_durable)

    @classmethod
    def reopen(cls, path: Path, *, is_durable: bool) -> Self:
        """Continue a journal behind its last whole entry; a torn tail is cut first.

        The decision on an event at the very end may still be noted. Raises JournalFailed, and
        JournalDamaged when the damage lies before the end.
        """
        file = LockedFile(path, may_create=False)
        try:
            end, last_kind = _end_of_whole_entries(path)
            file.cut(end)
        except (JournalFailed, JournalDamaged):
            file.close()
            raise
        awaits_decision = last_kind not in {b"", DECISION_KIND, END_KIND}
        return cls(file, is_durable=is_durable, awaits_decision=awaits_decision)

    def record(self, event: Event) -> None:
        """Append one event; it is handed over with the next decision at the latest."""
        self._append(encode_event(event))
        self._awaits_decision = True

    def note(self, decision: bytes) -> None:
        """Append the decision on the event recorded last; on disk when this returns, if durable."""
        if not decision:
            return
        self._refuse_after_failure()
        if not self._awaits_decision:
            raise JournalFailed(f"{self._file.path}: a decision was noted that no event asked for")
        self._append(DECISION_KIND + decision)
        self._awaits_decision = False
        if self._is_durable:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the system, and put it on disk if durable."""
        self._refuse_after_failure()
        if len(self._pending) == len(MARK):
            return
        self._hand_over()

    def finish(self) -> None:
        """Say that the session is over and left nothing open; nothing may follow."""
        self.flush()
        self._pending += END
        self._hand_over()
        self._failure = f"{self._file.path} is finished"

    def close(self) -> None:
        """Hand everything over, mark the end as whole, and let go of the file."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._failure is None:
                self.flush()
                self._hand_over()
        finally:
            self._failure = self._failure or f"{self._file.path} is closed"
            self._file.close()

    def fileno(self) -> int:
        """Give the open file's descriptor."""
        return self._file.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, payload: bytes) -> None:
        self._refuse_after_failure()
        length = len(payload)
        if length > MAX_PAYLOAD_BYTES:
            raise JournalFailed(f"{self._file.path}: an entry of {length} bytes is too long")
        pending = self._pending
        pending += FRAME_HEAD.pack(length, zlib.crc32(payload))
        pending += payload
        if len(pending) > _HANDED_OVER_FROM_BYTES:
            self._hand_over()

    def _hand_over(self) -> None:
        try:
            self._file.append(self._pending)
            if self._is_durable:
                self._file.sync()
        except JournalFailed as failed:
            self._failure = str(failed)
            raise
        self._pending = bytearray(MARK)

    def _refuse_after_failure(self) -> None:
        if self._failure is not None:
            raise JournalFailed(self._failure)


def _refuse_to_overwrite(file: LockedFile) -> None:
    with file.path.open("rb") as content:
        if not is_cut_short(content, file.size()):
            raise JournalFailed(
                f"{file.path} already exists and is never overwritten; give another name or remove it"
            )


def _end_of_whole_entries(path: Path) -> tuple[int, bytes]:
    """Give where the last whole frame ends, and the kind of the last one that is no mark."""
    last_kind = b""
    try:
        with path.open("rb") as file:
            _, reader = read_header(file, path)
            while (payload := reader.next_payload()) is not None:
                kind = payload[:1]
                last_kind = last_kind if kind == MARK_KIND else kind
            return reader.offset, last_kind
    except OSError as error:
        raise JournalFailed(f"{path} cannot be read: {why_it_failed(error)}") from error
