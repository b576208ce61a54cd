"""The samples that learning has at hand: those that wait for their end, and those that have one."""

from collections.abc import Iterable
from typing import Final

from application.ports.sample_book import Lessons
from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample import Sample

_WAITING: Final = 10_000


class KnownSamples:
    """Joins samples with their ends; holds the newest `most` that have one, and a limited number that wait.

    A real outcome takes the place of a shadow's, never the other way round.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, Sample] = {}
        self._resolved: dict[str, LabelledSample] = {}
        self.resolved = 0
        """How many samples ever got an outcome."""

    def all(self) -> tuple[LabelledSample, ...]:
        """Give every sample that has an outcome."""
        return tuple(self._resolved.values())

    def of_newest_schema(self, now_ms: int) -> tuple[LabelledSample, ...]:
        """Give those resolved by now whose features mean what those of the newest sample mean."""
        over = [one for one in self._resolved.values() if one.outcome.resolved_at_ms <= now_ms]
        newest = max(over, key=_decided, default=None)
        if newest is None:
            return ()
        schema = newest.sample.schema_hash
        return tuple(one for one in over if one.sample.schema_hash == schema)

    def add_all(self, samples: Iterable[LabelledSample]) -> None:
        """Take in samples together with their outcomes."""
        for one in samples:
            self._resolve(one.sample, one.outcome)

    def learn(self, lessons: Lessons) -> None:
        """Take in what was learned; the end of a setup that is not known is left out."""
        for sample in lessons.samples:
            if sample.sample_id not in self._resolved:
                self._waiting[sample.sample_id] = sample
        for outcome in lessons.outcomes:
            known = self._sample(outcome.sample_id)
            if known is not None:
                self._resolve(known, outcome)
        _shorten(self._waiting, _WAITING)

    def _sample(self, sample_id: str) -> Sample | None:
        resolved = self._resolved.get(sample_id)
        return self._waiting.pop(sample_id, None) if resolved is None else resolved.sample

    def _resolve(self, sample: Sample, outcome: Outcome) -> None:
        known = self._resolved.get(sample.sample_id)
        if known is not None and (outcome.is_shadow or not known.outcome.is_shadow):
            return
        self._resolved[sample.sample_id] = LabelledSample(sample, outcome)
        if known is None:
            self.resolved += 1
            _shorten(self._resolved, self._most)


def _shorten(known: dict[str, Sample] | dict[str, LabelledSample], most: int) -> None:
    while len(known) > most:
        del known[next(iter(known))]


def _decided(one: LabelledSample) -> int:
    return one.sample.decided_at_ms
