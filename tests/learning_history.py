"""A learning file that fills step by step, each step foretold by its number."""

from typing import Final

from adapters.sqlite.learning_store import SqliteLearningStore
from application.model_hash import named
from application.ports.sample_book import Lessons
from domain.learning.model_history import Happening, What
from domain.learning.trained_model import Heads, TrainedModel
from tests.learning_samples import a_sample, an_outcome
from tests.model_samples import a_model
from tests.trade_samples import CLOSE_MS

SAMPLES_A_STEP: Final = 3
HEAD: Final = b"wins " * 1_000


def lessons_of(number: int) -> Lessons:
    """Give what is learned in a step: three setups, their ends, and one closed trade."""
    places = range(number * SAMPLES_A_STEP, (number + 1) * SAMPLES_A_STEP)
    return Lessons(
        samples=tuple(a_sample(f"S{place:06}", CLOSE_MS + place) for place in places),
        outcomes=tuple(an_outcome(f"S{place:06}", place / 7, CLOSE_MS + place + 1) for place in places),
        closed_trades=(f"T{number}",),
    )


def model_of(number: int, head: bytes = HEAD) -> TrainedModel:
    """Give the model of a step, with heads of its own."""
    return named(a_model().record, Heads(head + str(number).encode(), b"expects", b"rival"))


def trained(number: int) -> Happening:
    """Tell of the training of a step's model."""
    return Happening(CLOSE_MS + number, What.TRAINED, model_of(number).record.model_id, number)


async def keep_step(store: SqliteLearningStore, number: int) -> None:
    """Keep a step's lessons, then its model; a step that was kept halfway is kept to its end."""
    await store.samples.keep(lessons_of(number))
    if len(await store.models.history()) <= number:
        await store.models.keep([trained(number)], [model_of(number)])
