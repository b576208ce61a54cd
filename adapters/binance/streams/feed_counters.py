"""What a feed counts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_MOST_KINDS: Final = 50


@dataclass(slots=True)
class FeedCounters:
    """Everything that happened since the feed began.

    `reader_waits` counts how often the socket was left unread because the queue was full of what must not
    be lost. `kinds_ignored` counts frames nobody here understands, by their kind.
    """

    frames: int = 0
    bytes: int = 0
    events: int = 0
    conflated: int = 0
    duplicates: int = 0
    late: int = 0
    malformed: int = 0
    impossible: int = 0
    reader_waits: int = 0
    acknowledged: int = 0
    refused: int = 0
    connections: int = 0
    failed_connections: int = 0
    lost_connections: int = 0
    renewals: int = 0
    silent_streams: int = 0
    resubscribed: int = 0
    silent_renewals: int = 0
    holes: int = 0
    rebuilt: int = 0
    given_up: int = 0
    kinds_ignored: Counter[str] = field(default_factory=Counter)

    def ignore(self, kind: str) -> None:
        """Count a frame of a kind nobody here understands; after many kinds, all further ones as one."""
        is_known = kind in self.kinds_ignored or len(self.kinds_ignored) < _MOST_KINDS
        self.kinds_ignored[kind if is_known else "others"] += 1
