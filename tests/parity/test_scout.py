"""The compiled scout and its readable twin stop at the same candles, whatever the rules and the chart."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.native.candle_aggregator import NativeCandleAggregator
from adapters.native.candle_run import NativeCandleRun, NativeRunMaker
from adapters.native.scout import NativeScout
from adapters.native.structure_engine import NativeStructureEngine
from application.ports.scout import Scout
from domain.market.candle import Candle, CandleRefused
from domain.market.candle_run import CandleList, CandleRun
from domain.setup.scout import Scout as ReferenceScout
from domain.setup.setup_rules import EntryStyle, SetupRules
from tests.domain.structure.charts import STEP_MS, smooth, wandering, without_takers
from tests.parity.mutants import CROWDED
from tests.parity.test_candle_aggregator import bits_of, tapes
from tests.tape_samples import columns_of

MAKER = NativeRunMaker()
rules = st.builds(
    SetupRules,
    is_relaxed=st.booleans(),
    entry=st.sampled_from(EntryStyle),
    trigger_max_age_bars=st.sampled_from([0, 3, 24, 10**30]),
    displacement_max_age_bars=st.sampled_from([0, 3, 24, 10**30]),
    zone_reach_atr=st.sampled_from([0, 0.5, 3.0, 40.0]),
)
charts = st.sampled_from([wandering, smooth, lambda count, seed: without_takers(smooth(count, seed))])


def stops_of(scout: Scout, run: CandleRun) -> list[int]:
    stops, at = [], 0
    while at < len(run):
        at += scout.ahead(run.part(at, len(run)))
        stops.append(at)
        at += 1
    return stops


def both_stop_at(tape: list[Candle], wanted: SetupRules, step_ms: int = STEP_MS) -> list[int]:
    compiled = stops_of(NativeScout(step_ms, wanted), MAKER.of_candles(tape))
    assert compiled == stops_of(ReferenceScout(step_ms, wanted), CandleList(tape))
    return compiled


@given(charts, st.integers(0, 10_000), rules)
def test_both_stop_at_the_same_bars(chart: object, seed: int, wanted: SetupRules) -> None:
    assert callable(chart)
    both_stop_at(chart(500, seed), wanted)


@pytest.mark.parametrize("entry", EntryStyle)
@pytest.mark.parametrize("is_relaxed", [False, True])
def test_both_stop_often_enough_to_mean_something(entry: EntryStyle, is_relaxed: bool) -> None:
    tape = wandering(4_000, 5)
    assert len(both_stop_at(tape, SetupRules(is_relaxed=is_relaxed, entry=entry))) > 40


def test_both_stop_at_the_same_bars_of_a_crowded_chart() -> None:
    tape, wanted = wandering(1_000, 9), SetupRules(zone_reach_atr=1.0)
    compiled = stops_of(NativeScout(STEP_MS, wanted, CROWDED), MAKER.of_candles(tape))
    assert compiled == stops_of(ReferenceScout(STEP_MS, wanted, CROWDED), CandleList(tape))


@given(tapes(60_000), rules)
def test_both_stop_at_the_same_broken_minutes(tape: list[Candle], wanted: SetupRules) -> None:
    both_stop_at(tape, wanted, 60_000)


@given(st.integers(0, 30), st.integers(0, 400), st.integers(0, 400), rules)
def test_both_go_on_alike_after_what_they_only_followed(
    seed: int, one: int, other: int, wanted: SetupRules
) -> None:
    start, end = sorted((one, other))
    tape = wandering(400, seed)
    answers = []
    for scout, run in (
        (NativeScout(STEP_MS, wanted), MAKER.of_candles(tape)),
        (ReferenceScout(STEP_MS, wanted), CandleList(tape)),
    ):
        scout.follow(run.part(0, start))
        answers.append((stops_of(scout, run.part(start, end)), stops_of(scout, run.part(end, len(run)))))
    assert answers[0] == answers[1]


@given(tapes(60_000), st.integers(0, 3), st.booleans(), st.randoms(use_true_random=False))
def test_both_call_the_same_rows_plain(
    tape: list[Candle], start: int, are_told: bool, chance: random.Random
) -> None:
    closes = [
        candle.open_time_ms + 60_000 - chance.choice([1] * 12 + [0]) if are_told else None for candle in tape
    ]
    start = min(start, len(tape))
    known = [
        candle.open_time_ms + 59_999 if told is None else told
        for candle, told in zip(tape, closes, strict=True)
    ]
    readable = CandleList(tape, known if are_told else None)
    rows = [(index, *row) for index, row in enumerate(zip(tape, closes, strict=True), 1)]
    compiled = MAKER.of_columns(columns_of(rows)) if rows else MAKER.of_candles([])
    for due_ms in {candle.open_time_ms for candle in tape} | {0}:
        expected = readable.plain_until(start, due_ms, 60_000)
        assert compiled.plain_until(start, due_ms, 60_000) == expected
        part = compiled.part(start, len(tape))
        assert part.plain_until(0, due_ms, 60_000) == expected - start


@given(tapes(60_000), st.integers(0, 40), st.integers(0, 40), st.tuples(*[st.floats()] * 2))
def test_both_find_the_same_candle_that_reaches_a_price(
    tape: list[Candle], one: int, other: int, calm: tuple[float, float]
) -> None:
    start, end = sorted((min(one, len(tape)), min(other, len(tape))))
    found = MAKER.of_candles(tape).first_reaching(start, end, *calm)
    assert found == CandleList(tape).first_reaching(start, end, *calm)


def test_columns_and_candles_make_the_same_run() -> None:
    tape = without_takers(smooth(50, 1))
    rows = [(row, candle, None) for row, candle in enumerate(tape, 1)]
    by_columns, one_by_one = MAKER.of_columns(columns_of(rows)), MAKER.of_candles(tape)
    for run in (by_columns, one_by_one):
        assert [bits_of(run.candle(index)) for index in range(len(run))] == [bits_of(bar) for bar in tape]
        part = run.part(10, 20).part(2, 5)
        assert (len(part), bits_of(part.candle(0))) == (3, bits_of(tape[12]))


@pytest.mark.parametrize(("start", "end"), [(3, 2), (0, 51)])
def test_there_is_nothing_outside_a_run(start: int, end: int) -> None:
    run = MAKER.of_candles(smooth(50, 1))
    with pytest.raises(IndexError):
        run.part(start, end)
    with pytest.raises(IndexError):
        run.candle(50)
    with pytest.raises(IndexError):
        run.first_reaching(start, 51, 0.0, 1.0)


def test_a_compiled_run_and_a_list_are_taken_alike() -> None:
    tape = smooth(200, 4)
    by_list, by_run = (
        NativeCandleAggregator(STEP_MS, 3 * STEP_MS),
        NativeCandleAggregator(STEP_MS, 3 * STEP_MS),
    )
    closed = [by_list.take(CandleList(tape)), by_run.take(MAKER.of_candles(tape))]
    one, other = NativeStructureEngine(), NativeStructureEngine()
    one.take(closed[0])
    for index in range(len(closed[1])):
        other.update(closed[1].candle(index))
    assert one.snapshot() == other.snapshot()
    assert one.view() == other.view()


def test_a_refused_candle_of_a_run_is_named() -> None:
    tape = smooth(10, 4)
    tape[6] = tape[6]._replace(volume=-1.0)
    with pytest.raises(CandleRefused) as refused:
        NativeCandleAggregator(STEP_MS, STEP_MS).take(MAKER.of_candles(tape))
    assert refused.value.candle == tape[6]
    engine, six = NativeStructureEngine(), NativeStructureEngine()
    with pytest.raises(CandleRefused) as refused:
        engine.take(MAKER.of_candles(tape))
    assert refused.value.candle == tape[6]
    six.take(MAKER.of_candles(tape[:6]))
    assert engine.snapshot() == six.snapshot()


def test_columns_of_different_lengths_are_refused() -> None:
    columns = columns_of([(1, smooth(1, 1)[0], None)])
    with pytest.raises(ValueError, match="differ in length"):
        MAKER.of_columns(columns._replace(open=columns.open[:0]))


def test_the_scout_refuses_lengths_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        NativeScout(7, replace(SetupRules()))


def test_an_empty_run_is_nothing_to_anybody() -> None:
    nothing: NativeCandleRun = MAKER.of_candles([])
    assert NativeScout(STEP_MS, SetupRules()).ahead(nothing) == len(nothing) == 0
    assert math.isnan(NativeStructureEngine().update(smooth(1, 1)[0])[0])
