"""One suite for everyone who puts challengers to their test."""

import asyncio

import pytest

from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.model_trainer import trained_model
from adapters.xgboost.review_process import ReviewProcess
from application.model_review import InlineReviewer
from application.ports.model_reviewer import LookedAt, ModelReviewer, ReviewAnswer, ReviewOrder
from domain.learning.calibration import CalibrationRules
from domain.learning.champion_gate import GateDecision, GateRules
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import GiveUp, Look, NotYet, TrialRules
from tests.training_samples import an_order, resolved_samples

SAMPLES = resolved_samples(1_100, edge=1.5)
LEARNED = 450


def grown_on(count: int) -> TrainedModel:
    model = trained_model(an_order(SAMPLES[:count]))
    assert isinstance(model, TrainedModel)
    return model


CHALLENGER, CHAMPION = grown_on(LEARNED), grown_on(300)


@pytest.fixture(params=["here", "in a process"], scope="module")
def reviewer(request: pytest.FixtureRequest) -> ModelReviewer:
    if request.param == "here":
        return InlineReviewer(NativeForest, SeededChance)
    return ReviewProcess(NativeForest, SeededChance)


def an_examination(
    count: int = len(SAMPLES),
    champion: TrainedModel | None = None,
    *,
    looks: int = 0,
    attempt: int = 1,
    rules: TrialRules | None = None,
) -> ReviewOrder:
    chosen = rules or TrialRules()
    return ReviewOrder(
        SAMPLES[:count], CHALLENGER, champion, looks, attempt, chosen, CalibrationRules(), seed=7
    )


def review(reviewer: ModelReviewer, order: ReviewOrder) -> ReviewAnswer:
    return asyncio.run(reviewer.review(order))


def test_a_challenger_that_knows_something_is_promoted_with_its_figures(reviewer: ModelReviewer) -> None:
    answer = review(reviewer, an_examination())
    assert isinstance(answer, LookedAt)
    assert answer.look == Look(3, is_last=False)
    assert answer.verdict.decision is GateDecision.PROMOTE
    assert answer.verdict.samples == len(SAMPLES) - LEARNED
    assert len(answer.verdict.parts) == 5


def test_the_same_order_gives_the_same_answer_wherever_it_is_looked_at(reviewer: ModelReviewer) -> None:
    order = an_examination(champion=CHAMPION, attempt=3)
    here = review(InlineReviewer(NativeForest, SeededChance), order)
    shuffled = order._replace(samples=tuple(reversed(order.samples)))
    assert repr(review(reviewer, order)) == repr(review(reviewer, shuffled)) == repr(here)


def test_a_record_of_what_was_learned_from_is_no_record(reviewer: ModelReviewer) -> None:
    answer = review(reviewer, an_examination(LEARNED))
    assert isinstance(answer, NotYet)
    assert answer.missing[0] == "the record is worth 0.0 independent samples of 100"


def test_a_look_waits_until_the_record_has_doubled(reviewer: ModelReviewer) -> None:
    answer = review(reviewer, an_examination(looks=3))
    assert isinstance(answer, NotYet)
    assert "of 800 for the next look" in answer.missing[0]


def test_a_challenger_that_takes_no_trades_is_given_up(reviewer: ModelReviewer) -> None:
    rules = TrialRules(GateRules(least_trades=600), most_looks=2)
    answer = review(reviewer, an_examination(rules=rules))
    assert isinstance(answer, GiveUp)
    assert "trades of 600" in answer.reason
