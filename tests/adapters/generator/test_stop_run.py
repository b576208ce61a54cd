"""Tests of planted stop runs: they run the stops, and they pay as much as was asked for."""

from functools import cache

import numpy as np
import pytest

from adapters.generator.generated_tape import CHUNK, GeneratedTape
from adapters.generator.generator_settings import GeneratorSettings
from adapters.generator.stop_run import PlantedStopRun
from domain.market.timeframe import MINUTE_MS
from tests.adapters.generator.generated_columns import column

HOLD = 60
ATR_PER_MEAN_MOVE = 4.4


@cache
def _tape(strength: float, symbol: str = "SIMAUSDT") -> GeneratedTape:
    return GeneratedTape(GeneratorSettings(seed=21, candles=18 * CHUNK, edge_strength=strength), symbol)


def _stories(tape: GeneratedTape) -> list[PlantedStopRun]:
    return [story for story in tape.planted() if story.turned and story.returned]


def _drift_in_atr(strength: float, *, is_backed: bool) -> tuple[float, float]:
    """Give mean and standard error of what the return's trader earns in an hour, over three symbols."""
    earned = []
    for symbol in ("SIMAUSDT", "SIMBUSDT", "SIMCUSDT"):
        tape = _tape(strength, symbol)
        closes = np.log(column(tape, "close"))
        sizes = np.abs(np.diff(closes))
        for story in _stories(tape):
            if story.is_backed is not is_backed:
                continue
            entered = (story.entered_at_ms - tape.span_ms[0]) // MINUTE_MS - 1
            atr = ATR_PER_MEAN_MOVE * sizes[entered - 120 : entered].mean()
            earned.append(story.direction.sign * (closes[entered + HOLD] - closes[entered]) / atr)
    return float(np.mean(earned)), float(np.std(earned) / len(earned) ** 0.5)


def test_a_planted_edge_pays_in_proportion_to_its_strength() -> None:
    weak, weak_error = _drift_in_atr(0.3, is_backed=True)
    strong, strong_error = _drift_in_atr(1.0, is_backed=True)
    assert weak > 5.0 * weak_error
    assert strong > 10.0 * strong_error
    assert strong / weak == pytest.approx(1.0 / 0.3, rel=0.35)


def test_a_stop_run_that_nobody_is_behind_costs_who_trades_its_return() -> None:
    drift, error = _drift_in_atr(1.0, is_backed=False)
    assert drift < -10.0 * error


@pytest.mark.parametrize("is_backed", [True, False])
def test_without_strength_the_same_story_pays_nothing(*, is_backed: bool) -> None:
    drift, error = _drift_in_atr(0.0, is_backed=is_backed)
    assert abs(drift) < 3.5 * error
    assert abs(drift) < 0.7


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_stop_run_pierces_the_extreme_of_the_hours_before(strength: float) -> None:
    tape = _tape(strength)
    closes = column(tape, "close")
    stories = list(tape.planted())
    for story in stories:
        pierced = (story.pierced_at_ms - tape.span_ms[0]) // MINUTE_MS
        before = story.direction.sign * closes[pierced - 140 : pierced - 10]
        assert story.direction.sign * closes[pierced] < before.min()
    assert len(stories) > 50


def test_coins_are_fair_without_strength_and_loaded_with_it() -> None:
    fair, loaded = (list(_tape(strength).planted()) for strength in (0.0, 1.0))
    assert np.mean([story.turned for story in fair]) == pytest.approx(0.5, abs=0.12)
    assert np.mean([story.returned for story in fair]) == pytest.approx(0.5, abs=0.12)
    assert np.mean([story.turned and story.returned for story in loaded]) > 0.8
    assert np.mean([story.is_backed for story in fair + loaded]) == pytest.approx(0.7, abs=0.05)
    assert len(loaded) > 2 * len(fair)


def test_displacements_fill_whole_five_minute_candles() -> None:
    assert {story.pierced_at_ms // MINUTE_MS % 5 for story in _tape(1.0).planted()} == {4}


def test_no_story_reaches_beyond_the_end_of_a_tape() -> None:
    whole = _tape(1.0)
    cut_at = _stories(whole)[3].ends_at_ms - MINUTE_MS
    length = (cut_at - whole.span_ms[0]) // MINUTE_MS
    short = GeneratedTape(GeneratorSettings(seed=21, candles=length, edge_strength=1.0), "SIMAUSDT")
    assert list(short.planted()) == [story for story in whole.planted() if story.ends_at_ms <= cut_at]
