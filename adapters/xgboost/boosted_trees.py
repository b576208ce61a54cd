"""Shallow trees that XGBoost grows, the same ones for the same samples and seed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import xgboost
from numpy.typing import NDArray

from domain.learning.training_rules import TreeRules

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Objective:
    """What trees are grown for, and what an independent sample weighs in a leaf (its second derivative)."""

    name: str
    sample_weight: float


TO_WIN: Final = Objective("binary:logistic", 0.25)
"""Whether a trade wins; p (1 - p) is a quarter at even odds."""

NET_R: Final = Objective("reg:squarederror", 1.0)
"""What a trade gives in planned losses."""


class BoostedTrees:
    """Trees as they were grown; their margins are those of the forest that they are saved as, bit for bit."""

    __slots__ = ("_booster",)

    def __init__(self, booster: xgboost.Booster) -> None:
        self._booster = booster

    def margins(self, rows: Floats) -> NDArray[np.float32]:
        """Give the margins of many rows. Shape (rows, features)."""
        margins: NDArray[np.float32] = self._booster.inplace_predict(rows, predict_type="margin")
        return margins

    def saved(self) -> bytes:
        """Give the forest as UBJSON."""
        return bytes(self._booster.save_raw("ubj"))


def grown(
    rows: Floats, targets: Floats, weights: Floats, objective: Objective, rules: TreeRules, seed: int
) -> BoostedTrees:
    """Grow trees. Shapes (samples, features), (samples,), (samples,).

    Weights are to sum to the number of independent samples, so that a leaf's least weight counts those.
    """
    table = xgboost.DMatrix(rows, targets, weight=weights, nthread=1)
    booster = xgboost.Booster(parameters(objective, rules, seed), [table])
    for tree in range(rules.trees):
        booster.update(table, tree)
    return BoostedTrees(booster)


def parameters(objective: Objective, rules: TreeRules, seed: int) -> dict[str, object]:
    """Give XGBoost's own words for what is asked for."""
    return {
        "objective": objective.name,
        "tree_method": "hist",
        "max_bin": 64,
        "max_depth": rules.depth,
        "eta": rules.step,
        "min_child_weight": rules.least_leaf * objective.sample_weight,
        "lambda": rules.leaf_prior * objective.sample_weight,
        "subsample": rules.row_share,
        "colsample_bytree": rules.column_share,
        "seed": seed,
        "nthread": 1,
        "verbosity": 0,
    }
