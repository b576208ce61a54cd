"""The dead man's switch: entries that rest are taken away by the venue when we no longer speak."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from domain.allowed_range import require_within


@dataclass(frozen=True, slots=True)
class CountdownRules:
    """After how long the venue acts, how often that is put off, and how soon a failed call is repeated."""

    countdown_ms: int = 120_000
    renew_every_ms: int = 30_000
    again_after_ms: int = 1_000

    def __post_init__(self) -> None:
        require_within("countdown_ms", self.countdown_ms, 1_000, 3_600_000)
        require_within("renew_every_ms", self.renew_every_ms, 100, self.countdown_ms)


class Countdown(NamedTuple):
    """A call to make; zero calls the switch off."""

    symbol: str
    countdown_ms: int


class CountdownDuty:
    """Arms a symbol's switch while an entry rests there, and calls it off when none does."""

    def __init__(self, rules: CountdownRules) -> None:
        self._rules = rules
        self._armed_ms: dict[str, int] = {}
        self._not_before_ms: dict[str, int] = {}
        self._under_way: dict[str, int] = {}

    @property
    def armed(self) -> AbstractSet[str]:
        """The symbols whose switch is, or may be, armed."""
        return self._armed_ms.keys()

    def may_be_armed(self, symbols: Iterable[str], now_ms: int) -> None:
        """Take over switches that somebody before us may have armed."""
        for symbol in symbols:
            self._armed_ms.setdefault(symbol, now_ms - self._rules.renew_every_ms)

    def due(self, resting: AbstractSet[str], now_ms: int) -> Countdown | None:
        """Give the next call to make, one a symbol at a time."""
        for symbol in sorted(resting | self._armed_ms.keys()):
            if symbol in self._under_way or now_ms < self._not_before_ms.get(symbol, now_ms):
                continue
            if symbol not in resting:
                return Countdown(symbol, 0)
            armed_ms = self._armed_ms.get(symbol)
            if armed_ms is None or now_ms - armed_ms >= self._rules.renew_every_ms:
                return Countdown(symbol, self._rules.countdown_ms)
        return None

    def began(self, call: Countdown) -> None:
        """A call is on its way."""
        self._under_way[call.symbol] = call.countdown_ms

    def answered(self, symbol: str, *, is_done: bool, now_ms: int) -> None:
        """Take what became of a call; what may be armed counts as armed until it surely is not."""
        countdown_ms = self._under_way.pop(symbol)
        if not is_done:
            self._not_before_ms[symbol] = now_ms + self._rules.again_after_ms
            if countdown_ms:
                self._armed_ms.setdefault(symbol, now_ms - self._rules.renew_every_ms)
        elif countdown_ms:
            self._armed_ms[symbol] = now_ms
        else:
            self._armed_ms.pop(symbol, None)
