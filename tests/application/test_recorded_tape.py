"""Tests of joining files into one tape."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.native.candle_run import NativeRunMaker
from application.ports.candle_tape import TapeReading, TapeRefused
from application.ports.run_maker import RunMaker
from application.recorded_tape import RecordedTape, TapeRow
from domain.market.candle import Candle
from domain.market.tape_audit import RepairPolicy, TapeAudit, TapeRemark
from domain.market.timeframe import MINUTE_MS
from tests.fakes.run_maker import ListMaker
from tests.tape_samples import START_MS, ListedPart, same_candles, steady_candles

WHOLE = steady_candles(40)
MAKERS: list[RunMaker] = [ListMaker(), NativeRunMaker()]


def test_files_given_in_any_order_are_read_in_time_order() -> None:
    tape = RecordedTape([ListedPart.of("late", WHOLE[20:]), ListedPart.of("early", WHOLE[:20])])
    assert list(tape.candles()) == WHOLE
    assert tape.length == 40


@given(st.lists(st.tuples(st.integers(0, 39), st.integers(1, 40)), min_size=1, max_size=6))
def test_overlapping_files_that_agree_give_each_candle_once(spans: list[tuple[int, int]]) -> None:
    parts = [ListedPart.of(f"from {start}", WHOLE[start : start + count]) for start, count in spans]
    reading = RecordedTape(parts).read()
    expected = sorted({candle for start, count in spans for candle in WHOLE[start : start + count]})
    assert list(reading.candles) == expected
    repeated = sum(part.length for part in parts) - len(expected)
    assert reading.audit.count(TapeRemark.IDENTICAL_DUPLICATE) == repeated


def test_overlapping_files_that_disagree_are_refused_with_file_and_row() -> None:
    other = [candle._replace(volume=9.0) for candle in WHOLE[10:30]]
    tape = RecordedTape([ListedPart.of("one", WHOLE[:20]), ListedPart.of("two", other)])
    with pytest.raises(TapeRefused) as refused:
        list(tape.candles())
    assert (refused.value.file, refused.value.row) == ("two", 1)
    assert "has the open time of the candle before it and other numbers" in str(refused.value)


def test_repair_keeps_the_first_of_two_that_disagree() -> None:
    other = [candle._replace(volume=9.0) for candle in WHOLE[10:30]]
    parts = [ListedPart.of("one", WHOLE[:20]), ListedPart.of("two", other)]
    reading = RecordedTape(parts, RepairPolicy.REPAIR).read()
    assert list(reading.candles) == [*WHOLE[:20], *other[10:]]
    assert reading.audit.count(TapeRemark.CONFLICTING_DUPLICATE) == 10


def test_files_outside_the_window_are_not_touched() -> None:
    torn = ListedPart.of("torn", [WHOLE[0]._replace(low=-1.0), *WHOLE[1:10]])
    tape = RecordedTape([torn, ListedPart.of("good", WHOLE[10:20]), ListedPart.of("late", WHOLE[20:])])
    window = (START_MS + 10 * MINUTE_MS, START_MS + 20 * MINUTE_MS)
    assert list(tape.candles(*window)) == WHOLE[10:20]


def test_a_file_of_another_symbol_or_timeframe_is_refused() -> None:
    one = ListedPart.of("one", WHOLE[:20])
    with pytest.raises(TapeRefused, match="two: wrong symbol: expected BTCUSDT, found ETHUSDT"):
        RecordedTape([one, ListedPart.of("two", WHOLE[20:], "ETHUSDT")])
    longer = ListedPart("two", [(1, WHOLE[30], None)], step_ms=300_000)
    with pytest.raises(TapeRefused, match="two: its candles last 300000 ms, those of one 60000 ms"):
        RecordedTape([one, longer])


def given_of(reading: TapeReading, maker: RunMaker | None) -> tuple[list[Candle], TapeAudit, str]:
    """Tell which candles a pass gives, one by one or as runs, what its audit says, and how it ends."""
    candles: list[Candle] = []
    end = ""
    try:
        if maker is None:
            candles.extend(reading.candles)
        else:
            for run in reading.runs(maker):
                held = [run.candle(index) for index in range(len(run))]
                times = [candle.open_time_ms for candle in held]
                assert times == list(range(times[0], times[0] + len(run) * MINUTE_MS, MINUTE_MS))
                candles.extend(held)
    except TapeRefused as refused:
        end = str(refused)
    return candles, reading.audit, end


@st.composite
def odd_tapes(draw: st.DrawFn) -> list[ListedPart]:
    """Draw files whose rows are mostly in line, with holes, repetitions and rows that cannot be true."""
    parts, minute = [], 0
    for number in range(draw(st.integers(1, 3))):
        rows: list[TapeRow] = []
        for row in range(1, draw(st.integers(1, 12)) + 1):
            candle = steady_candles(1, START_MS + minute * MINUTE_MS)[0]
            match draw(st.integers(0, 24)):
                case 0:
                    candle = candle._replace(low=-1.0)
                case 1:
                    candle = candle._replace(volume=0.0, taker_buy_volume=0.0)
                case 2:
                    candle = candle._replace(taker_buy_volume=math.nan)
                case 3:
                    candle = candle._replace(open_time_ms=candle.open_time_ms + 1)
                case 4:
                    candle = candle._replace(high=1e308, close=1e308, volume=1e308)
            told = candle.open_time_ms + MINUTE_MS - draw(st.sampled_from([1] * 20 + [2]))
            rows.append((row, candle, draw(st.sampled_from([told] * 9 + [None]))))
            minute += draw(st.sampled_from([1] * 24 + [0, 0, 2, 5, -1, -3]))
        parts.append(ListedPart(f"file {number}", rows, at_once=draw(st.sampled_from([1, 4, 100]))))
    return parts


@settings(max_examples=300)
@given(odd_tapes(), st.sampled_from(RepairPolicy), st.sampled_from(MAKERS), st.none() | st.integers(-2, 20))
def test_runs_hold_what_is_given_candle_by_candle(
    parts: list[ListedPart], policy: RepairPolicy, maker: RunMaker, from_minute: int | None
) -> None:
    tape = RecordedTape(parts, policy)
    from_ms = None if from_minute is None else START_MS + from_minute * MINUTE_MS
    one_by_one = given_of(tape.read(from_ms), None)
    in_runs = given_of(tape.read(from_ms), maker)
    assert same_candles(in_runs[0], one_by_one[0])
    assert in_runs[1:] == one_by_one[1:]


@pytest.mark.parametrize("maker", MAKERS)
def test_a_run_reaches_as_far_as_its_rows_were_read_at_once(maker: RunMaker) -> None:
    parts = [ListedPart.of("one", WHOLE[:20]), ListedPart.of("two", WHOLE[25:])]
    tape = RecordedTape(parts)
    assert [len(run) for run in tape.read().runs(maker)] == [3] * 6 + [2] + [3] * 5


@pytest.mark.parametrize("maker", MAKERS)
def test_overlapping_files_are_gathered_into_long_runs(maker: RunMaker) -> None:
    long = steady_candles(10_000)
    tape = RecordedTape([ListedPart.of("one", long[:9_000]), ListedPart.of("two", long[5:])])
    assert [len(run) for run in tape.read().runs(maker)] == [4_096, 4_096, 1_808]
