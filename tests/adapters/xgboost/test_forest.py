"""XGBoost's own walk through a forest, where the compiled walker is not to be had."""

import math

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.native.forest import NativeForest
from adapters.xgboost.boosted_trees import NET_R, TO_WIN, Objective, grown
from adapters.xgboost.forest import XGBoostForest
from domain.learning.training_rules import TreeRules

CHANCE = np.random.default_rng(11)
ROWS = CHANCE.normal(size=(400, 12))
WON = (ROWS[:, 2] + CHANCE.normal(size=400) > 0.0).astype(np.float64)
EVEN = np.ones(400)
HEADS = {each: grown(ROWS, WON, EVEN, each, TreeRules(trees=20), seed=1).saved() for each in (TO_WIN, NET_R)}
numbers = st.floats(width=32) | st.sampled_from([0.0, -0.0, math.nan, 1e300, 5e-324])


@settings(max_examples=30)
@given(row=st.tuples(*[numbers] * 12), objective=st.sampled_from([TO_WIN, NET_R]))
def test_it_gives_what_the_compiled_walker_gives(row: tuple[float, ...], objective: Objective) -> None:
    slow, fast = XGBoostForest(HEADS[objective]), NativeForest(HEADS[objective])
    assert slow.margin(row) == fast.margin(row)
    assert slow.features == fast.features == 12


def test_many_rows_are_as_one_by_one() -> None:
    forest = XGBoostForest(HEADS[TO_WIN])
    expected = np.array([forest.margin(tuple(row)) for row in ROWS[:20].tolist()], dtype=np.float32)
    assert forest.margins(ROWS[:20]).tobytes() == expected.tobytes()


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="Feature shape mismatch"):
        XGBoostForest(HEADS[TO_WIN]).margin((0.0,) * 11)


def test_what_is_no_forest_is_refused() -> None:
    with pytest.raises(xgboost.core.XGBoostError):
        XGBoostForest(b"no forest")
