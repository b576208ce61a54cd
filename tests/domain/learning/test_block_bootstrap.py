import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.learning.block_bootstrap import BlockMean, BootstrapRules, Observed, block_mean
from tests.learning_samples import SeededChance

RULES = BootstrapRules(block_ms=60, cells_per_block=6, least_resamples=400, resamples_beyond=20)


def drawn(seed: int, mean: float, days: int = 40, shared: float = 0.0) -> list[Observed]:
    """Three values a cell, of deviation 1; `shared` of their variance is common to a block's length."""
    chance = random.Random(seed)
    values = []
    for day in range(days):
        common = chance.gauss(0.0, math.sqrt(shared))
        values += [
            Observed(
                day * 60 + chance.randrange(60), mean + common + chance.gauss(0.0, math.sqrt(1 - shared))
            )
            for _ in range(18)
        ]
    return values


def figures_of(values: list[Observed], alpha: float = 0.05, seed: int = 1) -> BlockMean:
    return block_mean(values, alpha, SeededChance(seed), RULES)


def test_a_mean_well_above_zero_is_found_and_one_below_is_not() -> None:
    above, below = figures_of(drawn(1, 0.3)), figures_of(drawn(1, -0.3))
    assert above.p_value < 0.01
    assert 0.0 < above.lower_bound < above.mean
    assert below.p_value > 0.9
    assert below.lower_bound < below.mean < 0.0
    assert above.blocks == 40


def test_independent_values_have_the_usual_standard_error() -> None:
    values = drawn(2, 0.0, days=400)
    assert figures_of(values).standard_error == pytest.approx(1.0 / math.sqrt(len(values)), rel=0.15)


def test_values_that_hang_together_have_a_larger_one() -> None:
    assert (
        figures_of(drawn(3, 0.0, shared=0.5)).standard_error > 2.0 * figures_of(drawn(3, 0.0)).standard_error
    )


def test_no_more_than_alpha_of_noise_is_taken_for_more() -> None:
    quick = BootstrapRules(block_ms=60, least_resamples=99, resamples_beyond=1, most_resamples=99)
    found = 0
    for seed in range(100):
        noise = drawn(seed, 0.0, days=25, shared=0.3)
        found += block_mean(noise, 0.1, SeededChance(seed), quick).p_value <= 0.1
    assert found <= 17


def test_the_same_seed_says_the_same() -> None:
    assert figures_of(drawn(4, 0.1)) == figures_of(drawn(4, 0.1))


def test_no_draw_is_wasted_once_the_level_cannot_be_met() -> None:
    assert figures_of(drawn(5, -0.3), alpha=0.001).resamples == 400
    assert figures_of(drawn(5, 0.5), alpha=0.005).resamples == 4_000


def test_never_more_than_the_most_draws() -> None:
    few = BootstrapRules(block_ms=60, least_resamples=10, most_resamples=50)
    figures = block_mean(drawn(6, 1.0), 0.001, SeededChance(1), few)
    assert figures.resamples == 50
    assert figures.p_value == pytest.approx(1 / 51)
    assert figures.lower_bound == -math.inf


@pytest.mark.parametrize(
    "values",
    [
        [Observed(0, 1.0)],
        [Observed(0, 1.0), Observed(59, 3.0)],
        [Observed(at, 0.0) for at in range(0, 6_000, 7)],
        [Observed(at, 0.1) for at in range(0, 6_000, 7)],
    ],
    ids=["one value", "one block", "nothing but zeros", "no spread"],
)
def test_where_nothing_varies_nothing_is_known(values: list[Observed]) -> None:
    figures = figures_of(values)
    assert (figures.p_value, figures.lower_bound, figures.resamples) == (1.0, -math.inf, 0)


def test_draws_of_one_block_alone_or_of_empty_ones_count_against() -> None:
    sparse = [Observed(0, 1.0), Observed(10_000, 1.5), Observed(20_000, 1.2)]
    figures = figures_of(sparse)
    assert figures.p_value > 0.3


def test_nothing_observed_is_refused() -> None:
    with pytest.raises(ValueError, match="no observations"):
        figures_of([])


observations = st.lists(
    st.builds(Observed, st.integers(0, 900), st.integers(-20, 20).map(float)), min_size=1, max_size=40
)
SHORT = BootstrapRules(block_ms=60, least_resamples=50, resamples_beyond=1, most_resamples=50)


@settings(max_examples=60)
@given(observations, st.sampled_from([0.01, 0.05, 0.3]))
def test_the_figures_hang_together(values: list[Observed], alpha: float) -> None:
    figures = block_mean(values, alpha, SeededChance(1), SHORT)
    assert figures.mean == pytest.approx(math.fsum(one.value for one in values) / len(values))
    assert 0.0 < figures.p_value <= 1.0
    assert figures.standard_error >= 0.0
    if figures.p_value <= alpha:
        assert figures.lower_bound >= -1e-9


@settings(max_examples=60)
@given(observations, st.integers(1, 10), st.integers(0, 5))
def test_scale_and_the_calendar_do_not_matter(values: list[Observed], scale: int, blocks: int) -> None:
    moved = [Observed(one.at_ms + 60 * blocks, one.value * 2**scale) for one in values]
    one, other = (block_mean(held, 0.1, SeededChance(1), SHORT) for held in (values, moved))
    assert other.p_value == one.p_value
    assert other.mean == one.mean * 2**scale


@pytest.mark.parametrize(
    "wrong",
    [
        {"block_ms": 5},
        {"cells_per_block": 0},
        {"least_resamples": 0},
        {"resamples_beyond": 0},
        {"most_resamples": 1_999},
    ],
)
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BootstrapRules(**wrong)
