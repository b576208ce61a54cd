"""How much is traded now, compared with before."""

from dataclasses import dataclass

from domain.structure.snapshot import SnapshotReader, SnapshotWriter
from domain.structure.squash import added_up


@dataclass(frozen=True)
class ParticipationRules:
    """How many bars are now, how many are before, and how many one bar is compared with."""

    recent_bars: int = 5
    earlier_bars: int = 60
    single_bar_against: int = 20


class Participation:
    """The volumes of the last bars, this one included, oldest first."""

    __slots__ = ("_length", "_rules", "_volumes")

    def __init__(self, rules: ParticipationRules) -> None:
        self._rules = rules
        self._length = max(rules.recent_bars + rules.earlier_bars, rules.single_bar_against + 1)
        self._volumes: list[float] = []

    def update(self, volume: float) -> None:
        """Take one closed bar's volume."""
        self._volumes.append(volume)
        if len(self._volumes) > self._length:
            del self._volumes[0]

    @property
    def is_known(self) -> bool:
        """Tell whether enough volumes are known for both measures."""
        return len(self._volumes) == self._length

    def of_this_bar(self) -> float:
        """Give the last volume over the mean of the 20 before; 1 if that is zero."""
        return _ratio(self._volumes[-1], _mean(self._volumes[-self._rules.single_bar_against - 1 : -1]))

    def of_recent_bars(self) -> float:
        """Give the mean of the last 5 volumes over the mean of the 60 before; 1 if that is zero."""
        recent = self._rules.recent_bars
        earlier = self._volumes[-recent - self._rules.earlier_bars : -recent]
        return _ratio(_mean(self._volumes[-recent:]), _mean(earlier))

    def save(self, out: SnapshotWriter) -> None:
        """Write the state."""
        out.numbers(self._volumes)

    def load(self, saved: SnapshotReader) -> None:
        """Read the state back."""
        self._volumes = saved.numbers()


def _mean(numbers: list[float]) -> float:
    return added_up(numbers) / len(numbers)


def _ratio(part: float, usual: float) -> float:
    return part / usual if usual > 0.0 else 1.0
