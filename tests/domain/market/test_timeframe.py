import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.timeframe import DAY_MS, HOUR_MS, MINUTE_MS, bucket_start_ms, step_ms_of, timeframe_of


@pytest.mark.parametrize(
    ("timeframe", "step_ms"),
    [("1m", MINUTE_MS), ("5m", 300_000), ("15m", 900_000), ("4h", 4 * HOUR_MS), ("1d", DAY_MS)],
)
def test_a_timeframe_is_a_number_and_a_unit(timeframe: str, step_ms: int) -> None:
    assert step_ms_of(timeframe) == step_ms


@pytest.mark.parametrize(
    "nonsense", ["", "m", "5", "0m", "-5m", "1.5h", "5s", "5M", "m5", "\N{SUPERSCRIPT TWO}m"]
)
def test_anything_else_is_refused(nonsense: str) -> None:
    with pytest.raises(ValueError, match="is no timeframe"):
        step_ms_of(nonsense)


def test_a_length_is_written_as_traders_write_it() -> None:
    assert [timeframe_of(ms) for ms in (60_000, 900_000, 5_400_000, 14_400_000, 86_400_000)] == [
        "1m", "15m", "90m", "4h", "1d",
    ]  # fmt: skip


@pytest.mark.parametrize("step_ms", [0, 1_000, 61_000, -60_000])
def test_only_whole_minutes_are_written(step_ms: int) -> None:
    with pytest.raises(ValueError, match="no whole number of minutes"):
        timeframe_of(step_ms)


@given(st.integers(1, 10_000))
def test_what_is_written_is_read_back(minutes: int) -> None:
    assert step_ms_of(timeframe_of(minutes * MINUTE_MS)) == minutes * MINUTE_MS


@given(at_ms=st.integers(0, 2**42), minutes=st.integers(1, 1440))
def test_a_bucket_starts_on_the_grid_and_covers_its_moments(at_ms: int, minutes: int) -> None:
    step_ms = minutes * MINUTE_MS
    start_ms = bucket_start_ms(at_ms, step_ms)
    assert start_ms % step_ms == 0
    assert start_ms <= at_ms < start_ms + step_ms
