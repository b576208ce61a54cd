"""What a forest is told to have read, against what it gives."""

import numpy as np
import pytest

from adapters.native.forest import NativeForest
from adapters.xgboost.boosted_trees import NET_R, TO_WIN, Objective, grown
from adapters.xgboost.contributions import XGBoostContributions
from domain.learning.training_rules import TreeRules

RULES = TreeRules(least_leaf=5.0)
CHANCE = np.random.default_rng(4)
ROWS = CHANCE.normal(size=(400, 12))


def a_forest(objective: Objective) -> bytes:
    signal = 1.5 * ROWS[:, 2] - ROWS[:, 5]
    targets = (signal > 0.0).astype(np.float64) if objective is TO_WIN else signal
    return grown(ROWS, targets, np.ones(len(ROWS)), objective, RULES, 3).saved()


@pytest.mark.parametrize("objective", [TO_WIN, NET_R])
def test_all_contributions_sum_to_the_margin_that_trading_sees(objective: Objective) -> None:
    forest = a_forest(objective)
    rows = [tuple(row) for row in ROWS[:50].tolist()]
    traded = NativeForest(forest)
    for row, told in zip(rows, XGBoostContributions().contributions(forest, rows), strict=True):
        assert len(told.of_columns) == 12
        assert told.margin == pytest.approx(traded.margin(row), abs=1e-5)


def test_what_decides_contributes_most_and_in_its_direction() -> None:
    row = (0.0, 0.0, 2.0, 0.0, 0.0, 2.0, *[0.0] * 6)
    (told,) = XGBoostContributions().contributions(a_forest(NET_R), [row])
    assert told.of_columns[2] > 0.5
    assert told.of_columns[5] < -0.3
    assert sum(abs(one) for place, one in enumerate(told.of_columns) if place not in {2, 5}) < 0.3


def test_no_rows_have_nothing_to_be_taken_apart() -> None:
    assert XGBoostContributions().contributions(a_forest(NET_R), []) == ()


@pytest.mark.parametrize("forest", [b"", b"no forest"])
def test_what_is_no_forest_is_refused(forest: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        XGBoostContributions().contributions(forest, [(0.0,) * 12])


def test_rows_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        XGBoostContributions().contributions(a_forest(NET_R), [(0.0,) * 11])
