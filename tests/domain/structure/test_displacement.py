import math

import pytest

from domain.structure.displacement import DisplacementRules, LastDisplacement, displacement_of
from tests.domain.structure.carried_over import carry_over
from tests.domain.structure.charts import candle

RULES = DisplacementRules()


@pytest.mark.parametrize(
    ("opened", "high", "low", "close", "direction"),
    [
        (100.0, 103.0, 100.0, 103.0, 1),
        (103.0, 103.0, 100.0, 100.0, -1),
        (100.0, 104.0, 99.0, 103.0, 1),
        (100.0, 104.5, 99.0, 103.0, 0),
        (100.0, 102.5, 100.0, 102.5, 0),
        (102.5, 102.5, 100.0, 100.0, 0),
        (100.0, 109.0, 91.0, 100.0, 0),
    ],
    ids=["up", "down", "just full enough", "too much wick", "too small", "too small down", "no body"],
)
def test_a_displacement_is_a_body_of_one_and_a_half_atr_that_fills_its_bar(
    opened: float, high: float, low: float, close: float, direction: int
) -> None:
    assert displacement_of(candle(0, opened, high, low, close), 2.0, RULES) == direction


def test_without_an_atr_there_is_no_displacement() -> None:
    assert displacement_of(candle(0, 100.0, 200.0, 100.0, 200.0), math.nan, RULES) == 0


def test_a_bar_of_no_size_is_none_even_in_a_flat_market() -> None:
    assert displacement_of(candle(0, 100.0, 100.0, 100.0, 100.0), 0.0, RULES) == 0


def test_the_last_displacement_is_remembered_with_its_age() -> None:
    last = LastDisplacement()
    told: list[tuple[int, int | None]] = []
    for direction in (0, 1, 0, 0, -1, 0):
        last.update(direction)
        told.append((last.direction, last.age_bars))
    assert told == [(0, None), (1, 0), (1, 1), (1, 2), (-1, 0), (-1, 1)]


def test_a_carried_over_displacement_is_the_same() -> None:
    for directions, expected in (((), (0, None)), ((-1, 0), (-1, 1))):
        last, heir = LastDisplacement(), LastDisplacement()
        for direction in directions:
            last.update(direction)
        carry_over(last, heir)
        assert (heir.direction, heir.age_bars) == expected
