"""A recorded session, decided again and compared bit by bit."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

from application.ports.journal import JournalEntry, RecordedJournal
from domain.halt import TradingHalt
from domain.orders.order import ApprovedOrder
from domain.tape import Event, SessionEnding, SessionResumed

_SHARED_SHOWN: Final = 40
_MOST_SHOWN: Final = 160


class ReplayDiffers(Exception):
    """The desk decided something else than it did when the journal was written."""

    def __init__(self, entry: JournalEntry, decided: bytes) -> None:
        super().__init__(
            f"event {entry.sequence} ({type(entry.event).__name__} at {entry.event.at_ms}): "
            + _difference(entry.decision, decided)
        )
        self.sequence = entry.sequence
        self.recorded = entry.decision
        self.decided = decided


class RecordedSession:
    """A journal as feed, journal and broker at once: it gives the events and checks the answers.

    Orders need no check of their own: they are part of the decision that `note` compares. `is_whole` tells
    whether the session's end was among the events; a session that was killed has none. `unwritten` is what
    was decided on the last event where the journal does not hold it.
    """

    is_kept: Final = True

    def __init__(self, journal: RecordedJournal) -> None:
        self._journal = journal
        self._entry: JournalEntry | None = None
        self._is_last = False
        self.compared = 0
        self.is_whole = False
        self.unwritten = b""

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the recorded events in their order."""
        for entry in self._entries():
            yield entry.event

    def record(self, event: Event) -> None:
        """Take the event that this journal itself gave."""
        if self._entry is None or event is not self._entry.event:
            raise LookupError("a replay takes only the events it gave")

    def note(self, decision: bytes) -> None:
        """Compare with what was decided then. Raises ReplayDiffers at the first difference.

        A session that was killed may have kept its last event but not the decision on it; there is
        nothing to compare then.
        """
        if self._entry is None:
            raise LookupError("nothing was replayed yet")
        was_cut_off = self._is_last and not self._entry.decision
        if decision != self._entry.decision and not was_cut_off:
            raise ReplayDiffers(self._entry, decision)
        if was_cut_off:
            self.unwritten = decision
        self.compared += 1

    def halt(self, halt: TradingHalt) -> None:
        """Take that the desk halted. Raises ReplayDiffers when it went on when the journal was written."""
        if self._entry is not None and not (self._is_last and not self._entry.decision):
            raise ReplayDiffers(self._entry, f"halted: {halt}".encode())

    async def submit(self, order: ApprovedOrder) -> None:
        """The order was sent when the journal was written; its answer is on the tape."""

    async def cancel(self, symbol: str, order_id: str) -> None:
        """The order was taken away when the journal was written; the answer is on the tape."""

    def _entries(self) -> Iterator[JournalEntry]:
        entries = self._journal.entries()
        following = next(entries, None)
        while following is not None:
            self._entry = entry = following
            following = next(entries, None)
            self._is_last = following is None
            if isinstance(entry.event, SessionEnding | SessionResumed):
                self.is_whole = isinstance(entry.event, SessionEnding)
            yield entry


def _difference(recorded: bytes, decided: bytes) -> str:
    """Show two decisions from where they part, with a little of what they share."""
    if not recorded or not decided:
        return f"the journal says {_shown(recorded)}, this replay says {_shown(decided)}"
    pairs = enumerate(zip(recorded, decided, strict=False))
    parted = next((place for place, (one, other) in pairs if one != other), min(len(recorded), len(decided)))
    start = max(0, parted - _SHARED_SHOWN)
    return f"the journal says ...{_shown(recorded[start:])}, this replay says ...{_shown(decided[start:])}"


def _shown(decision: bytes) -> str:
    text = decision.decode(errors="replace") if decision else "stand aside"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
