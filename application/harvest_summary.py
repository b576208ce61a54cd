"""What a look back over setups found, in figures that overlapping trades cannot flatter."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from application.ended_sample import Dropped, DroppedSample, EndedSample
from domain.learning.outcome import LabelledSample
from domain.learning.sample_weights import Lifetime, average_uniqueness


class SetupsSeen(NamedTuple):
    """How many setups were found, entered and resolved, and how the resolved ones ended.

    `dropped` counts the others by reason. Means are None where nothing was resolved.
    `effective_size` is what the resolved ones are worth as independent trades, since those of one time
    tell one story; the standard error of the mean net R counts only so many, and is None below two.
    """

    found: int
    entered: int
    resolved: int
    dropped: Mapping[Dropped, int]
    win_rate: float | None
    mean_net_r: float | None
    standard_error: float | None
    effective_size: float


class HarvestSummary(NamedTuple):
    """The setups of all symbols together, and of each."""

    total: SetupsSeen
    by_symbol: Mapping[str, SetupsSeen]


class _Result(NamedTuple):
    lifetime: Lifetime
    net_r: float
    is_won: bool


@dataclass(slots=True)
class SetupTally:
    """Counts the samples of one symbol as they end."""

    results: list[_Result] = field(default_factory=list)
    dropped: Counter[Dropped] = field(default_factory=Counter)
    entered: int = 0

    def note(self, ended: EndedSample) -> None:
        """Count one sample."""
        if isinstance(ended, DroppedSample):
            self.dropped[ended.reason] += 1
            self.entered += ended.is_entered
        else:
            self.entered += 1
            self.results.append(_result(ended))


def summary_of(tallies: Mapping[str, SetupTally]) -> HarvestSummary:
    """Sum up what was counted, by symbol."""
    total = SetupTally()
    for tally in tallies.values():
        total.results += tally.results
        total.dropped += tally.dropped
        total.entered += tally.entered
    return HarvestSummary(_seen(total), {symbol: _seen(tally) for symbol, tally in tallies.items()})


def _result(one: LabelledSample) -> _Result:
    sample, outcome = one
    lifetime = Lifetime(sample.decided_at_ms, outcome.resolved_at_ms)
    return _Result(lifetime, outcome.net_r, outcome.is_won)


def _seen(tally: SetupTally) -> SetupsSeen:
    results = tally.results
    count = len(results)
    effective = math.fsum(average_uniqueness([one.lifetime for one in results]))
    mean = math.fsum(one.net_r for one in results) / count if count else None
    return SetupsSeen(
        found=count + tally.dropped.total(),
        entered=tally.entered,
        resolved=count,
        dropped=dict(tally.dropped),
        win_rate=sum(one.is_won for one in results) / count if count else None,
        mean_net_r=mean,
        standard_error=None if mean is None else _standard_error(results, mean, effective),
        effective_size=effective,
    )


def _standard_error(results: Sequence[_Result], mean: float, effective: float) -> float | None:
    """Give s / sqrt(effective size), s being the sample's standard deviation."""
    if len(results) < 2:  # noqa: PLR2004 - one number has no spread
        return None
    variance = math.fsum((one.net_r - mean) ** 2 for one in results) / (len(results) - 1)
    return math.sqrt(variance / effective)
