"""What the trainer makes of samples, and the ways to fool oneself that it closes."""

import random
from dataclasses import replace

import numpy as np
import pytest

from adapters.native.forest import NativeForest
from adapters.xgboost.forest import XGBoostForest
from adapters.xgboost.model_trainer import out_of_fold, scored_by, table_of, trained_model, usable_folds
from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.calibration import CalibrationRules
from domain.learning.isotonic_regression import IsotonicRegression
from domain.learning.model_record import ModelRecord
from domain.learning.outcome import LabelledSample
from domain.learning.sample_weights import WeightRules
from domain.learning.training_rules import TrainingRules, TreeRules
from domain.learning.walk_forward_folds import FoldRules, walk_forward_folds
from domain.setup.setup import SetupKind
from tests.trade_samples import CLOSE_MS
from tests.training_samples import STEP_MS, an_order, one_of, resolved_samples

SAMPLES = resolved_samples(500, edge=1.0)


def record_of(order: TrainingOrder) -> ModelRecord:
    model = trained_model(order)
    assert not isinstance(model, NotTrained), model
    return model.record


def test_the_order_of_the_samples_does_not_matter() -> None:
    shuffled = list(SAMPLES)
    random.Random(3).shuffle(shuffled)
    order = an_order(SAMPLES)
    assert trained_model(order._replace(samples=tuple(shuffled))) == trained_model(order)


def test_the_seed_and_every_sample_matter_and_the_moment_does_not() -> None:
    order = an_order(SAMPLES)
    named = record_of(order).model_id
    assert record_of(order._replace(seed=8)).model_id != named
    assert record_of(order._replace(trained_at_ms=order.trained_at_ms + 1, parent="m0")).model_id == named
    one = SAMPLES[250]
    changed = one._replace(outcome=replace(one.outcome, net_r=one.outcome.net_r * 1.001))
    assert record_of(order._replace(samples=(*SAMPLES[:250], changed, *SAMPLES[251:]))).model_id != named


@pytest.mark.parametrize("seed", range(4))
def test_where_there_is_no_edge_none_is_claimed(seed: int) -> None:
    judged = record_of(an_order(resolved_samples(800, edge=0.0, seed=seed))).reliability
    assert judged.brier_skill < 0.01
    assert judged.log_loss_skill < 0.01


def test_where_there_is_no_edge_the_sure_probability_stays_at_the_base_rate() -> None:
    model = trained_model(an_order(resolved_samples(800, edge=0.0)))
    assert not isinstance(model, NotTrained)
    margins = NativeForest(model.heads.probability).margins(np.random.default_rng(1).normal(size=(500, 12)))
    bounds = [model.record.calibration.lower_bound(float(margin), 1.2816) for margin in margins]
    assert max(bounds) < model.record.reliability.base_rate + 0.06


def test_the_rival_learns_the_context_and_the_heads_only_when_told() -> None:
    samples = tuple(one_that_its_stop_decides(place) for place in range(500))
    blind = trained_model(an_order(samples))
    seeing = trained_model(an_order(samples, TrainingRules(sees_context=True)))
    assert not isinstance(blind, NotTrained)
    assert not isinstance(seeing, NotTrained)
    assert blind.record.reliability.brier_skill < 0.05
    assert seeing.record.reliability.brier_skill > 0.5
    assert seeing.record.features[12:] == ("stop_fraction", "cost_in_r", "atr_fraction", "hour", "kind")
    assert (
        XGBoostForest(seeing.heads.probability).features,
        NativeForest(blind.heads.context_only).features,
    ) == (17, 5)
    rival, calibration = NativeForest(blind.heads.context_only), blind.record.context_only_calibration
    wide, narrow = (0.03, 0.1, 0.002, 12.0, 0.0), (0.003, 0.1, 0.002, 12.0, 0.0)
    assert calibration.probability(rival.margin(wide)) > 0.8
    assert calibration.probability(rival.margin(narrow)) < 0.2


def one_that_its_stop_decides(place: int) -> LabelledSample:
    chance = np.random.default_rng(place)
    stop_fraction = float(chance.uniform(0.003, 0.03))
    net_r = 1.0 if stop_fraction > 0.0165 else -1.0
    features = tuple(chance.normal(size=12).tolist())
    return one_of(place, features, net_r, CLOSE_MS + place * STEP_MS, 60_000, stop_fraction)


def test_all_heads_are_judged_on_what_they_had_not_learned_from() -> None:
    seen = record_of(an_order(SAMPLES))
    assert seen.reliability.brier_skill > 0.05 > seen.context_only_reliability.brier_skill
    assert seen.net_r_foresight.skill > 0.02
    worst, *_, best = seen.net_r_foresight.bins
    assert best.mean_came > worst.mean_came + 0.5
    blind = record_of(an_order(resolved_samples(500, edge=0.0)))
    assert blind.net_r_foresight.skill < 0.01
    assert sum(one.cases for one in blind.net_r_foresight.bins) == 300


def test_with_a_thousand_independent_samples_the_calibration_is_a_staircase() -> None:
    rules = TrainingRules(calibration=CalibrationRules(isotonic_from=200.0))
    assert isinstance(record_of(an_order(SAMPLES, rules)).calibration, IsotonicRegression)


def test_a_recent_market_outweighs_an_old_one() -> None:
    turned = SAMPLES[:250] + tuple(mirrored(one) for one in SAMPLES[250:])
    quick = TrainingRules(weights=WeightRules(half_life_ms=50 * STEP_MS), trees=TreeRules(least_leaf=5.0))
    model = trained_model(an_order(turned, quick))
    assert not isinstance(model, NotTrained)
    forest = NativeForest(model.heads.probability)
    assert forest.margin((-1.5,) + (0.0,) * 11) > forest.margin((1.5,) + (0.0,) * 11)


def mirrored(one: LabelledSample) -> LabelledSample:
    return one._replace(outcome=replace(one.outcome, net_r=-one.outcome.net_r))


def test_each_kind_has_the_payoff_that_it_realised() -> None:
    payoffs = record_of(an_order(SAMPLES)).payoffs
    assert set(dict(payoffs.by_kind)) == set(SetupKind)
    assert 1.0 < payoffs.pooled < 3.0


def test_a_history_that_begins_with_losses_alone_is_learned_from_once_there_are_wins() -> None:
    lost = tuple(one if not one.outcome.is_won else mirrored(one) for one in SAMPLES[:320])
    order = an_order(lost + SAMPLES[320:])
    folds = usable_folds(table_of(order.samples, sees_context=False), order.rules)
    assert 0 < len(folds) < order.rules.folds.folds
    assert all(max(fold.train) >= 320 for fold in folds)
    few = trained_model(an_order(lost + SAMPLES[320:322], TrainingRules(folds=FoldRules(folds=2))))
    assert isinstance(few, NotTrained)
    assert few.reason is WhyNotTrained.TOO_FEW_SAMPLES
    assert "make 0 folds" in few.detail


HOLD = 40


def overlapping(seed: int) -> tuple[LabelledSample, ...]:
    """Give samples without an edge whose labels overlap: each is a sum over the moves that follow.

    The features are slow walks, so neighbours in time look alike; that is all there is to see.
    """
    chance = np.random.default_rng(seed)
    count = 600
    slow = chance.normal(size=(count, 12)).cumsum(axis=0)
    sums = np.convolve(chance.normal(size=count + HOLD), np.ones(HOLD), "valid")[1:]
    return tuple(
        one_of(
            place,
            tuple(slow[place].tolist()),
            float(sums[place]),
            CLOSE_MS + place * STEP_MS,
            HOLD * STEP_MS,
        )
        for place in range(count)
    )


def share_called_right(seed: int, *, is_purged: bool) -> float:
    """Score noise out of fold; where nothing is purged, labels pretend to be over when they begin."""
    fold_rules = FoldRules(folds=15, embargo_ms=0, least_train=50)
    greedy = TrainingRules(
        folds=fold_rules, trees=TreeRules(trees=5, step=0.5, least_leaf=0.1, leaf_prior=0.1)
    )
    table = table_of(overlapping(seed), sees_context=False)
    pretended = [one._replace(resolved_at_ms=one.decided_at_ms) for one in table.lifetimes]
    folds = walk_forward_folds(table.lifetimes if is_purged else pretended, fold_rules)
    said = out_of_fold(table, folds, greedy, 1).probability
    scored = [one for fold in scored_by(table, folds, said) for one in fold]
    return sum((one.score > 0.0) == one.is_won for one in scored) / len(scored)


def test_labels_that_overlap_the_test_would_show_skill_on_noise_if_they_were_not_purged() -> None:
    purged = [share_called_right(seed, is_purged=True) for seed in range(100, 104)]
    planted = [share_called_right(seed, is_purged=False) for seed in range(100, 104)]
    assert sum(purged) / 4 < 0.58
    assert sum(planted) / 4 > 0.65


def test_the_trainer_purges_what_it_learns_from() -> None:
    table = table_of(overlapping(100), sees_context=False)
    rules = TrainingRules(folds=FoldRules(embargo_ms=STEP_MS))
    folds = usable_folds(table, rules)
    assert len(folds) == 5
    for fold in folds:
        over_ms = max(table.lifetimes[place].resolved_at_ms for place in fold.train)
        assert over_ms + STEP_MS <= table.lifetimes[fold.test[0]].decided_at_ms


def test_no_sample_is_scored_by_a_forest_that_knew_anything_of_its_time() -> None:
    """Whatever comes after a fold may change: its scores stay, to the last bit."""
    rules = TrainingRules()
    order = an_order(SAMPLES, rules)
    cut = 380
    later = tuple(mirrored(one) for one in SAMPLES[cut:])
    scores = [scores_before(cut, samples, order) for samples in (SAMPLES, SAMPLES[:cut] + later)]
    assert len(scores[0]) >= 100
    assert scores[0] == scores[1]


def scores_before(cut: int, samples: tuple[LabelledSample, ...], order: TrainingOrder) -> list[float]:
    table = table_of(samples, sees_context=False)
    folds = usable_folds(table, order.rules)
    said = out_of_fold(table, folds, order.rules, order.seed).probability
    scored = scored_by(table, folds, said)
    until_ms = samples[cut].sample.decided_at_ms
    return [one.score for fold in scored for one in fold if fold[-1].lifetime.decided_at_ms < until_ms]


def shifted(samples: tuple[LabelledSample, ...], bars: int) -> tuple[LabelledSample, ...]:
    """Give each sample the features of one that was decided on so many bars later."""
    return tuple(
        one._replace(sample=replace(one.sample, features=later.sample.features))
        for one, later in zip(samples, samples[bars:], strict=False)
    )


def test_a_feature_from_one_bar_ahead_shows_as_skill_that_noise_cannot_have() -> None:
    honest = tuple(a_bar_of_noise(place) for place in range(600))
    assert record_of(an_order(honest)).reliability.brier_skill < 0.02
    assert record_of(an_order(shifted(honest, 1))).reliability.brier_skill > 0.2


def a_bar_of_noise(place: int) -> LabelledSample:
    """Give a sample whose features tell the bar that closed and whose result is that of the next one."""
    closed, following = (float(np.random.default_rng(bar).normal()) for bar in (place, place + 1))
    return one_of(place, (closed,) + (0.0,) * 11, following, CLOSE_MS + place * STEP_MS, STEP_MS)
