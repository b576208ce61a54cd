import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from application.learning_by_hand import Done, LearningByHand, NothingToDo, last_moment_ms
from application.learning_cycle import LearningCycle, LearningRules
from application.ports.model_reviewer import LookedAt, ReviewAnswer, ReviewOrder
from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.champion_gate import GateDecision
from domain.learning.model_history import Happening, What
from domain.learning.retrain_rule import RetrainRules
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import Look, NotYet
from tests.learning_archives import BY_FEATURE, TRAINED_MS, Archive, a_verdict, promoted, trained
from tests.model_samples import a_model, another_model
from tests.training_samples import resolved_samples

FIRST, SECOND = a_model(trained_at_ms=TRAINED_MS), another_model(2)
ONE, TWO = FIRST.record.model_id, SECOND.record.model_id
NOW_MS = TRAINED_MS + 1_000


class OneAnswer:
    """Trains, or refuses to, and answers of every record the same."""

    def __init__(self, trained: TrainedModel | NotTrained, answer: ReviewAnswer) -> None:
        self._trained = trained
        self._answer = answer

    async def train(self, _order: TrainingOrder) -> TrainedModel | NotTrained:
        return self._trained

    async def review(self, _order: ReviewOrder) -> ReviewAnswer:
        return self._answer


def by_hand(
    archive: Archive,
    answer: ReviewAnswer = NotYet(("too short",)),  # noqa: B008 - a value that never changes
    newest: TrainedModel | NotTrained = SECOND,
) -> LearningByHand:
    service = OneAnswer(newest, answer)
    cycle = LearningCycle(
        archive.book, archive.registry, service, service, BY_FEATURE.__getitem__, LearningRules()
    )
    return LearningByHand(archive.book, archive.registry, cycle, RetrainRules())


def one_on_trial() -> Archive:
    return Archive().with_happenings(trained(FIRST), models=[FIRST])


def done(step: Coroutine[Any, Any, Done]) -> Done:
    return asyncio.run(step)


@pytest.mark.parametrize(("closed_trades", "number", "last"), [(99, 0, 1), (150, 3, 3)])
def test_a_training_counts_only_when_one_was_due(closed_trades: int, number: int, last: int) -> None:
    archive = one_on_trial().with_samples([], closed_trades)
    told = done(by_hand(archive).train(NOW_MS))
    assert told.happened == (Happening(NOW_MS, What.TRAINED, TWO, number),)
    assert told.history.last_training == last
    assert told.history.roster.waiting == TWO


def test_why_there_is_no_new_model_is_kept_too() -> None:
    refused = NotTrained(WhyNotTrained.TOO_FEW_SAMPLES, "few")
    (told,) = done(by_hand(one_on_trial(), newest=refused).train(NOW_MS)).happened
    assert (told.what, told.reasons) == (What.NOT_TRAINED, ("too_few_samples: few",))


def test_a_record_that_is_too_short_uses_no_attempt_up_and_says_what_is_missing() -> None:
    told = done(by_hand(one_on_trial()).promote(NOW_MS))
    assert (told.happened, told.missing) == ((), ("too short",))
    assert told.history.attempts == 0


@pytest.mark.parametrize(("decision", "champion"), [(GateDecision.PROMOTE, ONE), (GateDecision.REFUSE, None)])
def test_the_gate_has_the_word(decision: GateDecision, champion: str | None) -> None:
    looked = LookedAt(Look(1, is_last=False), a_verdict(decision))
    told = done(by_hand(one_on_trial(), looked).promote(NOW_MS))
    assert told.happened[0].what is What.LOOKED_AT
    assert told.history.roster.champion == champion
    assert told.history.attempts == 1


def test_whoever_is_seated_by_hand_is_kept_as_that() -> None:
    told = done(by_hand(one_on_trial()).seat_by_hand(NOW_MS))
    assert [(one.what, one.model) for one in told.happened] == [(What.SEATED_BY_HAND, ONE)]
    assert told.history.roster.champion == ONE


def test_a_rollback_seats_the_last_that_retired() -> None:
    archive = Archive().with_happenings(
        trained(FIRST), promoted(FIRST, 1), trained(SECOND), promoted(SECOND, 2), models=[FIRST, SECOND]
    )
    told = done(by_hand(archive).roll_back(NOW_MS))
    assert [(one.what, one.model) for one in told.happened] == [(What.ROLLED_BACK, TWO)]
    assert told.history.roster.champion == ONE
    assert done(by_hand(archive).roll_back(NOW_MS)).history.roster.champion is None


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda hand: hand.promote(NOW_MS), "no challenger is on trial; `slt learn train` trains one"),
        (lambda hand: hand.seat_by_hand(NOW_MS), "no challenger is on trial"),
        (lambda hand: hand.roll_back(NOW_MS), "nothing to roll back: the seat is empty"),
    ],
)
def test_where_there_is_nobody_nothing_is_done(
    step: Callable[[LearningByHand], Coroutine[Any, Any, Done]], words: str
) -> None:
    archive = Archive()
    with pytest.raises(NothingToDo, match=words):
        done(step(by_hand(archive)))
    assert asyncio.run(archive.registry.history()) == ()


def test_the_present_of_a_file_is_the_last_it_knows_of() -> None:
    archive = Archive()
    assert asyncio.run(last_moment_ms(archive.book, archive.registry, 100)) == 0
    archive.with_happenings(trained(FIRST, 40), models=[FIRST])
    assert asyncio.run(last_moment_ms(archive.book, archive.registry, 100)) == 40
    samples = resolved_samples(20, 1.0)
    archive.with_samples(samples)
    latest = max(one.outcome.resolved_at_ms for one in samples)
    assert asyncio.run(last_moment_ms(archive.book, archive.registry, 100)) == latest
