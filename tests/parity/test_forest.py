"""The compiled forest gives the margins of XGBoost itself, bit for bit, and refuses what it cannot walk."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adapters.native.forest import ModelRefused, NativeForest

Floats = NDArray[np.float64]
FEATURES = 12
OLD = Path(__file__).parent / "xgboost_1_7"
SCRAPS = st.binary(max_size=5) | st.sampled_from(
    [b"0", b"-1", b"77,", b"NaN", b"1e99", b"[$[#", b"\\ud8", b"null"]
)
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
        "verbosity": 0,
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


@few
@given(
    seed=st.integers(0, 999),
    trees=st.integers(1, 40),
    base_score=st.none() | st.floats(-1e6, 1e6, width=32),
    kind=st.sampled_from(["json", "ubj"]),
)
def test_values_of_squared_error_are_those_of_xgboost(
    seed: int, trees: int, base_score: float | None, kind: str
) -> None:
    fixed = {} if base_score is None else {"base_score": base_score}
    booster = grown(seed, trees, 3, objective="reg:squarederror", **fixed)
    values = table(np.random.default_rng(seed + 1), 300)
    assert NativeForest(bytes(booster.save_raw(kind))).margins(values).tobytes() == margins_of(
        booster, values
    )


@pytest.mark.parametrize("name", ["model.json", "model.ubj"])
def test_a_model_that_1_7_wrote_gives_the_margins_that_1_7_gave(name: str) -> None:
    forest = NativeForest((OLD / name).read_bytes())
    told = json.loads((OLD / "margins.json").read_text())
    expected = np.array([margin for margin, _ in told], dtype=np.float32).tobytes()
    values = np.array([row for _, row in told])
    assert forest.margins(values).tobytes() == expected
    assert np.array([forest.margin(tuple(row)) for _, row in told], dtype=np.float32).tobytes() == expected


@pytest.mark.parametrize("base_score", [1e-20, 1e-7, 0.9999999])
def test_a_base_score_near_certainty_is_read_as_xgboost_reads_it(base_score: float) -> None:
    booster = grown(3, 2, 2, base_score=base_score)
    values = table(np.random.default_rng(4), 50)
    assert NativeForest(bytes(booster.save_raw("json"))).margins(values).tobytes() == margins_of(
        booster, values
    )


@pytest.mark.parametrize("kind", ["json", "ubj"])
def test_names_of_any_characters_are_read(booster: xgboost.Booster, kind: str) -> None:
    noted = booster.copy()
    noted.set_attr(note='"quoted" \\ \n \t \x01 \u00e9 \u65e5 \U0001f600')
    values = table(np.random.default_rng(6), 20)
    assert NativeForest(bytes(noted.save_raw(kind))).margins(values).tobytes() == margins_of(booster, values)
    spelled = json.dumps(json.loads(bytes(noted.save_raw("json")))).encode()
    assert NativeForest(spelled).margins(values).tobytes() == margins_of(booster, values)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"objective": "reg:absoluteerror"}, "reg:absoluteerror"),
        ({"objective": "multi:softprob", "num_class": 2}, "multi:softprob"),
        ({"booster": "dart"}, "dart"),
        ({"booster": "gblinear"}, "gblinear"),
    ],
)
@pytest.mark.parametrize("kind", ["json", "ubj"])
def test_what_is_not_supported_is_refused_with_its_reason(
    more: dict[str, object], reason: str, kind: str
) -> None:
    with pytest.raises(ModelRefused, match=reason):
        NativeForest(bytes(grown(1, 2, 2, **more).save_raw(kind)))


def test_splits_by_category_are_refused() -> None:
    chance = np.random.default_rng(1)
    values = chance.integers(0, 9, size=(300, FEATURES)).astype(np.float64)
    types = ["c"] + ["q"] * (FEATURES - 1)
    rows = xgboost.DMatrix(values, values[:, 0] % 3 == 1, feature_types=types, enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, rows, 2)
    with pytest.raises(ModelRefused, match="splits by category"):
        NativeForest(bytes(booster.save_raw("ubj")))


def test_a_booster_without_trees_is_refused() -> None:
    with pytest.raises(ModelRefused, match="no trees"):
        NativeForest(bytes(grown(1, 0, 2).save_raw("ubj")))


def test_a_model_of_a_version_to_come_is_refused(booster: xgboost.Booster) -> None:
    model = json.loads(bytes(booster.save_raw("json")))
    model["version"] = [4, 1, 0]
    with pytest.raises(ModelRefused, match=r"XGBoost 4\.1, newer than known here"):
        NativeForest(json.dumps(model).encode())


@settings(max_examples=400)
@given(data=st.data(), name=st.sampled_from(["model.json", "model.ubj"]))
def test_damaged_models_are_refused_or_walked_but_never_panic(data: st.DataObject, name: str) -> None:
    model = bytearray((OLD / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(model) - 1))
        scrap = data.draw(SCRAPS)
        model[at : at + data.draw(st.sampled_from([len(scrap), len(scrap), 0, 3]))] = scrap
    cut = data.draw(st.sampled_from([len(model), len(model), len(model) // 2, 10, 0]))
    try:
        forest = NativeForest(bytes(model[:cut]))
    except ModelRefused:
        return
    assert isinstance(forest.margin((0.0,) * forest.features), float)


def test_a_row_of_another_length_is_refused(booster: xgboost.Booster) -> None:
    forest = NativeForest(bytes(booster.save_raw("ubj")))
    assert forest.features == FEATURES
    for length in (0, 11, 13, 40):
        with pytest.raises(ValueError, match="as long as"):
            forest.margin((0.0,) * length)
        with pytest.raises(ValueError, match="as long as"):
            forest.margins(np.zeros((3, length)))


def test_a_table_laid_out_in_another_order_is_refused_and_never_misread(booster: xgboost.Booster) -> None:
    forest = NativeForest(bytes(booster.save_raw("ubj")))
    values = table(np.random.default_rng(8), 30)
    wide = np.repeat(values, 2, axis=1)
    for other in (np.asfortranarray(values), wide[:, ::2], values[::2], values[::-1]):
        with pytest.raises(ValueError, match="one after the other in memory"):
            forest.margins(other)
    assert forest.margins(np.ascontiguousarray(wide[:, ::2])).tobytes() == margins_of(booster, values)
    with pytest.raises(TypeError, match="float32"):
        forest.margins(values.astype(np.float32))


def test_margins_are_taken_while_other_threads_go_on(booster: xgboost.Booster) -> None:
    forest = NativeForest(bytes(booster.save_raw("ubj")))
    parts = [table(np.random.default_rng(seed), 2_000) for seed in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert [margins.tobytes() for margins in threads.map(forest.margins, parts)] == [
            margins_of(booster, part) for part in parts
        ]
