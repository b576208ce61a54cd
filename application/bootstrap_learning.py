"""Learning begins with history: a challenger learns from its first part and is tried on the rest."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from application.learning_cycle import LearningCycle
from application.ports.sample_book import Lessons
from domain.learning.model_history import Happening, ModelHistory
from domain.learning.outcome import LabelledSample
from domain.tape import ChampionChanged


class Bootstrapped(NamedTuple):
    """What came of it: samples that taught and that tested, the training, and where it stands.

    `missing` is what the challenger's record still lacks while it is on trial.
    """

    taught: int
    tested: int
    training: Happening
    changes: tuple[ChampionChanged, ...]
    history: ModelHistory
    missing: tuple[str, ...]


async def bootstrap(
    samples: Iterable[LabelledSample], split_ms: int, cycle: LearningCycle, step_samples: int = 25
) -> Bootstrapped:
    """Train a challenger on what was resolved by `split_ms`, and live through the rest as it happened.

    Every sample is kept. Nothing that was decided by then is part of the trial. Raises StoreFailed.
    """
    ordered = sorted(samples, key=_resolved)
    known = [one for one in ordered if one.outcome.resolved_at_ms <= split_ms]
    rest = ordered[len(known) :]
    await cycle.take(_lessons(known))
    training = await cycle.train(split_ms)
    changes: list[ChampionChanged] = []
    for start in range(0, len(rest), step_samples):
        part = rest[start : start + step_samples]
        await cycle.take(_lessons(part))
        changes += await cycle.step(part[-1].outcome.resolved_at_ms)
    return Bootstrapped(len(known), len(rest), training, tuple(changes), cycle.history, cycle.missing)


def _lessons(samples: Sequence[LabelledSample]) -> Lessons:
    return Lessons(tuple(one.sample for one in samples), tuple(one.outcome for one in samples))


def _resolved(one: LabelledSample) -> tuple[int, str]:
    return one.outcome.resolved_at_ms, one.sample.sample_id
