import asyncio
import math
from dataclasses import replace

import pytest

from adapters.native.forest import NativeForest
from adapters.xgboost.model_trainer import XGBoostTrainer
from application.ports.model_trainer import NotTrained
from application.walk_forward import WalkForward, WalkForwardRules, boundaries
from domain.learning.trained_model import TrainedModel
from domain.market.timeframe import DAY_MS
from domain.refusal import RefusalReason
from tests.training_samples import resolved_samples
from tests.walks import EVERY_TEN_DAYS, WITH_EDGE, HandTrainer, walked

FIRST_MS = WITH_EDGE[0].sample.decided_at_ms
LAST_MS = WITH_EDGE[-1].sample.decided_at_ms


def test_a_model_learns_only_what_was_over_and_is_judged_only_on_what_came_after() -> None:
    trainer = HandTrainer()
    for step, order in zip(walked(WITH_EDGE, trainer=trainer), trainer.orders, strict=True):
        assert order.trained_at_ms == step.at_ms
        assert step.learned == len(order.samples) > 0
        assert all(one.outcome.resolved_at_ms <= step.at_ms for one in order.samples)
        assert all(step.at_ms < one.decided_at_ms <= step.until_ms for one in step.judged)


def test_from_the_first_training_on_every_setup_is_judged_once() -> None:
    steps = walked(WITH_EDGE)
    judged = [one.labelled for step in steps for one in step.judged]
    expected = [one for one in WITH_EDGE if one.sample.decided_at_ms > steps[0].at_ms]
    assert judged == expected
    assert [step.at_ms for step in steps] == [FIRST_MS + days * DAY_MS for days in range(10, 70, 10)]


def test_the_order_in_which_samples_are_told_changes_nothing() -> None:
    assert walked(WITH_EDGE) == walked(tuple(reversed(WITH_EDGE)))


def test_what_the_model_said_beforehand_is_kept_beside_what_came() -> None:
    one = walked(WITH_EDGE)[0].judged[0]
    feature = one.labelled.sample.features[0]
    assert one.probability == pytest.approx(1.0 / (1.0 + math.exp(-feature)))
    assert (one.context_only, one.base_rate, one.expected_r) == (0.5, 0.5, feature)
    assert (one.net_r, one.is_won) == (one.labelled.outcome.net_r, one.labelled.outcome.is_won)


def test_without_a_model_nothing_is_judged_and_the_reason_is_kept() -> None:
    first, second, *_ = walked(WITH_EDGE, trainer=HandTrainer(refuses=1))
    assert isinstance(first.model, NotTrained)
    assert first.judged == ()
    assert isinstance(second.model, TrainedModel)
    assert second.judged


def test_trainings_may_be_due_by_trades_that_a_desk_was_free_to_take() -> None:
    samples = [
        one if place % 2 else one._replace(sample=replace(one.sample, refused_for=RefusalReason.SYMBOL_BUSY))
        for place, one in enumerate(WITH_EDGE)
    ]
    moments = boundaries(samples, WalkForwardRules(every_trades=100))
    taken = [one.outcome.resolved_at_ms for one in samples if one.sample.is_taken]
    assert len(moments) == 7
    for number, at_ms in enumerate(moments, 1):
        assert sum(resolved_ms <= at_ms for resolved_ms in taken) == 100 * number


def test_no_model_is_trained_that_nothing_would_come_after() -> None:
    assert all(at_ms < LAST_MS for at_ms in boundaries(WITH_EDGE, WalkForwardRules(every_trades=1)))
    assert boundaries(WITH_EDGE[:1], EVERY_TEN_DAYS) == ()


def test_without_samples_there_is_nothing_to_walk_through() -> None:
    assert walked([]) == []
    assert WalkForward([], HandTrainer(), NativeForest, EVERY_TEN_DAYS).trainings == 0


def test_real_trees_find_a_planted_edge_and_walk_the_same_way_twice() -> None:
    rules = WalkForwardRules(every_ms=20 * DAY_MS)

    async def walk() -> list[float]:
        samples = resolved_samples(900, edge=2.0, seed=3)
        forward = WalkForward(samples, XGBoostTrainer(), NativeForest, rules)
        return [one.probability - one.is_won async for step in forward.steps() for one in step.judged]

    errors = asyncio.run(walk())
    assert sum(error * error for error in errors) / len(errors) < 0.2
    assert errors == asyncio.run(walk())


def test_rules_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="every_ms"):
        WalkForwardRules(every_ms=DAY_MS - 1)
    with pytest.raises(ValueError, match="every_trades"):
        WalkForwardRules(every_trades=-1)
