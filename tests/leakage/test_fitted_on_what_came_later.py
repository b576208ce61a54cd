"""Whatever is fitted to samples that came later is caught: another future must not change what was stated."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.xgboost.model_trainer import out_of_fold, scored_by, table_of, trained_model, usable_folds
from application.known_samples import KnownSamples
from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.forward_calibration import Scored, calibration_on, forward_forecasts
from domain.learning.model_record import ModelRecord
from domain.learning.outcome import LabelledSample
from domain.learning.training_rules import TrainingRules
from tests.training_samples import resolved_samples

Samples = tuple[LabelledSample, ...]
Rows = NDArray[np.float64]
Folds = Sequence[Sequence[Scored]]

RULES = TrainingRules()
BOOK = resolved_samples(500, edge=1.0)
NOW_AT = 400
NOW_MS = BOOK[NOW_AT].outcome.resolved_at_ms


def another_future(one: LabelledSample) -> LabelledSample:
    sample, outcome = one
    features = tuple(2.0 - 3.0 * value for value in sample.features)
    return LabelledSample(replace(sample, features=features), replace(outcome, net_r=-2.0 * outcome.net_r))


OTHER = tuple(another_future(one) if one.outcome.resolved_at_ms > NOW_MS else one for one in BOOK)
"""The same book up to now, and another future."""


def stated_step_by_step(folds: Folds) -> list[float]:
    stated = forward_forecasts(folds, RULES.folds.embargo_ms, RULES.weights, RULES.calibration)
    return [forecast.probability for forecast in stated.forecasts]


def stated_after_calibrating_on_all(folds: Folds) -> list[float]:
    """Plant a defect: one calibration, fitted to the scores of every fold, those to be judged included."""
    scored = [one for fold in folds for one in fold]
    calibration = calibration_on(scored, scored[-1].lifetime.resolved_at_ms, RULES.weights, RULES.calibration)
    return [calibration.probability(one.score) for fold in folds[1:] for one in fold]


def stated_before_now(samples: Samples, state: Callable[[Folds], list[float]]) -> list[float]:
    table = table_of(samples, sees_context=False)
    folds = usable_folds(table, RULES)
    scored = scored_by(table, folds, out_of_fold(table, folds, RULES, 7).probability)
    known = sum(len(fold.test) for fold in folds[1:] if max(fold.test) <= NOW_AT)
    assert known >= 50
    return state(scored)[:known]


def test_what_was_foretold_does_not_depend_on_what_came_later() -> None:
    assert stated_before_now(BOOK, stated_step_by_step) == stated_before_now(OTHER, stated_step_by_step)


def test_a_calibration_fitted_to_everything_is_caught() -> None:
    planted = stated_after_calibrating_on_all
    assert stated_before_now(BOOK, planted) != stated_before_now(OTHER, planted)


def as_they_are(samples: Samples) -> Rows:
    return table_of(samples, sees_context=False).rows


def scaled_by_all(samples: Samples) -> Rows:
    """Plant a defect: features measured against the mean and spread of the whole history."""
    rows = as_they_are(samples)
    scaled: Rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return scaled


def test_what_a_forest_reads_of_a_sample_does_not_depend_on_later_ones() -> None:
    assert np.array_equal(as_they_are(BOOK)[: NOW_AT + 1], as_they_are(OTHER)[: NOW_AT + 1])


def test_a_scaler_fitted_to_everything_is_caught() -> None:
    assert not np.array_equal(scaled_by_all(BOOK)[: NOW_AT + 1], scaled_by_all(OTHER)[: NOW_AT + 1])


@cache
def honest_record(book: Samples, now_ms: int = NOW_MS) -> ModelRecord:
    """Train as learning does, on what it knows to be over by now."""
    known = KnownSamples(10_000)
    known.add_all(book)
    model = trained_model(TrainingOrder(known.of_newest_schema(now_ms), RULES, 7, now_ms))
    assert not isinstance(model, NotTrained), model
    return model.record


def fitted_to_everything(figure: str, book: Samples) -> ModelRecord:
    """Plant a defect: a model of today of which one figure was fitted to the whole book."""
    end_ms = max(one.outcome.resolved_at_ms for one in book)
    whole: dict[str, Any] = {figure: getattr(honest_record(book, end_ms), figure)}
    return replace(honest_record(book), **whole)


def figures_that_know_the_future(train: Callable[[Samples], ModelRecord]) -> set[str]:
    """Name what a record holds otherwise when only what is still to come is otherwise."""
    one, other = train(BOOK), train(OTHER)
    return {name for name in ModelRecord.__slots__ if getattr(one, name) != getattr(other, name)}


def test_nothing_in_a_models_record_depends_on_what_came_later() -> None:
    assert figures_that_know_the_future(honest_record) == set()


@pytest.mark.parametrize(
    "figure", ["calibration", "context_only_calibration", "spreads", "reliability", "payoffs"]
)
def test_a_figure_fitted_to_everything_is_caught(figure: str) -> None:
    assert figures_that_know_the_future(partial(fitted_to_everything, figure)) == {figure}


def test_a_training_that_is_handed_outcomes_to_come_is_refused() -> None:
    refused = trained_model(TrainingOrder(BOOK, RULES, 7, NOW_MS))
    assert isinstance(refused, NotTrained)
    assert refused.reason is WhyNotTrained.OUTCOME_TO_COME
