"""A feature that knows of the bar to come is caught: on a tape that was cut it cannot know it."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.native.structure_engine import NativeStructureEngine
from domain.market.candle import Candle
from domain.structure.structure_engine import StructureEngine as ReferenceEngine
from domain.structure.structure_view import FEATURE_NAMES
from tests.domain.structure.charts import wandering

Rows = NDArray[np.float64]
Reader = Callable[[Sequence[Candle]], Rows]
"""Makes a row of features of each bar of a chart."""

CHART = wandering(800, seed=11)


def by_compiled_engine(chart: Sequence[Candle]) -> Rows:
    engine = NativeStructureEngine()
    return np.array([engine.update(bar) for bar in chart])


def by_reference_engine(chart: Sequence[Candle]) -> Rows:
    engine = ReferenceEngine()
    return np.array([engine.update(bar) for bar in chart])


def peeking_at(feature: int) -> Reader:
    """Plant the defect: one column stands one bar too early, as a careless shift leaves it."""

    def reader(chart: Sequence[Candle]) -> Rows:
        rows = by_compiled_engine(chart)
        rows[:-1, feature] = rows[1:, feature]
        return rows

    return reader


def cuts_that_change_the_past(reader: Reader, cuts: Sequence[int]) -> list[int]:
    """Tell at which cuts a chart gave other rows up to there than the whole chart gives."""
    whole = reader(CHART)
    return [cut for cut in cuts if not np.array_equal(reader(CHART[:cut]), whole[:cut], equal_nan=True)]


def test_no_feature_changes_when_the_tape_is_cut() -> None:
    assert cuts_that_change_the_past(by_compiled_engine, range(400, 800, 7)) == []
    assert cuts_that_change_the_past(by_reference_engine, range(400, 800, 90)) == []


@pytest.mark.parametrize("feature", range(len(FEATURE_NAMES)), ids=FEATURE_NAMES)
def test_a_feature_that_peeks_one_bar_ahead_is_caught_wherever_it_moves(feature: int) -> None:
    column = by_compiled_engine(CHART)[:, feature]
    moves = [bar for bar in range(400, 800) if column[bar] != column[bar - 1]][:5]
    assert cuts_that_change_the_past(peeking_at(feature), moves) == moves != []
