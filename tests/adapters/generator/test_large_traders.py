"""Tests of the marks that large traders leave: only while it happens, and only where there is an edge."""

import numpy as np
import pytest

from adapters.generator.generated_tape import CHUNK, GeneratedTape
from adapters.generator.generator_settings import FIRST_MONDAY_MS, GeneratorSettings
from adapters.generator.large_traders import footprints
from adapters.generator.steady_arithmetic import Floats
from adapters.generator.stop_run import PlantedStopRun
from domain.market.direction import Direction
from domain.market.timeframe import MINUTE_MS
from tests.adapters.generator.generated_columns import column

TIMES = FIRST_MONDAY_MS + np.arange(100, dtype=np.int64) * MINUTE_MS
PIERCED, RETURNED = 10, 45


def _stop_run(direction: Direction, *, is_backed: bool) -> PlantedStopRun:
    return PlantedStopRun(
        pierced_at_ms=FIRST_MONDAY_MS + PIERCED * MINUTE_MS,
        entered_at_ms=FIRST_MONDAY_MS + (RETURNED + 1) * MINUTE_MS,
        ends_at_ms=FIRST_MONDAY_MS + 90 * MINUTE_MS,
        direction=direction,
        turned=True,
        returned=True,
        is_backed=is_backed,
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_large_traders_are_busy_on_the_side_of_the_turn(direction: Direction) -> None:
    marks = footprints([_stop_run(direction, is_backed=True)], TIMES, 1.0)
    inside = slice(PIERCED, RETURNED + 1)
    assert (marks.log_volume[inside] > 0.0).all()
    assert (marks.pressure[inside] * direction.sign > 0.0).all()


@pytest.mark.parametrize("direction", list(Direction))
def test_without_them_a_thin_market_goes_on_with_the_stops(direction: Direction) -> None:
    marks = footprints([_stop_run(direction, is_backed=False)], TIMES, 1.0)
    inside = slice(PIERCED, RETURNED + 1)
    assert (marks.log_volume[inside] < 0.0).all()
    assert (marks.pressure[inside] * direction.sign < 0.0).all()


@pytest.mark.parametrize("is_backed", [True, False])
def test_nothing_is_marked_before_the_level_is_pierced_or_once_price_is_back(*, is_backed: bool) -> None:
    marks = footprints([_stop_run(Direction.LONG, is_backed=is_backed)], TIMES, 1.0)
    for mark in (marks.log_volume, marks.pressure):
        assert np.flatnonzero(mark).tolist() == list(range(PIERCED, RETURNED + 1))


def test_without_strength_there_are_no_marks_and_half_of_it_gives_half() -> None:
    stop_run = _stop_run(Direction.SHORT, is_backed=True)
    none, half, whole = (footprints([stop_run], TIMES, strength) for strength in (0.0, 0.5, 1.0))
    assert not none.log_volume.any()
    assert not none.pressure.any()
    assert (half.log_volume * 2.0 == whole.log_volume).all()
    assert (half.pressure * 2.0 == whole.pressure).all()


def _traded_while_it_happens(tape: GeneratedTape, *, is_backed: bool) -> tuple[Floats, Floats]:
    """Give for each story its volume against the hour before, and takers' share on the side of the turn."""
    volumes, bought = column(tape, "volume"), column(tape, "taker_buy_volume")
    busy, leaning = [], []
    for story in tape.planted():
        start = (story.pierced_at_ms - tape.span_ms[0]) // MINUTE_MS
        end = (story.entered_at_ms - tape.span_ms[0]) // MINUTE_MS
        if story.is_backed is is_backed:
            busy.append(volumes[start:end].mean() / volumes[start - 60 : start].mean())
            leaning.append(story.direction.sign * (bought[start:end].sum() / volumes[start:end].sum() - 0.5))
    return np.array(busy), np.array(leaning)


def test_volume_and_takers_on_the_tape_tell_the_two_apart() -> None:
    tape = GeneratedTape(GeneratorSettings(seed=21, candles=4 * CHUNK, edge_strength=1.0), "SIMBUSDT")
    backed, backed_leaning = _traded_while_it_happens(tape, is_backed=True)
    bare, bare_leaning = _traded_while_it_happens(tape, is_backed=False)
    assert np.median(backed) > 2.0 * np.median(bare)
    assert np.quantile(backed_leaning, 0.1) > np.quantile(bare_leaning, 0.9)
