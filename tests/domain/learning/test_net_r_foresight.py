import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.net_r_foresight import ForetoldR, net_r_foresight

cases = st.lists(
    st.builds(
        ForetoldR,
        st.sampled_from([-0.5, -0.1, 0.0, 0.1, 0.3]),
        st.floats(-2.0, 3.0),
        st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    ),
    max_size=60,
).filter(lambda drawn: any(one.weight for one in drawn))
TOLD = [ForetoldR(-0.2, -1.0), ForetoldR(-0.2, 0.0), ForetoldR(0.4, 0.0), ForetoldR(0.4, 2.0)]


def test_a_table_from_the_worst_foretold_to_the_best() -> None:
    worst, best = net_r_foresight(TOLD, 4.0, bins=2).bins
    assert (worst.cases, worst.weight, worst.mean_said, worst.mean_came) == (2, 2.0, -0.2, -0.5)
    assert (best.mean_said, best.mean_came) == (0.4, 1.0)
    assert worst.standard_error == pytest.approx(0.5)
    assert best.standard_error == pytest.approx(1.0)


def test_the_figures_under_the_table() -> None:
    told = net_r_foresight(TOLD, 4.0)
    assert told.mean_net_r == 0.25
    assert told.squared_error == pytest.approx((0.8**2 + 0.2**2 + 0.4**2 + 1.6**2) / 4)
    assert told.skill == pytest.approx(1.0 - told.squared_error / 1.1875)


def test_stating_the_mean_has_no_skill_and_one_bin() -> None:
    told = net_r_foresight([one._replace(said=0.25) for one in TOLD], 4.0)
    assert told.skill == pytest.approx(0.0)
    assert len(told.bins) == 1


def test_samples_that_overlap_tell_less() -> None:
    many, few = (net_r_foresight(TOLD, size, bins=1).bins[0].standard_error for size in (4.0, 3.0))
    assert many is not None
    assert few is not None
    assert many < few


def test_one_independent_case_tells_no_spread() -> None:
    assert net_r_foresight(TOLD, 1.0, bins=1).bins[0].standard_error is None


def test_whoever_sees_a_part_of_what_comes_has_that_skill() -> None:
    chance = random.Random(3)
    seen = [chance.gauss(0.0, 1.0) for _ in range(20_000)]
    told = net_r_foresight([ForetoldR(one, one + chance.gauss(0.0, 2.0)) for one in seen], 20_000.0)
    assert told.skill == pytest.approx(0.2, abs=0.02)
    means = [one.mean_came for one in told.bins]
    assert means == sorted(means)


@given(cases, st.integers(1, 8))
def test_every_case_of_any_weight_is_in_one_bin(drawn: list[ForetoldR], bins: int) -> None:
    told = net_r_foresight(drawn, 10.0, bins)
    assert sum(one.cases for one in told.bins) == sum(one.weight > 0.0 for one in drawn)
    assert math.fsum(one.weight for one in told.bins) == pytest.approx(sum(one.weight for one in drawn))
    assert len(told.bins) <= bins
    assert [one.mean_said for one in told.bins] == sorted(one.mean_said for one in told.bins)


def test_nothing_foretold_is_refused() -> None:
    with pytest.raises(ValueError, match="no mean of"):
        net_r_foresight([], 1.0)
