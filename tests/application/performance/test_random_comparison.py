import random
import statistics

import pytest

from application.performance.random_comparison import LEAST_RANDOM_TRADES, compared_with_random
from tests.learning_samples import SeededChance

DRAW = random.Random(7)
COIN = [DRAW.gauss(-0.1, 1.0) for _ in range(4_000)]


def test_trades_like_random_ones_stand_inside_the_hill() -> None:
    found = compared_with_random(COIN[:400], COIN, SeededChance(1))
    assert found is not None
    assert 0.02 < found.as_good < 0.98
    assert found.random_mean == pytest.approx(statistics.fmean(COIN))
    assert found.median_run == pytest.approx(found.random_mean, abs=0.02)


def test_trades_with_an_edge_stand_beside_it() -> None:
    found = compared_with_random([one + 0.4 for one in COIN[:400]], COIN, SeededChance(1))
    assert found is not None
    assert found.mean > found.run_means[-1]
    assert found.as_good == pytest.approx(1 / 2_001)


def test_runs_spread_as_far_as_both_means_do() -> None:
    found = compared_with_random(COIN[:1_000], COIN, SeededChance(1))
    assert found is not None
    expected = statistics.pstdev(COIN) * (1 / 1_000 + 1 / 4_000) ** 0.5
    assert statistics.stdev(found.run_means) == pytest.approx(expected, rel=0.1)


def test_few_random_trades_are_nothing_to_compare_with() -> None:
    assert compared_with_random([1.0], COIN[: LEAST_RANDOM_TRADES - 1], SeededChance(1)) is None
    assert compared_with_random([], COIN, SeededChance(1)) is None


def test_the_same_cards_give_the_same_runs() -> None:
    first, second = (compared_with_random(COIN[:50], COIN, SeededChance(4)) for _ in range(2))
    assert first == second
