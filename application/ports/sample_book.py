"""The port that keeps what setups were seen, and what became of them, as a session goes on."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample import Sample


class Lessons(NamedTuple):
    """What was learned since it was last written down: setups, ends of setups, ids of closed trades."""

    samples: tuple[Sample, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    closed_trades: tuple[str, ...] = ()


class SampleCounts(NamedTuple):
    """How many setups were seen; `refused` by reason, the rest was taken. `resolved` ones have an outcome."""

    seen: int
    refused: Mapping[str, int]
    resolved: int
    shadows: int


class SampleBook(Protocol):
    """Keeps lessons through a crash; the same lesson again changes nothing.

    A real outcome takes the place of a shadow's, never the other way round. A setup that is told again
    with features of another schema takes the place of the one before. Otherwise the first telling counts.
    """

    async def keep(self, lessons: Lessons) -> None:
        """Write all or nothing; durable when this returns.

        Raises StoreFailed, also for a setup that would have been resolved before it was decided on.
        """
        ...

    async def resolved(self, newest: int) -> tuple[LabelledSample, ...]:
        """Give the newest samples that have an outcome, in the order in which they were decided on."""
        ...

    async def sample(self, sample_id: str) -> tuple[Sample, Outcome | None] | None:
        """Give one setup and its end, None where it was never seen or has not ended."""
        ...

    async def closed_trades(self) -> int:
        """Count the closed trades, each once however often it was told."""
        ...

    async def counts(self) -> SampleCounts:
        """Sum up what is kept."""
        ...
