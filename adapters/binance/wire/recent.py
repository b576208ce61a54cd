"""Remembering the latest and forgetting the oldest, so that a long session stays small."""

from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(Generic[_Key, _Value]):
    """What was said of the latest `most` keys."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._said: dict[_Key, _Value] = {}

    def __contains__(self, key: _Key) -> bool:
        return key in self._said

    def __len__(self) -> int:
        return len(self._said)

    def __setitem__(self, key: _Key, value: _Value) -> None:
        self._said.pop(key, None)
        self._said[key] = value
        if len(self._said) > self._most:
            del self._said[next(iter(self._said))]

    def get(self, key: _Key) -> _Value | None:
        """Give what was said of a key last, or None."""
        return self._said.get(key)
