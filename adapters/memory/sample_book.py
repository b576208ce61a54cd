"""A sample book that lives as long as its session."""

from collections import Counter

from application.ports.sample_book import Lessons, SampleCounts
from application.ports.trade_store import StoreFailed
from domain.learning.outcome import LabelledSample, Outcome, labelled
from domain.learning.sample import Sample


class MemorySampleBook:
    """Keeps lessons under the ids of their setups, for runs of which nothing need stay."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._closed_trades: set[str] = set()

    async def keep(self, lessons: Lessons) -> None:
        """Keep all or nothing; the same lesson again changes nothing."""
        samples, outcomes = self._news_of_samples(lessons), self._news_of_outcomes(lessons)
        for sample_id in (*samples, *outcomes):
            sample = samples.get(sample_id, self._samples.get(sample_id))
            outcome = outcomes.get(sample_id, self._outcomes.get(sample_id))
            if sample and outcome and outcome.resolved_at_ms < sample.decided_at_ms:
                raise StoreFailed(f"{sample_id} was resolved before it was decided on; nothing was changed")
        self._samples.update(samples)
        self._outcomes.update(outcomes)
        self._closed_trades.update(lessons.closed_trades)

    async def resolved(self, newest: int) -> tuple[LabelledSample, ...]:
        """Give the newest samples that have an outcome, in the order in which they were decided on."""
        every = labelled(self._samples.values(), self._outcomes.values())
        return every[max(0, len(every) - newest) :]

    async def sample(self, sample_id: str) -> tuple[Sample, Outcome | None] | None:
        """Give one setup and its end, None where it was never seen or has not ended."""
        sample = self._samples.get(sample_id)
        return None if sample is None else (sample, self._outcomes.get(sample_id))

    async def closed_trades(self) -> int:
        """Count the closed trades, each once however often it was told."""
        return len(self._closed_trades)

    async def counts(self) -> SampleCounts:
        """Sum up what is kept."""
        refused = Counter(one.refused_for.value for one in self._samples.values() if one.refused_for)
        ends = [outcome for name, outcome in self._outcomes.items() if name in self._samples]
        shadows = sum(one.is_shadow for one in ends)
        return SampleCounts(len(self._samples), dict(sorted(refused.items())), len(ends), shadows)

    def _news_of_samples(self, lessons: Lessons) -> dict[str, Sample]:
        news: dict[str, Sample] = {}
        for sample in lessons.samples:
            known = news.get(sample.sample_id, self._samples.get(sample.sample_id))
            if known is None or known.schema_hash != sample.schema_hash:
                news[sample.sample_id] = sample
        return news

    def _news_of_outcomes(self, lessons: Lessons) -> dict[str, Outcome]:
        news: dict[str, Outcome] = {}
        for outcome in lessons.outcomes:
            known = news.get(outcome.sample_id, self._outcomes.get(outcome.sample_id))
            if known is None or (known.is_shadow and not outcome.is_shadow):
                news[outcome.sample_id] = outcome
        return news
