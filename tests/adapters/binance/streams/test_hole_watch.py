"""Closed candles: each once, in order, none behind a hole."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.hole_watch import (
    CandleEvent,
    CandleHole,
    CandleRebuilt,
    CandleSequence,
    WarmUpNeeded,
)
from domain.market.candle import Candle
from domain.tape import CandleClosed

STEP_MS = 60_000


def candle(minute: int, close: float = 100.0) -> Candle:
    return Candle(minute * STEP_MS, 100.0, 101.0, 99.0, close, 5.0, 2.0)


def closed(minute: int, close: float = 100.0) -> CandleClosed:
    return CandleClosed((minute + 1) * STEP_MS, "BTCUSDT", candle(minute, close))


def rebuilt(minute: int) -> CandleRebuilt:
    return CandleRebuilt((minute + 1) * STEP_MS, "BTCUSDT", candle(minute))


def sequence(*minutes: int) -> CandleSequence:
    made = CandleSequence("BTCUSDT", STEP_MS)
    for minute in minutes:
        made.closed(candle(minute))
    return made


def test_the_first_candle_begins_the_sequence_and_the_next_follows() -> None:
    made = CandleSequence("BTCUSDT", STEP_MS)
    assert [*made.closed(candle(7)), *made.closed(candle(8))] == [closed(7), closed(8)]


def test_a_candle_told_twice_is_counted_and_dropped() -> None:
    made = sequence(1, 2)
    assert made.closed(candle(2)) == ()
    assert (made.duplicates, made.late) == (1, 0)


def test_candles_behind_a_hole_wait_for_it() -> None:
    made = sequence(1)
    assert not made.closed(candle(4, close=9.0))
    assert not made.closed(candle(5))
    assert made.hole == CandleHole("BTCUSDT", 2 * STEP_MS, 4 * STEP_MS, 100.0)
    events = made.filled(made.hole, [candle(2), candle(3)])
    assert events == (rebuilt(2), rebuilt(3), closed(4, 9.0), closed(5))
    assert made.hole is None


def test_a_real_candle_that_comes_late_is_preferred_to_a_rebuilt_one() -> None:
    made = sequence(1)
    made.closed(candle(5))
    hole = made.hole
    assert hole is not None
    assert made.closed(candle(3, close=7.0)) == []
    assert made.closed(candle(2)) == [closed(2), closed(3, 7.0)]
    assert made.hole == hole
    assert made.filled(hole, [candle(2), candle(3), candle(4)]) == (rebuilt(4), closed(5))
    made.closed(candle(3))
    assert (made.duplicates, made.late) == (0, 1)


def test_a_hole_that_closes_by_itself_needs_no_filling() -> None:
    made = sequence(1)
    made.closed(candle(3))
    hole = made.hole
    assert hole is not None
    assert made.closed(candle(2)) == [closed(2), closed(3)]
    assert made.hole is None
    assert made.filled(hole, [candle(2)]) == ()
    assert made.gave_up(hole, "late") == ()


def test_a_hole_is_seen_as_soon_as_a_later_candle_is_under_way() -> None:
    made = sequence(1)
    made.began(2 * STEP_MS)
    holes = [made.hole]
    made.began(3 * STEP_MS)
    holes.append(made.hole)
    made.began(4 * STEP_MS)
    holes.append(made.hole)
    hole = CandleHole("BTCUSDT", 2 * STEP_MS, 3 * STEP_MS, 100.0)
    assert holes == [None, hole, hole]
    assert made.filled(hole, [candle(2)]) == (rebuilt(2),)


def test_before_the_first_candle_nothing_is_missed() -> None:
    made = CandleSequence("BTCUSDT", STEP_MS)
    made.began(9 * STEP_MS)
    assert made.hole is None


def test_history_that_was_read_before_is_continued() -> None:
    made = CandleSequence("BTCUSDT", STEP_MS, last=candle(5, close=42.0))
    made.closed(candle(8))
    assert made.hole == CandleHole("BTCUSDT", 6 * STEP_MS, 8 * STEP_MS, 42.0)


def test_a_hole_given_up_asks_for_a_new_warm_up_and_goes_on_behind_it() -> None:
    made = sequence(1)
    made.closed(candle(4))
    assert made.hole is not None
    assert made.gave_up(made.hole, "too long") == (
        WarmUpNeeded(4 * STEP_MS, "BTCUSDT", 2 * STEP_MS, 4 * STEP_MS, "too long"),
        closed(4),
    )


def test_a_filling_that_lacks_a_candle_gives_the_rest_up() -> None:
    made = sequence(1)
    made.closed(candle(4))
    assert made.hole is not None
    events = made.filled(made.hole, [candle(2)])
    assert [type(event) for event in events] == [CandleRebuilt, WarmUpNeeded, CandleClosed]


def test_a_second_hole_waits_for_the_first() -> None:
    made = sequence(1)
    made.closed(candle(3))
    made.closed(candle(5))
    assert made.hole is not None
    assert made.filled(made.hole, [candle(2)]) == (rebuilt(2), closed(3))
    assert made.hole == CandleHole("BTCUSDT", 4 * STEP_MS, 5 * STEP_MS, 100.0)


arrivals = st.lists(st.one_of(st.integers(1, 30), st.sampled_from(["fill", "give up"])), max_size=60)


@given(arrivals)
def test_whatever_comes_every_minute_is_told_once_in_order_or_given_up(steps: list[int | str]) -> None:
    made = sequence(0)
    told: list[CandleEvent] = []
    for step in steps:
        told += _after(made, step)
    while made.hole is not None:
        told += _after(made, "fill")

    ends = [event.at_ms for event in told if not isinstance(event, WarmUpNeeded)]
    assert ends == sorted(set(ends))
    next_ms = STEP_MS
    for event in told:
        if isinstance(event, WarmUpNeeded):
            assert event.from_ms == next_ms
            next_ms = event.until_ms
        else:
            assert event.candle.open_time_ms == next_ms
            next_ms = event.at_ms
    heard = max((step for step in steps if isinstance(step, int)), default=0)
    assert next_ms == (heard + 1) * STEP_MS
    assert all(earlier < later for earlier, later in pairwise(ends))


def _after(made: CandleSequence, step: int | str) -> Sequence[CandleEvent]:
    if isinstance(step, int):
        return made.closed(candle(step))
    hole = made.hole
    if hole is None:
        return ()
    if step == "give up":
        return made.gave_up(hole, "told to")
    return made.filled(
        hole, [candle(minute) for minute in range(hole.from_ms // STEP_MS, hole.until_ms // STEP_MS)]
    )
