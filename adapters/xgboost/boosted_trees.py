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


def grown(
    rows: Floats, targets: Floats, weights: Floats, objective: Objective, rules: TreeRules, seed: int
) -> bytes:
    """Grow a forest and give it as UBJSON. Shapes (samples, features), (samples,), (samples,).

    Weights are to sum to the number of independent samples, so that a leaf's least weight counts those.
    """
    table = xgboost.DMatrix(rows, targets, weight=weights, nthread=1)
    booster = xgboost.train(_parameters(objective, rules, seed), table, rules.trees)
    return bytes(booster.save_raw("ubj"))


def _parameters(objective: Objective, rules: TreeRules, seed: int) -> dict[str, object]:
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
