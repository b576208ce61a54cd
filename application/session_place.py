"""Whose account a live session traded, and where; how the one is found that broke off there."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple, Self, cast

from application.ports.journal import RecordedJournal
from application.session_header import SessionHeader
from domain.tape import SessionOpened


class CannotBeTakenOver(Exception):
    """A session that broke off cannot go on; the message says why, and what can be done."""


class SessionPlace(NamedTuple):
    """A venue's address, and the venue's own name for the account."""

    venue: str
    account: str

    @property
    def mark(self) -> str:
        """A short name for files."""
        return hashlib.sha256("\n".join(self).encode()).hexdigest()[:12]

    @classmethod
    def of(cls, header: SessionHeader) -> Self | None:
        """Tell what a session traded; None when its journal does not say."""
        source = _source_of(header)
        venue, account = source.get("venue"), source.get("account")
        return cls(venue, account) if isinstance(venue, str) and isinstance(account, str) else None


def started_at_ms(header: SessionHeader) -> int:
    """Tell when a session was started; zero when its journal does not say."""
    started = _source_of(header).get("started_at_ms")
    return started if isinstance(started, int) else 0


def has_begun(journal: RecordedJournal) -> bool:
    """Tell whether a session ever traded: one that was refused at the door left nothing behind."""
    return any(isinstance(entry.event, SessionOpened) for entry in journal.entries())


def _source_of(header: SessionHeader) -> Mapping[str, object]:
    return cast("Mapping[str, object]", header.source) if isinstance(header.source, dict) else {}
