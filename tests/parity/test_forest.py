"""The compiled forest gives the margins of XGBoost itself, bit for bit, and refuses what it cannot walk."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adapters.native.forest import ModelRefused, NativeForest

Floats = NDArray[np.float64]
FEATURES = 12
few = settings(max_examples=12)
numbers = st.floats(width=32) | st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 1e300, 5e-324])
rows = st.lists(st.tuples(*[numbers] * FEATURES), min_size=1, max_size=20)


def table(chance: np.random.Generator, count: int) -> Floats:
    """Give rows on a coarse grid, so that values equal thresholds, with unknown ones among them."""
    values = np.round(chance.normal(size=(count, FEATURES)), 1)
    values[chance.random(values.shape) < 0.08] = math.nan
    return values


def grown(seed: int, trees: int, depth: int, **more: object) -> xgboost.Booster:
    chance = np.random.default_rng(seed)
    values = table(chance, 400)
    odds = np.nan_to_num(values[:, 0] - values[:, 3]) + chance.normal(size=400)
    settings_of_growth = {
        "objective": "binary:logistic",
        "max_depth": depth,
        "seed": seed,
        "nthread": 1,
        **more,
    }
    return xgboost.train(settings_of_growth, xgboost.DMatrix(values, (odds > 0.4).astype(int)), trees)


def margins_of(booster: xgboost.Booster, values: Floats) -> bytes:
    margins: NDArray[np.float32] = booster.inplace_predict(values, predict_type="margin")
    return margins.tobytes()


@few
@given(
    seed=st.integers(0, 999),
    trees=st.integers(1, 40),
    depth=st.integers(1, 7),
    kind=st.sampled_from(["json", "ubj"]),
)
def test_margins_are_those_of_xgboost(seed: int, trees: int, depth: int, kind: str) -> None:
    booster = grown(seed, trees, depth)
    forest = NativeForest(bytes(booster.save_raw(kind)))
    values = table(np.random.default_rng(seed + 1), 300)
    assert forest.margins(values).tobytes() == margins_of(booster, values)


@pytest.fixture(scope="module")
def booster() -> xgboost.Booster:
    return grown(5, 60, 5)


@given(values=rows)
def test_rows_of_any_numbers_agree(booster: xgboost.Booster, values: list[tuple[float, ...]]) -> None:
    forest = NativeForest(bytes(booster.save_raw("ubj")))
    expected = margins_of(booster, np.array(values))
    assert np.array([forest.margin(row) for row in values], dtype=np.float32).tobytes() == expected
    assert forest.margins(np.array(values)).tobytes() == expected


@pytest.mark.parametrize(
    "more",
    [{"num_parallel_tree": 3}, {"base_score": 0.31}, {"grow_policy": "lossguide"}, {"tree_method": "exact"}],
)
def test_other_ways_to_grow_agree(more: dict[str, object]) -> None:
    booster = grown(3, 15, 4, **more)
    values = table(np.random.default_rng(4), 500)
    assert NativeForest(bytes(booster.save_raw("json"))).margins(values).tobytes() == margins_of(
        booster, values
    )


def test_a_model_file_of_1_7_is_read_as_it_was_written(booster: xgboost.Booster) -> None:
    values = table(np.random.default_rng(6), 200)
    old = NativeForest(changed(booster, in_the_manner_of_1_7))
    assert old.margins(values).tobytes() == margins_of(booster, values)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"objective": "reg:squarederror"}, "reg:squarederror"),
        ({"objective": "multi:softprob", "num_class": 2}, "multi:softprob"),
        ({"booster": "dart"}, "dart"),
        ({"booster": "gblinear"}, "gblinear"),
    ],
)
def test_what_is_not_supported_is_refused_with_its_reason(more: dict[str, object], reason: str) -> None:
    if more.get("booster") == "gblinear":
        model = json.dumps({"learner": {"gradient_booster": {"name": "gblinear"}}}).encode()
    else:
        model = bytes(grown(1, 2, 2, **more).save_raw("ubj"))
    with pytest.raises(ModelRefused, match=reason):
        NativeForest(model)


@few
@given(data=st.data(), kind=st.sampled_from(["json", "ubj"]))
def test_damaged_models_are_refused_or_walked_but_never_panic(
    booster: xgboost.Booster, data: st.DataObject, kind: str
) -> None:
    model = bytearray(booster.save_raw(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        model[data.draw(st.integers(0, len(model) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(model), len(model) // 2, 10, 0]))
    try:
        NativeForest(bytes(model[:cut])).margin((0.0,) * FEATURES)
    except ValueError:
        assert True


def test_a_row_of_another_length_is_refused(booster: xgboost.Booster) -> None:
    forest = NativeForest(bytes(booster.save_raw("ubj")))
    assert forest.features == FEATURES
    for length in (0, 11, 13, 40):
        with pytest.raises(ValueError, match="as long as"):
            forest.margin((0.0,) * length)
        with pytest.raises(ValueError, match="as long as"):
            forest.margins(np.zeros((3, length)))


def changed(booster: xgboost.Booster, change: Callable[[dict[str, Any]], None]) -> bytes:
    model = json.loads(bytes(booster.save_raw("json")))
    change(model)
    return json.dumps(model).encode()


def in_the_manner_of_1_7(model: dict[str, Any]) -> None:
    """The base score bare, flags as true and false, no word of targets and leaf vectors."""
    learner = model["learner"]
    parameters = learner["learner_model_param"]
    parameters["base_score"] = parameters["base_score"].strip("[]")
    del parameters["num_target"]
    model["version"] = [1, 7, 6]
    for tree in learner["gradient_booster"]["model"]["trees"]:
        tree["default_left"] = [bool(flag) for flag in tree["default_left"]]
        tree["tree_param"].pop("size_leaf_vector", None)
