from dataclasses import replace
from itertools import pairwise

from adapters.native.forest import NativeForest
from adapters.xgboost.contributions import XGBoostContributions
from adapters.xgboost.model_trainer import trained_model
from application.feature_effects import FeatureEffect, feature_effects
from application.ports.model_trainer import NotTrained
from domain.learning.trained_model import TrainedModel
from domain.learning.training_rules import TrainingRules
from tests.learning_archives import grown_model
from tests.training_samples import an_order, resolved_samples

SAMPLES = resolved_samples(500, 1.0)


def effects_of(model: TrainedModel) -> tuple[FeatureEffect, ...]:
    return feature_effects(model, SAMPLES, NativeForest, XGBoostContributions())


def test_the_column_with_the_edge_comes_first_and_rises() -> None:
    model = grown_model()
    first, *others = effects_of(model)
    assert first.name == model.record.features[0]
    assert first.probabilities[-1] > first.probabilities[0] + 0.1
    assert first.expected_r[-1] > first.expected_r[0]
    assert first.weight > 5.0 * max(one.weight for one in others)
    assert {one.name for one in (first, *others)} == set(model.record.features)


def test_each_column_is_turned_through_the_values_it_had() -> None:
    for one in effects_of(grown_model()):
        assert len(one.values) == len(one.probabilities) == len(one.expected_r) > 5
        assert all(value < following for value, following in pairwise(one.values))


def test_a_model_that_sees_the_context_is_told_of_it() -> None:
    model = trained_model(an_order(SAMPLES, TrainingRules(sees_context=True)))
    assert not isinstance(model, NotTrained)
    assert "stop_fraction" in {one.name for one in effects_of(model)}


def test_without_setups_of_its_own_features_nothing_is_told() -> None:
    model = grown_model()
    other = model._replace(record=replace(model.record, schema_hash="schema-2"))
    assert effects_of(other) == ()
