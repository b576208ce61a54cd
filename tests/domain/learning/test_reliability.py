import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.confidence_bound import wilson_interval
from domain.learning.probability_score import log_loss
from domain.learning.reliability import Forecast, reliability

forecasts = st.lists(
    st.builds(
        Forecast,
        st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.5001, 0.9, 1.0]),
        st.booleans(),
        st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    ),
    max_size=60,
).filter(lambda drawn: any(one.weight for one in drawn))
HALVES = [Forecast(0.25, is_won=False)] * 3 + [Forecast(0.25, is_won=True)]
HALVES += [Forecast(0.75, is_won=True)] * 3 + [Forecast(0.75, is_won=False)]


def test_a_table_of_honest_forecasts_has_no_error() -> None:
    table = reliability(HALVES, 8.0, bins=2)
    low, high = table.bins
    assert (low.low, low.high, low.cases, low.mean_predicted, low.observed) == (0.25, 0.25, 4, 0.25, 0.25)
    assert (high.cases, high.mean_predicted, high.observed) == (4, 0.75, 0.75)
    assert low.interval == wilson_interval(0.25, 4.0, 1.6449)
    assert table.calibration_error == 0.0
    assert table.base_rate == 0.5


def test_the_figures_under_the_table() -> None:
    table = reliability(HALVES, 8.0)
    assert table.brier == pytest.approx((6 * 0.25**2 + 2 * 0.75**2) / 8)
    assert table.brier_skill == pytest.approx(1 - table.brier / 0.25)
    assert table.log_loss == pytest.approx(
        (6 * log_loss(0.75, is_won=True) + 2 * log_loss(0.25, is_won=True)) / 8
    )
    assert table.log_loss_skill == pytest.approx(1 - table.log_loss / math.log(2.0))


def test_stating_the_base_rate_has_no_skill() -> None:
    table = reliability([Forecast(0.25, is_won=place == 0) for place in range(4)], 4.0)
    assert table.brier_skill == pytest.approx(0.0)
    assert table.log_loss_skill == pytest.approx(0.0)
    assert len(table.bins) == 1


def test_who_is_always_too_sure_by_a_tenth_has_an_error_of_a_tenth() -> None:
    chance = random.Random(5)
    truths = [chance.uniform(0.1, 0.8) for _ in range(20_000)]
    table = reliability([Forecast(p + 0.1, chance.random() < p) for p in truths], 20_000.0)
    assert table.calibration_error == pytest.approx(0.1, abs=0.01)
    assert len(table.bins) == 10
    assert {one.cases for one in table.bins} == {2_000}


def test_samples_that_overlap_widen_the_intervals() -> None:
    wide, narrow = reliability(HALVES, 2.0).bins[0].interval, reliability(HALVES, 8.0).bins[0].interval
    assert wide.low < narrow.low < narrow.high < wide.high


@given(forecasts, st.integers(1, 12))
def test_bins_hold_every_case_once_and_never_share_a_probability(drawn: list[Forecast], bins: int) -> None:
    table = reliability(drawn, 10.0, bins)
    assert sum(one.cases for one in table.bins) == sum(one.weight > 0.0 for one in drawn)
    assert math.fsum(one.weight for one in table.bins) == pytest.approx(sum(one.weight for one in drawn))
    assert len(table.bins) <= bins
    for one, following in pairwise(table.bins):
        assert one.high < following.low
    for one in table.bins:
        assert one.low <= one.mean_predicted + 1e-12
        assert one.mean_predicted <= one.high + 1e-12


def test_nothing_foretold_is_refused() -> None:
    with pytest.raises(ValueError, match="no mean of"):
        reliability([], 1.0)
