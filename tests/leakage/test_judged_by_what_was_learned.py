"""A record of samples that somebody learned from is caught: it would seat a model that knows nothing."""

from dataclasses import replace

import pytest

from adapters.native.forest import NativeForest
from adapters.system.seeded_chance import SeededChance
from adapters.xgboost.model_trainer import trained_model
from application.model_opinion import OpinionatedModel
from application.ports.model_trainer import NotTrained
from application.shadow_record import learned_until_ms, shadow_record
from domain.learning.champion_gate import GateDecision, GateRules, review
from domain.learning.platt_scaling import PlattScaling
from domain.learning.trained_model import TrainedModel
from domain.learning.training_rules import TrainingRules, TreeRules
from tests.training_samples import an_order, resolved_samples

NOISE = resolved_samples(1_600, edge=0.0, seed=3)
LEARNED = NOISE[:800]
BY_HEART = TrainingRules(trees=TreeRules(trees=100, depth=4, step=0.3, least_leaf=1.0, leaf_prior=0.5))
PLAIN_Z = 0.0


@pytest.fixture(scope="module")
def swot() -> TrainedModel:
    """A model that knows its lessons by heart and believes itself: there was nothing else to learn."""
    model = trained_model(an_order(LEARNED, BY_HEART))
    assert not isinstance(model, NotTrained), model
    assert isinstance(model.record.calibration, PlattScaling)
    believing = replace(model.record.calibration, slope=1.0)
    return model._replace(record=replace(model.record, calibration=believing))


def asked(model: TrainedModel) -> OpinionatedModel:
    return OpinionatedModel(model, NativeForest, PLAIN_Z)


def forgetful(model: TrainedModel) -> TrainedModel:
    """Plant the defect: a record that does not know when it was trained, nor on what."""
    span = model.record.span._replace(decided_from_ms=0, resolved_until_ms=0)
    return model._replace(record=replace(model.record, span=span, trained_at_ms=0))


def test_the_gate_takes_no_record_that_somebody_learned_from(swot: TrainedModel) -> None:
    planted = shadow_record(NOISE, asked(forgetful(swot)), None)
    until_ms = learned_until_ms(swot.record, None)
    with pytest.raises(ValueError, match="800 scores were decided on before learning ended"):
        review(planted, until_ms, 1, SeededChance(1), GateRules())


def test_such_a_record_would_seat_a_model_that_knows_nothing(swot: TrainedModel) -> None:
    planted = shadow_record(LEARNED, asked(forgetful(swot)), None)
    assert review(planted, 0, 1, SeededChance(1), GateRules()).decision is GateDecision.PROMOTE


def test_the_record_of_what_came_after_does_not(swot: TrainedModel) -> None:
    honest = shadow_record(NOISE, asked(swot), None)
    assert len(honest) == len(NOISE) - len(LEARNED)
    until_ms = learned_until_ms(swot.record, None)
    verdict = review(honest, until_ms, 1, SeededChance(1), GateRules())
    assert verdict.decision is GateDecision.REFUSE


def test_a_champion_that_learned_later_shortens_the_record(swot: TrainedModel) -> None:
    younger = trained_model(an_order(NOISE[:1_200]))
    assert not isinstance(younger, NotTrained), younger
    until_ms = learned_until_ms(swot.record, younger.record)
    record = shadow_record(NOISE, asked(swot), asked(younger))
    assert len(record) == sum(one.sample.decided_at_ms > until_ms for one in NOISE) < 400
    forgetting_it = shadow_record(NOISE, asked(swot), None)
    with pytest.raises(ValueError, match="401 scores were decided on before learning ended"):
        review(forgetting_it, until_ms, 1, SeededChance(1), GateRules())
