"""The one queue between sockets and the desk."""

from collections import deque
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

QUEUE_SIZE: Final = 10_000


class _Slot(Generic[Item]):
    __slots__ = ("is_gone", "item", "key")

    def __init__(self, item: Item, key: str | None) -> None:
        self.item = item
        self.key = key
        self.is_gone = False


class ConflatingQueue(Generic[Item]):
    """First in, first out, and of bounded length.

    An item with a key is superseded by a later one of the same key. Only when the queue is full does the
    oldest superseded item make room; an item without a key never does. Both ends cost the same however
    long the queue is.
    """

    def __init__(self, size: int = QUEUE_SIZE) -> None:
        self.conflated = 0
        self._size = size
        self._waiting = 0
        self._slots: deque[_Slot[Item]] = deque()
        self._latest: dict[str, _Slot[Item]] = {}
        self._superseded: deque[_Slot[Item]] = deque()

    def __len__(self) -> int:
        return self._waiting

    def offer(self, item: Item, key: str | None = None) -> bool:
        """Take an item in; False when it has to wait because nothing in the full queue is superseded."""
        older = None if key is None else self._latest.get(key)
        if older is not None:
            self._superseded.append(older)
        if self._waiting >= self._size and not self._has_made_room():
            return False
        slot = _Slot(item, key)
        self._slots.append(slot)
        self._waiting += 1
        if key is not None:
            self._latest[key] = slot
        return True

    def take(self) -> Item:
        """Give the oldest item. Raises IndexError when there is none."""
        slot = self._slots.popleft()
        while slot.is_gone:
            slot = self._slots.popleft()
        slot.is_gone = True
        self._waiting -= 1
        if slot.key is not None:
            self._forget(slot, slot.key)
        return slot.item

    def _forget(self, slot: _Slot[Item], key: str) -> None:
        if self._latest.get(key) is slot:
            del self._latest[key]
        while self._superseded and self._superseded[0].is_gone:
            self._superseded.popleft()

    def _has_made_room(self) -> bool:
        while self._superseded:
            slot = self._superseded.popleft()
            if not slot.is_gone:
                self._conflate(slot)
                return True
        return False

    def _conflate(self, slot: _Slot[Item]) -> None:
        slot.is_gone = True
        self._waiting -= 1
        self.conflated += 1
        if len(self._slots) > 2 * self._size:
            self._slots = deque(slot for slot in self._slots if not slot.is_gone)
