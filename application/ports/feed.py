"""The port through which every event comes in."""

from collections.abc import AsyncIterator
from typing import Protocol

from domain.tape import Event


class Feed(Protocol):
    """One ordered tape of market, account and session events; it ends when the session does."""

    def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        ...
