"""A journal's file that knows how much of it would survive a power cut."""

import re
from pathlib import Path
from typing import Final

from adapters.journal.locked_file import LockedFile

_ORDER_ID: Final = re.compile(rb'"order_id":"([^"]+)"')


class SyncedFile(LockedFile):
    """Remembers what was put on disk; `marked` is a file that tells another process how much that is."""

    def __init__(self, path: Path, marked: Path | None = None) -> None:
        super().__init__(path, may_create=False)
        self.order_ids: set[str] = set()
        self._marked = marked
        self._written = bytearray()
        self._mark()

    def append(self, content: bytes | bytearray) -> None:
        super().append(content)
        self._written += content

    def sync(self) -> None:
        super().sync()
        self.order_ids |= {found.decode() for found in _ORDER_ID.findall(self._written)}
        self._written.clear()
        self._mark()

    def _mark(self) -> None:
        if self._marked is not None:
            self._marked.write_text(f"{self.size():020d}")


def bytes_synced(marked: Path) -> int:
    """Read what a file has told."""
    return int(marked.read_text())
