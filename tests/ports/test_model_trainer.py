"""One suite for everyone who grows challengers."""

import asyncio
from dataclasses import replace

import pytest

from adapters.native.forest import NativeForest
from adapters.xgboost.forest import XGBoostForest
from adapters.xgboost.model_trainer import XGBoostTrainer, table_of
from adapters.xgboost.training_process import TrainingProcess
from application.model_hash import is_intact
from application.ports.model_trainer import ModelTrainer, NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.structure.structure_view import FEATURE_NAMES
from tests.training_samples import an_order, resolved_samples

SAMPLES = resolved_samples(500, edge=1.0)


@pytest.fixture(params=["here", "in a process"], scope="module")
def trainer(request: pytest.FixtureRequest) -> ModelTrainer:
    return XGBoostTrainer() if request.param == "here" else TrainingProcess()


def trained_by(trainer: ModelTrainer, order: TrainingOrder) -> TrainedModel | NotTrained:
    return asyncio.run(trainer.train(order))


@pytest.fixture(scope="module")
def model(trainer: ModelTrainer) -> TrainedModel:
    model = trained_by(trainer, an_order(SAMPLES))
    assert isinstance(model, TrainedModel)
    return model


def test_the_same_samples_and_seed_give_the_same_model_wherever_it_is_grown(model: TrainedModel) -> None:
    here = trained_by(XGBoostTrainer(), an_order(SAMPLES))
    assert here == model


def test_the_record_says_what_was_learned_from(model: TrainedModel) -> None:
    record = model.record
    assert is_intact(model)
    assert record.features == FEATURE_NAMES
    assert record.schema_hash == SAMPLES[0].sample.schema_hash
    assert record.span.samples == len(SAMPLES)
    assert record.span.shadows == sum(one.outcome.is_shadow for one in SAMPLES)
    assert 0.0 < record.span.effective_size < len(SAMPLES)
    assert record.span.decided_from_ms == SAMPLES[0].sample.decided_at_ms
    assert record.span.resolved_until_ms == max(one.outcome.resolved_at_ms for one in SAMPLES)
    assert record.promotion is None


def test_a_planted_edge_is_found_out_of_sample(model: TrainedModel) -> None:
    judged = model.record.reliability
    assert judged.brier_skill > 0.05
    assert judged.log_loss_skill > 0.04
    calibration = model.record.calibration
    good, poor = (1.5,) + (0.0,) * 11, (-1.5,) + (0.0,) * 11
    forest = NativeForest(model.heads.probability)
    assert calibration.probability(forest.margin(good)) > 0.6
    assert calibration.probability(forest.margin(poor)) < 0.4
    gives = NativeForest(model.heads.expected_r)
    assert gives.margin(good) > 0.2 > -0.05 > gives.margin(poor)


def test_all_three_forests_give_the_margins_of_xgboost_in_the_compiled_walker(model: TrainedModel) -> None:
    table = table_of(resolved_samples(300, edge=0.0, seed=5), sees_context=False)
    for head in (model.heads.probability, model.heads.expected_r):
        assert (
            NativeForest(head).margins(table.rows).tobytes()
            == XGBoostForest(head).margins(table.rows).tobytes()
        )
    rival = model.heads.context_only
    expected = XGBoostForest(rival).margins(table.context_rows).tobytes()
    assert NativeForest(rival).margins(table.context_rows).tobytes() == expected


def with_one(change: LabelledSample) -> TrainingOrder:
    return an_order(SAMPLES)._replace(samples=(*SAMPLES[:-1], change))


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (an_order(()), WhyNotTrained.TOO_FEW_SAMPLES),
        (an_order(SAMPLES[:120]), WhyNotTrained.TOO_FEW_SAMPLES),
        (
            an_order(tuple(one for one in SAMPLES if one.outcome.is_won)),
            WhyNotTrained.ONLY_WINS_OR_LOSSES,
        ),
        (
            with_one(SAMPLES[-1]._replace(sample=replace(SAMPLES[-1].sample, schema_hash="schema-2"))),
            WhyNotTrained.MIXED_SCHEMAS,
        ),
        (
            an_order(SAMPLES)._replace(trained_at_ms=SAMPLES[-1].outcome.resolved_at_ms - 1),
            WhyNotTrained.OUTCOME_TO_COME,
        ),
    ],
)
def test_what_cannot_be_learned_from_is_told_with_its_reason(
    trainer: ModelTrainer, order: TrainingOrder, reason: WhyNotTrained
) -> None:
    told = trained_by(trainer, order)
    assert isinstance(told, NotTrained)
    assert told.reason is reason
