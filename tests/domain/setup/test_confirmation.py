from dataclasses import replace
from typing import Any

import pytest

from domain.market.direction import Direction
from domain.setup.confirmation import Confirmation, confirmations
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_view import StructureView
from tests.trade_samples import BASE_STEP, OPEN_MS, VIEW, mirrored

LONG, SHORT = Direction.LONG, Direction.SHORT
RULES = SetupRules(trigger_max_age_bars=6, displacement_max_age_bars=4)
RELAXED = replace(RULES, is_relaxed=True)
QUIET = VIEW._replace(sweep=0.0, sweep_age_bars=None, displacement=0, displacement_age_bars=None)


def said(view: StructureView, direction: Direction = LONG, rules: SetupRules = RULES) -> list[str]:
    return [confirmation.in_words() for confirmation in confirmations(view, direction, rules)]


def test_a_sweep_followed_by_displacement_confirms() -> None:
    assert said(VIEW) == ["sell-side liquidity swept 5 bars ago", "displacement up 3 bars ago"]


def test_the_smallest_sweep_counts() -> None:
    assert said(VIEW._replace(sweep=0.01)) == said(VIEW)


def test_the_mirror_image_confirms_the_short() -> None:
    assert said(mirrored(VIEW), SHORT) == [
        "buy-side liquidity swept 5 bars ago",
        "displacement down 3 bars ago",
    ]
    assert said(mirrored(VIEW)) == said(VIEW, SHORT) == []


def test_only_the_sweep_is_marked_as_one() -> None:
    assert [c.is_sweep for c in confirmations(VIEW, LONG, RULES)] == [True, False]


@pytest.mark.parametrize(("age", "confirms"), [(2, False), (3, True), (6, True), (7, False)])
def test_the_sweep_is_young_enough_and_not_younger_than_the_displacement(age: int, confirms: bool) -> None:
    assert bool(said(VIEW._replace(sweep_age_bars=age))) is confirms


@pytest.mark.parametrize(("age", "confirms"), [(0, True), (4, True), (5, False)])
def test_the_displacement_is_young_enough(age: int, confirms: bool) -> None:
    assert bool(said(VIEW._replace(displacement_age_bars=age))) is confirms


@pytest.mark.parametrize("displacement", [0, -1])
def test_a_displacement_the_other_way_does_not_confirm(displacement: int) -> None:
    assert said(VIEW._replace(displacement=displacement)) == []


def test_without_any_displacement_or_sweep_there_is_nothing() -> None:
    assert said(VIEW._replace(displacement_age_bars=None)) == []
    assert said(VIEW._replace(sweep_age_bars=None)) == []
    assert said(QUIET, rules=RELAXED) == []


@pytest.mark.parametrize(("age", "confirms"), [(2, False), (3, True), (6, True), (7, False)])
def test_a_change_of_character_on_the_base_frame_confirms_like_a_sweep(age: int, confirms: bool) -> None:
    base = VIEW.base._replace(is_last_event_choch=True, event_age_bars=age)
    words = said(VIEW._replace(sweep=0.0, base=base))
    assert words[:-1] == ([f"change of character up on the base frame {age} bars ago"] if confirms else [])


def test_a_break_that_goes_on_or_goes_the_other_way_is_no_change() -> None:
    base, middle = VIEW.base, VIEW.middle
    assert said(VIEW._replace(sweep=-0.5)) == []
    for event, is_choch, age in ((1, False, 3), (-1, True, 3), (1, True, None)):
        changed: dict[str, Any] = {
            "last_event": event,
            "is_last_event_choch": is_choch,
            "event_age_bars": age,
        }
        assert said(VIEW._replace(sweep=0.0, base=base._replace(**changed))) == []
        changed["event_age_bars"] = None if age is None else 1
        assert said(VIEW._replace(sweep=0.0, middle=middle._replace(**changed))) == []


def middle_change(age: int, bars_later: int, displacement_age: int) -> StructureView:
    middle = VIEW.middle._replace(is_last_event_choch=True, event_age_bars=age)
    return VIEW._replace(
        sweep=0.0,
        middle=middle,
        open_time_ms=OPEN_MS + bars_later * BASE_STEP,
        displacement_age_bars=displacement_age,
    )


def test_a_change_on_the_middle_frame_is_as_old_as_its_close_in_base_bars() -> None:
    assert said(middle_change(age=1, bars_later=2, displacement_age=0))[0] == (
        "change of character up on the middle frame 5 bars ago"
    )
    assert said(middle_change(age=2, bars_later=0, displacement_age=0))[0] == (
        "change of character up on the middle frame 6 bars ago"
    )
    assert said(middle_change(age=2, bars_later=1, displacement_age=0)) == []


@pytest.mark.parametrize(("displacement_age", "confirms"), [(0, True), (2, True), (3, False)])
def test_a_displacement_within_the_middle_bar_of_the_change_came_with_it(
    displacement_age: int, confirms: bool
) -> None:
    assert bool(said(middle_change(0, 0, displacement_age))) is confirms


def test_the_earlier_of_two_triggers_is_left_out_when_no_displacement_followed_it() -> None:
    base = VIEW.base._replace(is_last_event_choch=True, event_age_bars=2)
    assert said(VIEW._replace(base=base)) == [
        "sell-side liquidity swept 5 bars ago",
        "displacement up 3 bars ago",
    ]


def test_relaxed_takes_any_one_confirmation() -> None:
    assert said(QUIET._replace(sweep=0.5, sweep_age_bars=0), rules=RELAXED) == [
        "sell-side liquidity swept 0 bars ago"
    ]
    assert said(VIEW._replace(sweep=0.0), rules=RELAXED) == ["displacement up 3 bars ago"]
    assert len(said(VIEW._replace(sweep_age_bars=1), rules=RELAXED)) == 2


def test_a_confirmation_speaks_plainly() -> None:
    assert Confirmation("displacement up", 3, 3).in_words() == "displacement up 3 bars ago"
    assert Confirmation("displacement up", 1, 1).in_words() == "displacement up 1 bar ago"
