from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.market.candle import LARGEST, Candle
from domain.market.candle_run import CandleList
from domain.market.timeframe import DAY_MS
from domain.setup.first_look import may_offer_entry
from domain.setup.scout import Scout
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_engine import StructureEngine
from tests.domain.structure.charts import STEP_MS, wandering

RELAXED = SetupRules(is_relaxed=True, zone_reach_atr=20.0)


def stops_of(scout: Scout, candles: list[Candle], pieces: int = 1) -> list[int]:
    """Ride over a tape, cut in some pieces, and tell the candles that are for the desk."""
    stops, at = [], 0
    ends = [len(candles) * piece // pieces for piece in range(1, pieces + 1)]
    for end in ends:
        while at < end:
            at += scout.ahead(CandleList(candles).part(at, end))
            if at < end:
                stops.append(at)
                at += 1
    return stops


def calls_of(candles: list[Candle], rules: SetupRules) -> list[int]:
    """Tell the same by looking at every bar."""
    engine, calls = StructureEngine(), []
    for number, bar in enumerate(candles):
        engine.update(bar)
        ends_a_day = (bar.open_time_ms + STEP_MS) % DAY_MS == 0
        if ends_a_day or may_offer_entry(engine.view(), rules):
            calls.append(number)
    return calls


@settings(max_examples=15)
@given(st.integers(0, 20), st.integers(1, 7))
def test_it_stops_at_every_candle_a_desk_must_see_and_at_no_other(seed: int, pieces: int) -> None:
    tape = wandering(500, seed)
    assert stops_of(Scout(STEP_MS, RELAXED), tape, pieces) == calls_of(tape, RELAXED)


def test_some_charts_do_offer_something() -> None:
    stops = stops_of(Scout(STEP_MS, RELAXED), wandering(1_500, 3))
    assert len(stops) > 1_500 // 288


@settings(max_examples=15)
@given(st.integers(0, 20), st.integers(0, 500), st.integers(0, 500))
def test_what_the_desk_was_shown_changes_nothing_for_what_comes_after(
    seed: int, one: int, other: int
) -> None:
    start, end = sorted((one, other))
    tape = wandering(500, seed)
    scout, run = Scout(STEP_MS, RELAXED), CandleList(tape)
    stops_of(scout, tape[:start])
    scout.follow(run.part(start, end))
    after = [end + stop for stop in stops_of(scout, tape[end:])]
    assert after == [call for call in calls_of(tape, RELAXED) if call >= end]


def test_quiet_minutes_are_passed_over_until_the_day_ends() -> None:
    minutes = [Candle(minute * 60_000, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5) for minute in range(2 * 1_440)]
    assert stops_of(Scout(60_000, SetupRules()), minutes) == [1_439, 2_879]


@pytest.mark.parametrize("fault", [{"low": -1.0}, {"open_time_ms": 0}, {"open_time_ms": 7}])
def test_a_candle_that_is_refused_is_for_the_desk(fault: dict[str, float]) -> None:
    tape = wandering(20, 1)
    tape[7] = Candle(**{**tape[7]._asdict(), **fault})
    assert stops_of(Scout(STEP_MS, SetupRules()), tape) == [7]


def test_a_bar_that_the_structure_refuses_is_for_the_desk() -> None:
    minutes = [Candle(minute * 60_000, 1.0, 1.0, 1.0, 1.0, LARGEST, 0.0) for minute in range(5)]
    assert stops_of(Scout(60_000, SetupRules()), minutes) == [4]


def test_lengths_must_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Scout(7, SetupRules())


def test_the_rules_are_those_it_was_given() -> None:
    tape = wandering(1_500, 3)
    strict = replace(RELAXED, is_relaxed=False)
    assert stops_of(Scout(STEP_MS, strict), tape) == calls_of(tape, strict) != calls_of(tape, RELAXED)
