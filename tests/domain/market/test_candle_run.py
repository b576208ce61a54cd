import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.candle import Candle
from domain.market.candle_run import CandleList, is_plain
from domain.market.tape_audit import RepairPolicy, TapeAuditor

STEP_MS = 60_000
GOOD = Candle(0, 10.0, 12.0, 9.0, 11.0, 5.0, 2.0)


def at(minute: int) -> Candle:
    return GOOD._replace(open_time_ms=minute * STEP_MS)


RUN = CandleList([at(minute) for minute in range(6)])

odd_numbers = st.sampled_from([0.0, -1.0, math.nan, math.inf, 1e308, 9.0, 10.0, 12.0, 5.0])
rows = st.lists(
    st.tuples(
        st.sampled_from([1] * 12 + [0, 2, -1]),
        st.just(GOOD) | st.builds(Candle, st.just(0), *[odd_numbers] * 6),
        st.sampled_from([0] * 9 + [1]),
    ),
    max_size=12,
)


def test_a_part_gives_the_candles_between() -> None:
    part = RUN.part(2, 5)
    assert len(part) == 3
    assert [part.candle(index) for index in range(3)] == [at(2), at(3), at(4)]
    assert [part.part(1, 2).candle(0)] == [at(3)]
    assert len(RUN.part(6, 6)) == 0


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 4)])
def test_there_is_no_part_outside(start: int, end: int) -> None:
    with pytest.raises(IndexError):
        RUN.part(0, 3).part(start, end)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_candle_outside(index: int) -> None:
    with pytest.raises(IndexError):
        RUN.part(0, 3).candle(index)


@pytest.mark.parametrize(
    ("odd", "is_found"),
    [({"low": 8.0}, True), ({"low": 8.1}, False), ({"high": 13.0}, True), ({"volume": -1.0}, True)],
)
def test_the_first_candle_that_reaches_a_price_or_cannot_be_true_is_found(
    odd: dict[str, float], is_found: bool
) -> None:
    candles = [at(minute) for minute in range(6)]
    candles[4] = Candle(**{**candles[4]._asdict(), **odd})
    part = CandleList(candles).part(1, 6)
    assert part.first_reaching(1, 5, 8.0, 13.0) == (3 if is_found else 5)
    assert part.first_reaching(4, 5, 8.0, 13.0) == 5
    assert part.first_reaching(0, 3, 8.0, 13.0) == 3


def test_rows_in_line_are_plain_to_their_end() -> None:
    assert RUN.plain_until(0, 0, STEP_MS) == 6
    assert RUN.plain_until(2, 2 * STEP_MS, STEP_MS) == 6
    assert RUN.part(1, 4).plain_until(1, 2 * STEP_MS, STEP_MS) == 3
    assert RUN.plain_until(6, 0, STEP_MS) == 6


def test_a_row_that_is_not_due_ends_the_stretch() -> None:
    assert RUN.plain_until(2, STEP_MS, STEP_MS) == 2
    assert CandleList([at(0), at(1), at(3)]).plain_until(0, 0, STEP_MS) == 2


def test_a_close_time_that_is_told_must_be_right() -> None:
    closes = [59_999, 120_000, 179_999]
    told = CandleList([at(0), at(1), at(2)], closes)
    assert told.plain_until(0, 0, STEP_MS) == 1
    assert told.part(1, 3).plain_until(1, 2 * STEP_MS, STEP_MS) == 2


def test_plain_is_what_can_be_true_and_was_traded() -> None:
    assert is_plain(GOOD)
    assert is_plain(GOOD._replace(taker_buy_volume=math.nan))
    assert not is_plain(GOOD._replace(volume=0.0, taker_buy_volume=0.0))
    assert not is_plain(GOOD._replace(low=13.0))


@given(rows)
def test_a_plain_stretch_is_what_the_auditor_keeps_without_a_word(
    drawn: list[tuple[int, Candle, int]],
) -> None:
    candles, closes, minute = [at(0)], [STEP_MS - 1], 0
    for step, candle, late_ms in drawn:
        minute += step
        candles.append(candle._replace(open_time_ms=minute * STEP_MS))
        closes.append((minute + 1) * STEP_MS - 1 + late_ms)
    tape = CandleList(candles, closes)
    by_row, at_once = (TapeAuditor(STEP_MS, RepairPolicy.REPAIR) for _ in range(2))
    for auditor in (by_row, at_once):
        auditor.admit(1, candles[0], closes[0])
    end = tape.plain_until(1, STEP_MS, STEP_MS)
    quiet = by_row.result().counts
    for index in range(1, end):
        assert by_row.admit(index + 1, candles[index], closes[index])
    if end > 1:
        at_once.admit_plain(end - 1, candles[end - 1])
    assert by_row.result().counts == quiet
    assert at_once.result() == by_row.result()
    assert at_once.due_ms == by_row.due_ms
    if end < len(candles):
        kept = by_row.admit(end + 1, candles[end], closes[end])
        assert not kept or by_row.result().counts != quiet
