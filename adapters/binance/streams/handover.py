"""When a new connection may take over from an old one, so that nothing is missed."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class RotationRules:
    """When to change over, in milliseconds; the venue cuts every connection after 24 hours."""

    rotate_after_ms: int = 23 * 60 * _MINUTE_MS
    rotation_spread_ms: int = 20 * _MINUTE_MS
    shortest_overlap_ms: int = 5_000
    longest_overlap_ms: int = 90_000
    retry_after_ms: int = 2 * _MINUTE_MS


class Verdict(StrEnum):
    """What to do with two connections."""

    WAIT = "wait"
    SWITCH = "close the old one"
    ABANDON = "close the new one"


def rotation_due_ms(opened_ms: int, rules: RotationRules, chance: Random) -> int:
    """Tell when a connection opened now should be replaced, not all of them at once."""
    return opened_ms + rules.rotate_after_ms + int(chance.random() * rules.rotation_spread_ms)


class Handover:
    """Watches two connections of the same streams until the new one says all that the old one says."""

    def __init__(self, rules: RotationRules, now_ms: int) -> None:
        self._rules = rules
        self._since_ms = now_ms
        self._on_old: set[str] = set()
        self._on_new: set[str] = set()

    def look(self, now_ms: int, old: AbstractSet[str], new: AbstractSet[str], *, is_settled: bool) -> Verdict:
        """Take what each was heard to say since the last look."""
        self._on_old |= old
        self._on_new |= new
        overlap_ms = now_ms - self._since_ms
        if overlap_ms < self._rules.shortest_overlap_ms:
            return Verdict.WAIT
        if is_settled and self._on_old <= self._on_new:
            return Verdict.SWITCH
        if overlap_ms < self._rules.longest_overlap_ms:
            return Verdict.WAIT
        return Verdict.SWITCH if len(self._on_new) >= len(self._on_old) else Verdict.ABANDON
