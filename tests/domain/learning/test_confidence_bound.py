import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.confidence_bound import Interval, wilson_interval

shares, sizes, quantiles = st.floats(0.0, 1.0), st.floats(0.1, 1e6), st.floats(0.0, 5.0)


@given(shares, sizes, quantiles)
def test_an_interval_holds_the_share_and_stays_a_probability(share: float, size: float, z: float) -> None:
    low, high = wilson_interval(share, size, z)
    assert 0.0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1.0


@given(shares, sizes, quantiles)
def test_a_bound_is_where_the_share_lies_just_z_deviations_off(share: float, size: float, z: float) -> None:
    low = wilson_interval(share, size, z).low
    deviations = (share - low) / math.sqrt(low * (1.0 - low) / size) if 1e-6 < low < 1.0 - 1e-6 else z
    assert deviations == pytest.approx(z, rel=1e-3, abs=1e-3)


@given(shares, sizes, quantiles)
def test_wins_and_losses_are_mirror_images(share: float, size: float, z: float) -> None:
    low, high = wilson_interval(share, size, z)
    assert wilson_interval(1.0 - share, size, z) == pytest.approx((1.0 - high, 1.0 - low), abs=1e-9)


def test_more_cases_narrow_it_and_none_leave_everything_open() -> None:
    assert wilson_interval(0.6, 1000.0, 1.6449).low > wilson_interval(0.6, 100.0, 1.6449).low
    assert wilson_interval(0.6, 0.0, 1.6449) == Interval(0.0, 1.0)


def test_a_known_interval() -> None:
    assert wilson_interval(0.9, 10.0, 1.96) == pytest.approx((0.5958, 0.9821), abs=1e-4)
