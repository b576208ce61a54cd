"""Tests of joining files into one tape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from domain.market.tape_audit import RepairPolicy, TapeRemark
from domain.market.timeframe import MINUTE_MS
from tests.tape_samples import START_MS, ListedPart, steady_candles

WHOLE = steady_candles(40)


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
