"""How long to stay away after a connection was lost."""

from dataclasses import dataclass
from random import Random
from typing import Final

_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class BackoffRules:
    """When to come back; `jitter_fraction` keeps several connections from coming back together."""

    first_delay_s: float = 5.0
    longest_delay_s: float = 300.0
    growth: float = 2.0
    jitter_fraction: float = 0.2
    stable_after_ms: int = 3 * _MINUTE_MS


class Backoff:
    """Waits twice as long after each failure, and starts anew once a connection has lasted."""

    def __init__(self, rules: BackoffRules, chance: Random) -> None:
        self._rules = rules
        self._chance = chance
        self._failures = 0
        self._connected_at_ms: int | None = None

    def connected(self, now_ms: int) -> None:
        """Remember when the connection was made."""
        self._connected_at_ms = now_ms

    def lost(self, now_ms: int, at_least_s: float = 0.0) -> float:
        """Tell how many seconds to wait; `at_least_s` is what the venue asked for, if anything."""
        if self._has_been_stable(now_ms):
            self._failures = 0
        self._connected_at_ms = None
        delay_s = self._nominal_s() * (1.0 + self._chance.random() * self._rules.jitter_fraction)
        self._failures += 1
        return max(min(delay_s, self._rules.longest_delay_s), at_least_s)

    def _has_been_stable(self, now_ms: int) -> bool:
        since_ms = self._connected_at_ms
        return since_ms is not None and now_ms - since_ms >= self._rules.stable_after_ms

    def _nominal_s(self) -> float:
        rules = self._rules
        nominal_s, highest_s = rules.first_delay_s, rules.longest_delay_s / (1.0 + rules.jitter_fraction)
        for _ in range(self._failures):
            nominal_s *= rules.growth
            if nominal_s >= highest_s:
                return highest_s
        return nominal_s
