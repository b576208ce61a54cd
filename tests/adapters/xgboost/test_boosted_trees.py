"""Trees are shallow, stand on enough samples, and are the same for the same seed."""

import json

import numpy as np
import pytest
import xgboost

from adapters.native.forest import NativeForest
from adapters.xgboost.boosted_trees import NET_R, TO_WIN, Objective, grown, parameters
from adapters.xgboost.forest import XGBoostForest
from domain.learning.training_rules import TreeRules

CHANCE = np.random.default_rng(11)
ROWS = CHANCE.normal(size=(400, 3))
WON = (ROWS[:, 2] + CHANCE.normal(size=400) > 0.0).astype(np.float64)
EVEN = np.ones(400)


def trees_of(head: bytes) -> list[dict[str, list[float]]]:
    booster = xgboost.Booster()
    booster.load_model(bytearray(head))
    model = json.loads(bytes(booster.save_raw("json")))
    trees: list[dict[str, list[float]]] = model["learner"]["gradient_booster"]["model"]["trees"]
    return trees


@pytest.mark.parametrize("objective", [TO_WIN, NET_R])
def test_the_seed_deals_the_samples_and_nothing_else_is_left_to_chance(objective: Objective) -> None:
    rules = TreeRules(trees=10)
    once, again, other = (grown(ROWS, WON, EVEN, objective, rules, seed).saved() for seed in (1, 1, 2))
    assert once == again != other


@pytest.mark.parametrize("objective", [TO_WIN, NET_R])
@pytest.mark.parametrize("seed", range(5))
def test_trees_say_the_same_before_and_after_they_are_saved(objective: Objective, seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows, weights = chance.normal(size=(700, 3)), chance.random(700)
    drawn = rows[:, 0] + chance.normal(size=700)
    targets = (drawn > 0.0).astype(np.float64) if objective is TO_WIN else drawn
    trees = grown(rows, targets, weights, objective, TreeRules(trees=30), seed)
    asked = chance.normal(size=(500, 3)) * 3
    saved = trees.saved()
    assert trees.margins(asked).tobytes() == XGBoostForest(saved).margins(asked).tobytes()
    assert trees.margins(asked).tobytes() == NativeForest(saved).margins(asked).tobytes()


def test_a_loop_of_our_own_grows_what_xgboost_grows() -> None:
    rules = TreeRules(trees=12)
    table = xgboost.DMatrix(ROWS, WON, weight=EVEN, nthread=1)
    own = grown(ROWS, WON, EVEN, TO_WIN, rules, 1).saved()
    assert own == bytes(xgboost.train(parameters(TO_WIN, rules, 1), table, rules.trees).save_raw("ubj"))


def test_there_are_as_many_trees_as_asked_for_and_none_is_deeper() -> None:
    trees = trees_of(grown(ROWS, WON, EVEN, TO_WIN, TreeRules(trees=7, depth=2), 1).saved())
    assert len(trees) == 7
    assert max(len(tree["left_children"]) for tree in trees) == 7


@pytest.mark.parametrize("objective", [TO_WIN, NET_R])
def test_no_leaf_stands_on_fewer_independent_samples(objective: Objective) -> None:
    rules = TreeRules(trees=5, least_leaf=30.0, row_share=1.0, column_share=1.0)
    for weight in (1.0, 0.25):
        trees = trees_of(grown(ROWS, WON, EVEN * weight, objective, rules, 1).saved())
        hessians = [tree["sum_hessian"] for tree in trees]
        assert min(map(min, hessians)) >= 30.0 * objective.sample_weight
        assert len(hessians[0]) > 1


def test_samples_that_are_worth_too_little_make_no_split_but_still_a_forest() -> None:
    head = grown(ROWS, WON, EVEN * 0.05, TO_WIN, TreeRules(trees=3), 1).saved()
    assert {len(tree["left_children"]) for tree in trees_of(head)} == {1}
    margins = NativeForest(head).margins(ROWS)
    assert len(set(margins.tolist())) == 1
    assert margins.tobytes() == XGBoostForest(head).margins(ROWS).tobytes()


def test_a_sample_that_weighs_nothing_says_nothing() -> None:
    weights = np.where(np.arange(400) < 300, 1.0, 0.0)
    rules = TreeRules(trees=10, row_share=1.0, column_share=1.0)
    changed = np.where(np.arange(400) < 300, WON, 1.0 - WON)
    margins = [
        NativeForest(grown(ROWS, targets, weights, TO_WIN, rules, 1).saved()).margins(ROWS).tobytes()
        for targets in (WON, changed)
    ]
    assert margins[0] == margins[1]
