import asyncio
import math

import pytest

from adapters.xgboost.model_trainer import XGBoostTrainer
from application.learning_curve import CurvePoint, learning_curve
from domain.learning.outcome import LabelledSample
from domain.learning.reliability import Forecast, reliability
from domain.learning.training_rules import TrainingRules
from tests.training_samples import resolved_samples


def curve_of(samples: tuple[LabelledSample, ...]) -> tuple[CurvePoint, ...]:
    return asyncio.run(learning_curve(samples, XGBoostTrainer(), TrainingRules(), seed=7))


def test_an_edge_is_seen_the_better_the_more_samples_there_are() -> None:
    points = curve_of(resolved_samples(1_200, edge=1.0))
    assert [point.samples for point in points] == [150, 300, 600, 900, 1_200]
    assert points[-1].skill_error < points[0].skill_error
    assert points[-1].reliability.brier_skill > 2.0 * points[-1].skill_error
    assert points[-1].effective_size > points[0].effective_size


def test_without_an_edge_the_skill_stays_within_chance() -> None:
    for point in curve_of(resolved_samples(1_200, edge=0.0)):
        assert abs(point.reliability.brier_skill) < max(0.02, 3.0 * point.skill_error)


def test_parts_that_teach_nothing_are_left_out() -> None:
    assert curve_of(()) == ()
    assert curve_of(resolved_samples(40, edge=1.0)) == ()


def test_how_far_chance_moves_a_skill() -> None:
    forecasts = [Forecast(0.5 + 0.1 * side, is_won) for side in (-1, 1) for is_won in (True, False)]
    told = reliability(forecasts, 4.0)
    point = CurvePoint(samples=8, effective_size=100.0, reliability=told, context_only=told)
    assert point.skill_error == pytest.approx(2.0 * 0.1 / math.sqrt(0.25 * 50.0))
    sure = reliability([Forecast(0.9, is_won=True)], 1.0)
    assert point._replace(reliability=sure).skill_error == math.inf
