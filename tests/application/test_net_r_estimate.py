import math

from application.net_r_estimate import estimate_of
from domain.learning.block_bootstrap import BootstrapRules, Observed
from domain.market.timeframe import DAY_MS
from tests.learning_samples import SeededChance

QUICK = BootstrapRules(least_resamples=400)


def days(values: list[float]) -> list[Observed]:
    return [Observed(day * DAY_MS, value) for day, value in enumerate(values)]


def test_the_mean_lies_within_its_interval() -> None:
    values = [math.sin(7.0 * day) + 0.5 for day in range(200)]
    estimate = estimate_of(days(values), SeededChance(1), QUICK)
    assert estimate is not None
    assert estimate.cases == 200
    assert estimate.blocks == 200
    assert estimate.low < estimate.mean < estimate.high
    assert estimate.is_above_zero
    assert estimate.reads_as == "above zero"


def test_an_interval_that_reaches_below_zero_is_not_above_it() -> None:
    estimate = estimate_of(days([1.0, -1.0] * 50), SeededChance(1), QUICK)
    assert estimate is not None
    assert estimate.low < 0.0 < estimate.high
    assert not estimate.is_above_zero
    assert estimate.reads_as == "not told from zero"


def test_what_was_lost_for_sure_reads_as_below_zero() -> None:
    estimate = estimate_of(days([-1.0, -0.5] * 50), SeededChance(1), QUICK)
    assert estimate is not None
    assert estimate.reads_as == "below zero"


def test_a_single_observation_tells_nothing_of_its_spread() -> None:
    estimate = estimate_of(days([2.0]), SeededChance(1), QUICK)
    assert estimate is not None
    assert (estimate.low, estimate.high) == (-math.inf, math.inf)


def test_without_observations_there_is_no_estimate() -> None:
    assert estimate_of([], SeededChance(1), QUICK) is None
