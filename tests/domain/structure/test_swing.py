from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.structure.sided_bar import SidedBar
from domain.structure.swing import bars_since_swing_high, is_swing_high


@pytest.mark.parametrize(
    ("highs", "is_swing"),
    [
        ([1, 2, 3, 4, 5, 9, 8, 7, 6, 5, 4], True),
        ([8, 1, 8, 1, 8, 9, 8, 1, 8, 1, 8], True),
        ([1, 2, 3, 4, 9, 9, 8, 7, 6, 5, 4], False),
        ([9, 2, 3, 4, 5, 9, 8, 7, 6, 5, 4], False),
        ([1, 2, 3, 4, 5, 9, 8, 7, 6, 5, 9.5], False),
        ([1, 2, 3, 4, 5, 9, 8, 7, 6, 5], False),
        ([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5], False),
    ],
    ids=[
        "peak",
        "comb",
        "equal just before",
        "equal five before",
        "higher five after",
        "four after",
        "flat",
    ],
)
def test_a_swing_high_is_above_five_before_and_not_below_five_after(
    highs: list[float], is_swing: bool
) -> None:
    assert is_swing_high(highs, 5) is is_swing


def test_equal_highs_still_confirm_the_first_one_and_only_it() -> None:
    """A plateau of three: bars 5, 6 and 7 of 13 share the high; only bar 5 is a swing, known at bar 10."""
    highs = [1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 9.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0]
    bars = [SidedBar(high, high, high - 1.0, high) for high in highs]
    confirmed = [bars_since_swing_high(bars[: now + 1], 5) for now in range(len(bars))]
    assert [now for now, since in enumerate(confirmed) if since] == [10]
    assert confirmed[10] == bars[5:11]


@given(st.lists(st.integers(0, 5), min_size=11, max_size=60))
def test_no_two_swings_of_one_height_lie_within_reach_of_each_other(heights: list[int]) -> None:
    bars = [SidedBar(height, height, height - 1, height) for height in heights]
    swings = [now - 5 for now in range(len(bars)) if bars_since_swing_high(bars[: now + 1], 5)]
    for first, second in pairwise(swings):
        assert second - first > 5 or heights[first] != heights[second]


def test_the_reach_is_a_setting() -> None:
    assert is_swing_high([1, 3, 2], 1)
    assert not is_swing_high([1, 3], 1)
