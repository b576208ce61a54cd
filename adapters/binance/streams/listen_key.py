"""The key of the account's stream: it dies after an hour unless it is kept alive."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class ListenKeyRules:
    """How often to keep the key alive, in milliseconds; a failed attempt is repeated sooner."""

    keep_alive_every_ms: int = 25 * _MINUTE_MS
    repeat_after_ms: int = _MINUTE_MS
    dies_after_ms: int = 60 * _MINUTE_MS


class KeyDuty(StrEnum):
    """What is to be done about the key now."""

    NOTHING = "nothing"
    KEEP_ALIVE = "keep it alive"
    REPLACE = "get another"


class ListenKeyLife:
    """Tells what is to be done, given what became of the last attempt."""

    def __init__(self, rules: ListenKeyRules) -> None:
        self._rules = rules
        self._renewed_ms = 0
        self._next_ms: int | None = None

    def renewed(self, now_ms: int) -> None:
        """The key was created or kept alive."""
        self._renewed_ms = now_ms
        self._next_ms = now_ms + self._rules.keep_alive_every_ms

    def not_renewed(self, now_ms: int) -> None:
        """The venue could not be asked."""
        self._next_ms = now_ms + self._rules.repeat_after_ms

    def duty(self, now_ms: int) -> KeyDuty:
        """Tell what is to be done; nothing before there is a key."""
        if self._next_ms is None or now_ms < self._next_ms:
            return KeyDuty.NOTHING
        if now_ms - self._renewed_ms >= self._rules.dies_after_ms:
            return KeyDuty.REPLACE
        return KeyDuty.KEEP_ALIVE
