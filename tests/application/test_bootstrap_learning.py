import asyncio

from application.bootstrap_learning import Bootstrapped, bootstrap
from domain.learning.model_history import What
from domain.learning.model_life import ModelState
from domain.learning.outcome import LabelledSample
from tests.learning_steps import SELDOM, a_cycle
from tests.training_samples import resolved_samples


def begun(samples: tuple[LabelledSample, ...], taught: int) -> Bootstrapped:
    async def lived() -> Bootstrapped:
        cycle = a_cycle(SELDOM)
        await cycle.open()
        return await bootstrap(reversed(samples), samples[taught].sample.decided_at_ms - 1, cycle)

    return asyncio.run(lived())


def test_the_first_part_teaches_and_the_rest_tests() -> None:
    found = begun(resolved_samples(1_000, edge=1.5), taught=400)
    assert found.training.what is What.TRAINED
    assert found.taught + found.tested == 1_000
    assert 390 < found.taught <= 400
    assert found.history.roster.champion == found.training.model
    assert found.changes[0].model is not None


def test_a_history_without_an_edge_seats_nobody() -> None:
    found = begun(resolved_samples(1_000, edge=0.0, seed=2), taught=400)
    assert (found.changes, found.history.roster.champion) == ((), None)
    assert dict(found.history.roster.states)[found.training.model] is ModelState.REFUSED


def test_a_history_that_is_too_short_says_so() -> None:
    found = begun(resolved_samples(60, edge=1.5), taught=30)
    assert (found.training.what, found.changes) == (What.NOT_TRAINED, ())
