"""Setups and what became of them, kept in the learning file."""

import asyncio
from collections.abc import Iterator
from typing import Final

from adapters.sqlite.sealed_record import SealedRecord
from adapters.sqlite.store_file import StoreFile
from application.ports.sample_book import Lessons, SampleCounts
from application.ports.trade_store import StoreFailed
from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample import Sample

_PAGE: Final = 50
_LAST: Final = (2**63 - 1, "")

_SAMPLE: Final = SealedRecord(Sample)
_OUTCOME: Final = SealedRecord(Outcome)

_KEEP_SAMPLE: Final = """
INSERT INTO samples (sample_id, schema_hash, decided_at_ms, refused_for, record) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (sample_id) DO UPDATE SET schema_hash = excluded.schema_hash,
    decided_at_ms = excluded.decided_at_ms, refused_for = excluded.refused_for, record = excluded.record
WHERE schema_hash <> excluded.schema_hash
"""
_KEEP_OUTCOME: Final = """
INSERT INTO outcomes (sample_id, resolved_at_ms, is_shadow, record) VALUES (?, ?, ?, ?)
ON CONFLICT (sample_id) DO UPDATE SET resolved_at_ms = excluded.resolved_at_ms,
    is_shadow = excluded.is_shadow, record = excluded.record
WHERE is_shadow AND NOT excluded.is_shadow
"""
_KEEP_CLOSED_TRADE: Final = "INSERT INTO closed_trades (trade_id) VALUES (?) ON CONFLICT DO NOTHING"

_COLUMNS: Final = """
SELECT sample_id, schema_hash, decided_at_ms, refused_for, samples.record,
    resolved_at_ms, is_shadow, outcomes.record FROM samples
"""
_ONE: Final = f"{_COLUMNS} LEFT JOIN outcomes USING (sample_id) WHERE sample_id = ?"
_RESOLVED_BEFORE: Final = f"""
{_COLUMNS} JOIN outcomes USING (sample_id) WHERE (decided_at_ms, sample_id) < (?, ?)
ORDER BY decided_at_ms DESC, sample_id DESC LIMIT {_PAGE}
"""
_ENDED_BEFORE_IT_BEGAN: Final = """
SELECT 1 FROM samples JOIN outcomes USING (sample_id) WHERE sample_id = ? AND resolved_at_ms < decided_at_ms
"""
_REFUSED: Final = "SELECT refused_for, count(*) FROM samples GROUP BY refused_for ORDER BY refused_for"
_RESOLVED: Final = """
SELECT count(*), coalesce(sum(is_shadow), 0) FROM outcomes
WHERE EXISTS (SELECT 1 FROM samples WHERE samples.sample_id = outcomes.sample_id)
"""

_Row = tuple[str, str, int, str | None, bytes, int, int, bytes | None]


class SqliteSampleBook:
    """Keeps lessons in an open learning file; calls run where they are made, without a thread."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file

    async def keep(self, lessons: Lessons) -> None:
        """Write all or nothing; on disk when this returns."""
        execute = self._file.connection.execute
        with self._file.transaction():
            for sample in lessons.samples:
                keys = (sample.sample_id, sample.schema_hash, sample.decided_at_ms, sample.refused_for)
                execute(_KEEP_SAMPLE, (*keys, _SAMPLE.sealed(sample, *keys)))
            for outcome in lessons.outcomes:
                ended = (outcome.sample_id, outcome.resolved_at_ms, int(outcome.is_shadow))
                execute(_KEEP_OUTCOME, (*ended, _OUTCOME.sealed(outcome, *ended)))
            for trade_id in lessons.closed_trades:
                execute(_KEEP_CLOSED_TRADE, (trade_id,))
            self._refuse_early_ends(lessons)

    async def resolved(self, newest: int) -> tuple[LabelledSample, ...]:
        """Give the newest samples that have an outcome, in the order in which they were decided on.

        Read page by page, and everybody else has a turn in between.
        """
        newest_first: list[LabelledSample] = []
        before = _LAST
        while page := self._page(before)[: newest - len(newest_first)]:
            newest_first += page
            before = page[-1].sample.decided_at_ms, page[-1].sample.sample_id
            await asyncio.sleep(0)
        return tuple(reversed(newest_first))

    async def sample(self, sample_id: str) -> tuple[Sample, Outcome | None] | None:
        """Give one setup and its end, None where it was never seen or has not ended."""
        with self._file.failures_named():
            row = self._file.connection.execute(_ONE, (sample_id,)).fetchone()
            return None if row is None else _read(row)

    async def closed_trades(self) -> int:
        """Count the closed trades, each once however often it was told."""
        with self._file.failures_named():
            (count,) = self._file.connection.execute("SELECT count(*) FROM closed_trades").fetchone()
            return int(count)

    async def counts(self) -> SampleCounts:
        """Sum up what is kept."""
        with self._file.failures_named():
            by_reason = dict(self._file.connection.execute(_REFUSED))
            resolved, shadows = self._file.connection.execute(_RESOLVED).fetchone()
        seen = sum(by_reason.values())
        by_reason.pop(None, None)
        return SampleCounts(seen, by_reason, resolved, shadows)

    def _page(self, before: tuple[int, str]) -> list[LabelledSample]:
        with self._file.failures_named():
            return list(_labelled(map(_read, self._file.connection.execute(_RESOLVED_BEFORE, before))))

    def _refuse_early_ends(self, lessons: Lessons) -> None:
        told = [one.sample_id for one in lessons.samples] + [one.sample_id for one in lessons.outcomes]
        for sample_id in told:
            if self._file.connection.execute(_ENDED_BEFORE_IT_BEGAN, (sample_id,)).fetchone():
                raise StoreFailed(f"{sample_id} was resolved before it was decided on; nothing was changed")


def _read(row: _Row) -> tuple[Sample, Outcome | None]:
    sample_id, schema_hash, decided_at_ms, refused_for, record, resolved_at_ms, is_shadow, end = row
    sample = _SAMPLE.opened(record, sample_id, schema_hash, decided_at_ms, refused_for)
    return sample, None if end is None else _OUTCOME.opened(end, sample_id, resolved_at_ms, is_shadow)


def _labelled(read: Iterator[tuple[Sample, Outcome | None]]) -> Iterator[LabelledSample]:
    return (LabelledSample(sample, outcome) for sample, outcome in read if outcome is not None)
