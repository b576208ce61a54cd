"""One row through boosted trees of twelve features, from Python, beside XGBoost and its compilers."""

import numpy as np
import pytest
import xgboost
from pytest_benchmark.fixture import BenchmarkFixture

from adapters.native.forest import NativeForest
from domain.structure.structure_view import FEATURE_NAMES

FEATURES = len(FEATURE_NAMES)
SIZES = ((200, 4), (400, 6))
ROWS = 1_000


def booster_of(trees: int, depth: int) -> xgboost.Booster:
    chance = np.random.default_rng(trees)
    values = chance.normal(size=(4_000, FEATURES))
    is_won = values[:, 0] - values[:, 5] + chance.normal(size=4_000) > 0.3
    growth = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.05, "nthread": 1}
    return xgboost.train(growth, xgboost.DMatrix(values, is_won.astype(int)), trees)


@pytest.mark.benchmark(group="forest, 1,000 rows one by one")
@pytest.mark.parametrize(("trees", "depth"), SIZES)
def test_margins_one_by_one(benchmark: BenchmarkFixture, trees: int, depth: int) -> None:
    forest = NativeForest(bytes(booster_of(trees, depth).save_raw("ubj")))
    rows = [tuple(row) for row in np.random.default_rng(1).normal(size=(ROWS, FEATURES)).tolist()]
    assert len(benchmark(lambda: [forest.margin(row) for row in rows])) == ROWS


@pytest.mark.benchmark(group="forest, 1,000 rows at once")
@pytest.mark.parametrize(("trees", "depth"), SIZES)
def test_margins_at_once(benchmark: BenchmarkFixture, trees: int, depth: int) -> None:
    forest = NativeForest(bytes(booster_of(trees, depth).save_raw("ubj")))
    rows = np.random.default_rng(1).normal(size=(ROWS, FEATURES))
    assert len(benchmark(forest.margins, rows)) == ROWS


@pytest.mark.benchmark(group="forest, reading a model")
@pytest.mark.parametrize("kind", ["json", "ubj"])
def test_reading(benchmark: BenchmarkFixture, kind: str) -> None:
    model = bytes(booster_of(*SIZES[0]).save_raw(kind))
    assert benchmark(NativeForest, model).features == FEATURES
