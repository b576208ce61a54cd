import math

import pytest

from domain.structure.dealing_range import DealingRange, RunningExtreme
from tests.domain.structure.carried_over import carry_over


def test_the_extreme_is_unknown_before_the_first_swing() -> None:
    extreme = RunningExtreme()
    extreme.update(100.0)
    assert math.isnan(extreme.price)


def test_the_extreme_rises_with_every_higher_high_and_starts_again_at_a_swing() -> None:
    extreme = RunningExtreme()
    extreme.restart(110.0)
    told = []
    for high in (109.0, 112.0, 111.0, 112.5):
        extreme.update(high)
        told.append(extreme.price)
    assert told == [110.0, 112.0, 112.0, 112.5]
    extreme.restart(108.0)
    assert extreme.price == 108.0


@pytest.mark.parametrize(
    ("close", "position"),
    [(100.0, -1.0), (102.0, -0.5), (104.0, 0.0), (107.0, 0.75), (108.0, 1.0)],
    ids=["bottom", "discount", "middle", "premium", "top"],
)
def test_the_lower_half_is_discount_and_the_upper_premium(close: float, position: float) -> None:
    assert DealingRange(100.0, 108.0).position_of(close) == position


def test_an_empty_range_has_no_position() -> None:
    assert DealingRange(100.0, 100.0).position_of(100.0) == 0.0


def test_a_range_is_widened_and_never_narrowed() -> None:
    assert DealingRange(100.0, 108.0).widened_by(101.0, 109.0) == (100.0, 109.0)
    assert DealingRange(100.0, 108.0).widened_by(99.0, 107.0) == (99.0, 108.0)


def test_a_carried_over_extreme_is_the_same() -> None:
    extreme, heir = RunningExtreme(), RunningExtreme()
    extreme.restart(110.0)
    carry_over(extreme, heir)
    assert heir.price == 110.0
