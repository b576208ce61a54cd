import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.performance.wording import day, in_r, minute, money, month, share


@given(st.datetimes(datetime(1600, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001 - hypothesis wants it naive
def test_days_and_minutes_are_those_of_the_calendar(moment: datetime) -> None:
    at_ms = int(moment.replace(tzinfo=UTC, microsecond=0).timestamp()) * 1_000
    assert day(at_ms) == f"{moment:%Y-%m-%d}".rjust(10, "0")
    assert month(at_ms) == day(at_ms)[:7]
    assert minute(at_ms).endswith(f"{moment:%H:%M}")


def test_the_leap_day_of_2000_is_there() -> None:
    assert day(951_782_400_000) == "2000-02-29"


def test_amounts_are_rounded_for_reading() -> None:
    assert money(Decimal("-12345.675")) == "-12,345.68"
    assert in_r(-0.2124) == "-0.212"
    assert in_r(math.inf) == "unknown"


@pytest.mark.parametrize(("part", "whole", "told"), [(1, 3, "33.3%"), (0, 0, "-")])
def test_a_share_of_nothing_is_none(part: int, whole: int, told: str) -> None:
    assert share(part, whole) == told
