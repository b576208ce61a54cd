import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.market.killzone import is_daylight_saving, killzone_weight, new_york_hour
from domain.market.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

NEW_YORK = ZoneInfo("America/New_York")
FROM_MINUTE = 1_199_145_600 // 60  # 2008-01-01
UNTIL_MINUTE = 2_051_222_400 // 60  # 2035-01-01
SUMMER_DAY_MS = 1_720_396_800_000  # 2024-07-08T00:00:00Z, a Monday; New York is four hours behind
WINTER_DAY_MS = 1_704_672_000_000  # 2024-01-08T00:00:00Z, a Monday; New York is five hours behind


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp() * 1000)


@settings(max_examples=1000)
@given(st.integers(FROM_MINUTE, UNTIL_MINUTE - 1))
@example(at("2024-02-29T23:59:00+00:00") // MINUTE_MS)
@example(at("2024-12-31T23:59:00+00:00") // MINUTE_MS)
def test_the_hour_is_that_of_the_time_zone_database(minute: int) -> None:
    there = dt.datetime.fromtimestamp(minute * 60, NEW_YORK)
    assert new_york_hour(minute * MINUTE_MS) == there.hour
    assert is_daylight_saving(minute * MINUTE_MS) == (there.utcoffset() == dt.timedelta(hours=-4))


@pytest.mark.parametrize("year", range(2008, 2035))
def test_clocks_change_in_the_very_minute_they_do_in_new_york(year: int) -> None:
    march, november = at(f"{year}-03-01T00:00:00+00:00"), at(f"{year}-11-01T00:00:00+00:00")
    hours = [start_ms + hour * HOUR_MS for start_ms in (march, november) for hour in range(15 * 24)]
    changes = [hour for hour in hours if is_daylight_saving(hour) != is_daylight_saving(hour - MINUTE_MS)]
    assert len(changes) == 2
    for change in changes:
        before = dt.datetime.fromtimestamp(change / 1000 - 60, NEW_YORK)
        after = dt.datetime.fromtimestamp(change / 1000, NEW_YORK)
        assert before.utcoffset() != after.utcoffset()


WEIGHTS = {
    0.0: (0, 1, 5, 6, 12, 13, 14, 15, 16, 17, 18, 19),
    0.5: (10, 11, 20, 21, 22, 23),
    1.0: (2, 3, 4, 7, 8, 9),
}


@pytest.mark.parametrize(("day_ms", "hours_behind"), [(SUMMER_DAY_MS, 4), (WINTER_DAY_MS, 5)])
@pytest.mark.parametrize(("weight", "hours"), WEIGHTS.items())
def test_each_hour_of_new_york_has_its_weight_from_its_first_to_its_last_minute(
    day_ms: int, hours_behind: int, weight: float, hours: tuple[int, ...]
) -> None:
    for hour in hours:
        start_ms = day_ms + (hour + hours_behind) * HOUR_MS
        assert killzone_weight(start_ms) == weight
        assert killzone_weight(start_ms + HOUR_MS - 1) == weight


def test_the_hours_of_a_day_are_all_weighed() -> None:
    assert sorted(hour for hours in WEIGHTS.values() for hour in hours) == list(range(24))
    assert DAY_MS == 24 * HOUR_MS
