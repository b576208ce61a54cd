import pytest

from domain.structure.break_of_structure import SwingLevel, Trend, TrendRules
from tests.domain.structure.carried_over import carry_over


def trend_after(*events: int) -> Trend:
    trend = Trend(TrendRules())
    for event in events:
        trend.update(event)
    return trend


def test_a_level_is_broken_by_a_close_above_it_and_only_once() -> None:
    level = SwingLevel()
    assert not level.break_by(1000.0)
    for price, closes, breaks in (
        (100.0, (99.0, 100.0, 100.5, 101.0), [False, False, True, False]),
        (102.0, (101.0, 103.0, 104.0), [False, True, False]),
    ):
        level.confirm(price)
        assert [level.break_by(close) for close in closes] == breaks
        assert not level.is_live


def test_a_carried_over_level_is_the_same() -> None:
    level, heir = SwingLevel(), SwingLevel()
    level.confirm(100.0)
    carry_over(level, heir)
    assert heir.is_live
    assert heir.break_by(101.0)


def test_a_break_against_the_trend_is_a_change_of_character() -> None:
    """Row by row: the bar's break, then trend, whether the last break was a CHoCH, and its age."""
    trend = Trend(TrendRules())
    for event, direction, is_choch, age in (
        (0, 0, False, None),
        (+1, +1, False, 0),
        (0, +1, False, 1),
        (+1, +1, False, 0),
        (0, +1, False, 1),
        (0, +1, False, 2),
        (-1, -1, True, 0),
        (0, -1, True, 1),
        (-1, -1, False, 0),
        (+1, +1, True, 0),
    ):
        trend.update(event)
        assert (trend.direction, trend.is_choch, trend.age_bars) == (direction, is_choch, age)


@pytest.mark.parametrize(
    ("events", "strength"),
    [((), 0.0), ((0, 0), 0.0), ((1,), 1.0), ((-1,), -1.0), ((1, *[0] * 12), 0.75), ((-1, *[0] * 36), -0.625)],
)
def test_a_trend_is_strongest_when_fresh_and_never_fades_below_a_half(
    events: tuple[int, ...], strength: float
) -> None:
    assert trend_after(*events).strength() == strength


@pytest.mark.parametrize(
    ("events", "integrity"),
    [
        ((), 0.0),
        ((1,), 1.0),
        ((1, 0, -1), 0.5),
        ((1, 1, 1, -1), 0.25),
        ((-1, 1, 1, 1, 1, 1, 1), 1.0),
        ((-1, -1, 1, 1, 1, 1, 1), 5 / 6),
    ],
    ids=["none", "one", "half", "a quarter", "the seventh is forgotten", "six are kept"],
)
def test_integrity_is_the_share_of_the_last_six_breaks_that_agree(
    events: tuple[int, ...], integrity: float
) -> None:
    assert trend_after(*events).integrity() == integrity


def test_a_carried_over_trend_goes_on_alike() -> None:
    trend, heir = trend_after(1, 0, -1, -1, 0, 0), Trend(TrendRules())
    carry_over(trend, heir)
    for event in (0, 1, 0, -1, -1, -1, 1):
        trend.update(event)
        heir.update(event)
        assert (heir.strength(), heir.integrity(), heir.is_choch) == (
            trend.strength(),
            trend.integrity(),
            trend.is_choch,
        )
