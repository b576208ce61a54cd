"""When a connection that still works has to be replaced."""

from random import Random
from typing import NamedTuple

from adapters.binance.streams.backoff import Backoff, BackoffRules
from adapters.binance.streams.handover import RotationRules, rotation_due_ms


class Wanted(NamedTuple):
    """Why another connection is wanted; an urgent one does not wait for the present one to be matched."""

    reason: str
    is_urgent: bool


class Renewal:
    """Remembers what is wanted until it is had, and tries ever more rarely while it cannot be."""

    def __init__(self, rotation: RotationRules, backoff: BackoffRules, chance: Random) -> None:
        self._rotation = rotation
        self._backoff_rules = backoff
        self._chance = chance
        self._backoff = Backoff(backoff, chance)
        self._wanted: Wanted | None = None
        self._rotate_ms: int | None = None
        self._not_before_ms = 0

    def want(self, reason: str, *, is_urgent: bool) -> None:
        """Ask for another connection; the first reason stands."""
        first = self._wanted or Wanted(reason, is_urgent)
        self._wanted = first._replace(is_urgent=first.is_urgent or is_urgent)

    def due(self, now_ms: int) -> Wanted | None:
        """Tell what should be tried now: the last hour before the venue's cut is wanted by itself."""
        if now_ms < self._not_before_ms:
            return None
        if self._wanted is None and self._rotate_ms is not None and now_ms >= self._rotate_ms:
            self._wanted = Wanted("rotation", is_urgent=False)
        return self._wanted

    def opened(self, now_ms: int) -> None:
        """A connection was made: everything begins anew."""
        self._wanted = None
        self._not_before_ms = 0
        self._backoff = Backoff(self._backoff_rules, self._chance)
        self._rotate_ms = rotation_due_ms(now_ms, self._rotation, self._chance)

    def failed(self, now_ms: int, at_least_s: float) -> None:
        """Another connection could not be made; `at_least_s` is what the venue asked for, if anything."""
        self._not_before_ms = now_ms + int(1_000 * self._backoff.lost(now_ms, at_least_s))

    def abandoned(self, now_ms: int) -> None:
        """Another connection was made and was worse."""
        self._wanted = None
        self._rotate_ms = now_ms + self._rotation.retry_after_ms
