import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.sample_weights import (
    Lifetime,
    WeightRules,
    average_uniqueness,
    kish_size,
    recency_of,
    sample_weights,
)

RULES = WeightRules(half_life_ms=1_000)
lifetimes = st.lists(
    st.builds(lambda start, length: Lifetime(start, start + length), st.integers(0, 40), st.integers(0, 20)),
    min_size=1,
    max_size=12,
)


def slow_uniqueness(held: list[Lifetime]) -> list[float]:
    """The definition, millisecond by millisecond."""
    spans = [range(start, max(end, start + 1)) for start, end in held]
    alive = {at: sum(at in span for span in spans) for span in spans for at in span}
    return [math.fsum(1.0 / alive[at] for at in span) / len(span) for span in spans]


@given(lifetimes)
def test_uniqueness_is_the_mean_share_of_every_moment_lived(held: list[Lifetime]) -> None:
    assert average_uniqueness(held) == pytest.approx(slow_uniqueness(held))


@given(lifetimes)
def test_lifetimes_share_out_the_time_that_any_of_them_lived(held: list[Lifetime]) -> None:
    lengths = [max(end - start, 1) for start, end in held]
    lived = {at for start, end in held for at in range(start, max(end, start + 1))}
    shared = math.fsum(u * length for u, length in zip(average_uniqueness(held), lengths, strict=True))
    assert shared == pytest.approx(len(lived))


def test_a_label_alone_is_unique_and_twins_are_half() -> None:
    assert average_uniqueness([Lifetime(0, 10), Lifetime(10, 20)]) == (1.0, 1.0)
    assert average_uniqueness([Lifetime(0, 10), Lifetime(0, 10)]) == (0.5, 0.5)
    assert average_uniqueness([Lifetime(0, 10), Lifetime(5, 10)]) == (0.75, 0.5)


def test_a_lifetime_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        average_uniqueness([Lifetime(1, 0)])


def test_recency_halves_with_every_half_life() -> None:
    assert [recency_of(5_000 - age, 5_000, RULES) for age in (0, 1_000, 2_000)] == [1.0, 0.5, 0.25]
    assert recency_of(6_000, 5_000, RULES) == 1.0
    assert recency_of(0, 10**9, RULES) == 2.0**-100


@given(lifetimes, st.integers(0, 10_000))
def test_weights_have_mean_one_and_are_worth_no_more_than_their_number(
    held: list[Lifetime], now_ms: int
) -> None:
    weights, size = sample_weights(held, now_ms, RULES)
    assert math.fsum(weights) == pytest.approx(len(held))
    assert 0.0 < size <= len(held) + 1e-9
    assert size <= math.fsum(average_uniqueness(held)) + 1e-9


def test_equally_recent_samples_are_worth_the_sum_of_their_uniqueness() -> None:
    twins_and_one = [Lifetime(0, 10), Lifetime(0, 10), Lifetime(20, 30)]
    weights, size = sample_weights(twins_and_one, 0, RULES)
    assert size == pytest.approx(2.0)
    assert weights == pytest.approx((0.75, 0.75, 1.5))


def test_unique_samples_are_worth_kish_size_of_their_recency() -> None:
    apart = [Lifetime(0, 10), Lifetime(2_000, 2_010), Lifetime(5_000, 5_010)]
    recency = [recency_of(one.resolved_at_ms, 6_000, RULES) for one in apart]
    assert sample_weights(apart, 6_000, RULES).effective_size == pytest.approx(kish_size(recency))


def test_no_samples_have_no_weights() -> None:
    assert sample_weights([], 0, RULES) == ((), 0.0)


def test_kish_size_counts_equal_weights_and_sees_through_unequal_ones() -> None:
    assert kish_size([2.0] * 7) == pytest.approx(7.0)
    assert kish_size([1.0, 0.0]) == 1.0
    assert kish_size([]) == 0.0


def test_a_half_life_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="half_life_ms is 0"):
        WeightRules(half_life_ms=0)
