"""Streams that were acknowledged and say nothing."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, NamedTuple

_FADING: Final = 0.9
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class WatchRules:
    """How long a stream may be silent, in milliseconds.

    A stream that is known to pause is given `usual_gaps` times its usual pause. One that stays silent
    after it was renewed costs one new connection, at most one in `reconnect_pause_ms` for all such
    streams together; after that it is renewed ever more rarely, `longest_patience_ms` apart at last.
    """

    warn_after_ms: int = 10_000
    renew_after_ms: int = 30_000
    renewal_grace_ms: int = 10_000
    reconnect_pause_ms: int = 300_000
    longest_patience_ms: int = 1_800_000
    usual_gaps: float = 3.0


class WatchReport(NamedTuple):
    """What one look found: who fell silent, who is back, and what to do about those who are not.

    `reconnect` asks for a new connection for all streams, because of these.
    """

    silent: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    resubscribe: tuple[str, ...] = ()
    reconnect: tuple[str, ...] = ()


class _Watched:
    __slots__ = ("asked_ms", "attempts", "heard_ms", "is_known", "is_silent", "usual_gap_ms")

    def __init__(self, now_ms: int) -> None:
        self.asked_ms = now_ms
        self.heard_ms = now_ms
        self.usual_gap_ms = 0.0
        self.attempts = 0
        self.is_known = False
        self.is_silent = False


class StreamWatch:
    """Looks now and then at who spoke; being heard costs a stream nothing but its name in a set."""

    def __init__(self, streams: Iterable[str], rules: WatchRules, now_ms: int) -> None:
        self._rules = rules
        self._streams = {stream: _Watched(now_ms) for stream in streams}
        self._may_reconnect_ms = now_ms

    @property
    def is_anything_live(self) -> bool:
        """Whether any stream was heard and is not silent."""
        return any(watched.is_known and not watched.is_silent for watched in self._streams.values())

    def asked_again(self, now_ms: int, *, after_outage: bool) -> None:
        """Give every stream time: all were just subscribed on a new connection.

        An outage of the connection says nothing about how long a stream usually pauses.
        """
        for watched in self._streams.values():
            watched.asked_ms = now_ms
            if after_outage:
                watched.heard_ms = now_ms

    def look(self, now_ms: int, heard: AbstractSet[str]) -> WatchReport:
        """Take who was heard since the last look, and tell what has to be done."""
        back = [name for name, watched in self._streams.items() if name in heard and _hear(watched, now_ms)]
        quiet = [(name, watched) for name, watched in self._streams.items() if name not in heard]
        silent = [name for name, watched in quiet if self._falls_silent(watched, now_ms)]
        due = [name for name, watched in quiet if now_ms >= self._due_ms(watched)]
        reconnect = self._to_reconnect(due, now_ms)
        resubscribe = [name for name in due if name not in reconnect and self._streams[name].attempts != 1]
        for name in (*reconnect, *resubscribe):
            self._try_again(self._streams[name], now_ms, is_last_resort=name in reconnect)
        return WatchReport(tuple(silent), tuple(back), tuple(resubscribe), tuple(reconnect))

    def _falls_silent(self, watched: _Watched, now_ms: int) -> bool:
        since_ms = max(watched.heard_ms, watched.asked_ms)
        if watched.is_silent or now_ms < since_ms + self._patience_ms(watched, self._rules.warn_after_ms):
            return False
        watched.is_silent = True
        return True

    def _due_ms(self, watched: _Watched) -> float:
        since_ms = max(watched.heard_ms, watched.asked_ms)
        if watched.attempts == 1:
            return since_ms + self._rules.renewal_grace_ms
        patience_ms = self._patience_ms(watched, self._rules.renew_after_ms) * (
            1 << min(watched.attempts, 16)
        )
        return since_ms + min(patience_ms, self._rules.longest_patience_ms)

    def _patience_ms(self, watched: _Watched, at_least_ms: int) -> float:
        return max(float(at_least_ms), watched.usual_gap_ms * self._rules.usual_gaps)

    def _to_reconnect(self, due: list[str], now_ms: int) -> frozenset[str]:
        if due and self._is_connection_dead(due):
            return frozenset(due)
        failed = frozenset(name for name in due if self._streams[name].attempts == 1)
        if not failed or now_ms < self._may_reconnect_ms:
            return frozenset()
        self._may_reconnect_ms = now_ms + self._rules.reconnect_pause_ms
        return failed

    def _is_connection_dead(self, due: list[str]) -> bool:
        if not all(watched.is_silent for watched in self._streams.values()):
            return False
        known = sum(watched.is_known for watched in self._streams.values())
        return known >= _FEWEST or all(self._streams[name].attempts for name in due)

    def _try_again(self, watched: _Watched, now_ms: int, *, is_last_resort: bool) -> None:
        watched.asked_ms = now_ms
        watched.attempts = max(watched.attempts + 1, 2 if is_last_resort else 1)


def _hear(watched: _Watched, now_ms: int) -> bool:
    gap_ms = float(now_ms - watched.heard_ms)
    was_silent = watched.is_silent
    watched.usual_gap_ms = max(gap_ms, watched.usual_gap_ms * _FADING)
    watched.heard_ms = now_ms
    watched.is_known = True
    watched.is_silent = False
    watched.attempts = 0
    return was_silent
