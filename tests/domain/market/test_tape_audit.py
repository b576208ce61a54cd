"""Tests of the audit every recorded candle passes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.candle import Candle, fault_within
from domain.market.tape_audit import (
    FAULTS,
    PLACES_KEPT,
    RepairPolicy,
    RowRefused,
    TapeAudit,
    TapeAuditor,
    TapeRemark,
)
from domain.market.timeframe import MINUTE_MS

START_MS = 1_700_000_040_000


def candle_at(minute: int, close: float = 100.0, volume: float = 5.0, taker_buy: float = 2.0) -> Candle:
    return Candle(START_MS + minute * MINUTE_MS, 100.0, 101.0, 99.0, close, volume, taker_buy)


def audited(
    candles: list[Candle], policy: RepairPolicy = RepairPolicy.STANDARD
) -> tuple[list[Candle], TapeAudit]:
    auditor = TapeAuditor(MINUTE_MS, policy)
    auditor.turn_to("tape.csv")
    kept = [
        candle
        for row, candle in enumerate(candles, 1)
        if auditor.admit(row, candle, candle.open_time_ms + MINUTE_MS - 1)
    ]
    return kept, auditor.result()


def refusal_of(candles: list[Candle], policy: RepairPolicy = RepairPolicy.STANDARD) -> RowRefused:
    with pytest.raises(RowRefused) as caught:
        audited(candles, policy)
    return caught.value


def test_a_faultless_tape_passes_whole_and_without_remark() -> None:
    candles = [candle_at(minute) for minute in range(5)]
    kept, audit = audited(candles, RepairPolicy.STRICT)
    assert kept == candles
    assert (audit.rows, audit.candles, audit.dropped) == (5, 5, 0)
    assert (audit.first_open_ms, audit.last_open_ms) == (START_MS, START_MS + 4 * MINUTE_MS)
    assert not any(audit.counts.values())
    assert audit.places == ()


def test_a_tape_of_which_nothing_was_read_has_no_span() -> None:
    audit = TapeAuditor(MINUTE_MS).result()
    assert (audit.rows, audit.candles, audit.first_open_ms, audit.last_open_ms) == (0, 0, None, None)


def test_eighty_missing_minutes_are_one_gap_that_is_counted_and_kept() -> None:
    kept, audit = audited([candle_at(0), candle_at(81), candle_at(82), candle_at(85)])
    assert len(kept) == 4
    assert audit.count(TapeRemark.GAP) == 2
    assert (audit.missing_candles, audit.longest_gap) == (82, 80)
    assert audit.places[0].row == 2
    assert audit.places[0].reason == "80 candles are missing before it"


def test_a_repeated_candle_is_dropped_and_counted() -> None:
    kept, audit = audited([candle_at(0), candle_at(1), candle_at(1), candle_at(2)])
    assert kept == [candle_at(0), candle_at(1), candle_at(2)]
    assert audit.count(TapeRemark.IDENTICAL_DUPLICATE) == audit.dropped == 1
    place = audit.places[0]
    assert (place.file, place.row, place.open_time_ms) == ("tape.csv", 3, START_MS + MINUTE_MS)
    assert place.remark is TapeRemark.IDENTICAL_DUPLICATE


def test_a_repeated_candle_without_taker_volume_is_a_repetition_too() -> None:
    unknown = candle_at(0, taker_buy=math.nan)
    _, audit = audited([unknown, unknown._replace(taker_buy_volume=float("nan"))])
    assert audit.count(TapeRemark.IDENTICAL_DUPLICATE) == 1


@pytest.mark.parametrize(
    "other", [candle_at(0, close=100.5), candle_at(0, taker_buy=1.0), candle_at(0, taker_buy=math.nan)]
)
def test_two_candles_that_disagree_about_one_minute_end_the_tape(other: Candle) -> None:
    refused = refusal_of([candle_at(0), other])
    assert (refused.file, refused.row) == ("tape.csv", 2)
    assert TapeRemark.CONFLICTING_DUPLICATE.value in str(refused)


def test_a_candle_of_the_past_ends_the_tape() -> None:
    refused = refusal_of([candle_at(3), candle_at(4), candle_at(2)])
    assert refused.row == 3
    assert TapeRemark.OUT_OF_ORDER.value in refused.reason


def test_a_candle_between_two_minutes_ends_the_tape() -> None:
    refused = refusal_of([candle_at(0), candle_at(1)._replace(open_time_ms=START_MS + MINUTE_MS + 1)])
    assert TapeRemark.OFF_THE_GRID.value in refused.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"high": 99.5}, "high is below open or close"),
        ({"low": 100.5}, "low is above open or close"),
        ({"low": -1.0}, "low is not above zero"),
        ({"close": math.nan}, "not a finite number"),
        ({"high": math.inf}, "not a finite number"),
        ({"volume": math.inf}, "not a finite number"),
        ({"volume": 1e101}, "larger than anything"),
        ({"high": 1e101}, "larger than anything"),
        ({"volume": -1.0}, "volume is below zero"),
        ({"taker_buy_volume": 6.0}, "taker-buy volume is outside"),
    ],
)
def test_an_impossible_candle_ends_the_tape_with_its_reason(change: dict[str, float], reason: str) -> None:
    refused = refusal_of([candle_at(0), Candle(**{**candle_at(1)._asdict(), **change})])
    assert refused.row == 2
    assert reason in refused.reason


def test_strict_refuses_even_a_repetition() -> None:
    assert refusal_of([candle_at(0), candle_at(0)], RepairPolicy.STRICT).row == 2


def test_repair_drops_and_counts_whatever_cannot_be_true() -> None:
    off_grid = candle_at(1)._replace(open_time_ms=START_MS + MINUTE_MS + 7)
    tape = [
        candle_at(0), candle_at(0), candle_at(0, close=100.5), off_grid, candle_at(1)._replace(low=0.0),
        candle_at(1), candle_at(0), candle_at(2),
    ]  # fmt: skip
    kept, audit = audited(tape, RepairPolicy.REPAIR)
    assert kept == [candle_at(0), candle_at(1), candle_at(2)]
    assert {fault: audit.count(fault) for fault in FAULTS} == dict.fromkeys(FAULTS, 1)
    assert (audit.rows, audit.candles, audit.dropped, audit.missing_candles) == (8, 3, 5, 0)


def test_a_dropped_candle_leaves_a_gap() -> None:
    _, audit = audited([candle_at(0), candle_at(1)._replace(low=0.0), candle_at(2)], RepairPolicy.REPAIR)
    assert (audit.count(TapeRemark.IMPOSSIBLE), audit.missing_candles) == (1, 1)


def test_minutes_without_trade_are_counted_and_kept() -> None:
    still = [candle_at(minute, volume=0.0, taker_buy=0.0) for minute in range(3)]
    kept, audit = audited([*still, candle_at(3)])
    assert len(kept) == 4
    assert audit.count(TapeRemark.ZERO_VOLUME) == 3


def test_an_odd_close_time_is_counted_and_kept() -> None:
    auditor = TapeAuditor(MINUTE_MS)
    for row, close_time_ms in enumerate((START_MS, None, START_MS + 3 * MINUTE_MS), 1):
        assert auditor.admit(row, candle_at(row - 1), close_time_ms)
    audit = auditor.result()
    assert audit.count(TapeRemark.ODD_CLOSE_TIME) == 2
    assert [place.row for place in audit.places] == [1, 3]


def test_only_the_first_places_are_kept_but_all_are_counted() -> None:
    _, audit = audited([candle_at(2 * index) for index in range(PLACES_KEPT + 5)])
    assert len(audit.places) == PLACES_KEPT
    assert audit.count(TapeRemark.GAP) == PLACES_KEPT + 4


def test_a_refused_row_is_not_counted() -> None:
    auditor = TapeAuditor(MINUTE_MS)
    auditor.admit(1, candle_at(0), None)
    with pytest.raises(RowRefused):
        auditor.admit(2, candle_at(-1), None)
    assert (auditor.result().rows, auditor.result().candles) == (1, 1)


NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 2.0, 3.0, -1.0, math.nan, math.inf, -math.inf])


@given(st.builds(Candle, st.just(START_MS), *[NUMBERS] * 6))
def test_no_candle_passes_that_is_impossible_by_itself(candle: Candle) -> None:
    auditor = TapeAuditor(MINUTE_MS, RepairPolicy.REPAIR)
    auditor.admit(1, candle_at(-1), None)
    assert auditor.admit(2, candle, None) is (fault_within(candle) is None)


@given(st.lists(st.integers(0, 8), max_size=12))
def test_under_repair_what_is_left_is_strictly_in_order_and_all_is_accounted_for(minutes: list[int]) -> None:
    kept, audit = audited([candle_at(minute) for minute in minutes], RepairPolicy.REPAIR)
    times = [candle.open_time_ms for candle in kept]
    assert times == sorted(set(times))
    assert len(kept) == audit.candles == audit.rows - sum(audit.count(fault) for fault in FAULTS)
    if kept:
        assert audit.missing_candles == (times[-1] - times[0]) // MINUTE_MS + 1 - len(kept)


def test_the_next_candle_is_due_a_step_after_the_last_that_was_kept() -> None:
    auditor = TapeAuditor(MINUTE_MS)
    assert auditor.due_ms is None
    auditor.admit(1, candle_at(0), None)
    assert auditor.due_ms == START_MS + MINUTE_MS


@pytest.mark.parametrize("length", [1, 5])
def test_a_plain_stretch_kept_at_once_counts_as_if_row_by_row(length: int) -> None:
    candles = [candle_at(minute) for minute in range(length + 3)]
    at_once = TapeAuditor(MINUTE_MS)
    at_once.turn_to("tape.csv")
    at_once.admit(1, candles[0], None)
    at_once.admit_plain(length, candles[length])
    for row in range(length + 2, length + 4):
        assert at_once.admit(row, candles[row - 1], None)
    assert at_once.result() == audited(candles)[1]
