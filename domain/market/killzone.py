"""The hours in which New York and London trade most, on the New York clock."""

from typing import Final

from domain.market.timeframe import DAY_MS, HOUR_MS

_OPENING: Final = 1.0
_LESSER: Final = 0.5
_NONE: Final = 0.0

_STANDARD_OFFSET_HOURS: Final = -5
_DAYLIGHT_OFFSET_HOURS: Final = -4
_TWO_O_CLOCK_STANDARD_UTC_HOUR: Final = 7
_TWO_O_CLOCK_DAYLIGHT_UTC_HOUR: Final = 6
_DAYS_IN_400_YEARS: Final = 146_097
_DAYS_FROM_YEAR_ZERO: Final = 719_468


def killzone_weight(open_time_ms: int) -> float:
    """Give 1 in the London and New York openings, 0.5 in the London close and Asia, 0 elsewhere.

    By the bar's open time on New York's clock, start inclusive, end exclusive: London 02-05,
    New York 07-10, London close 10-12, Asia 20-24.
    """
    hour = new_york_hour(open_time_ms)
    if 2 <= hour < 5 or 7 <= hour < 10:  # noqa: PLR2004 - the windows of the docstring
        return _OPENING
    if 10 <= hour < 12 or hour >= 20:  # noqa: PLR2004 - the windows of the docstring
        return _LESSER
    return _NONE


def new_york_hour(at_ms: int) -> int:
    """Give the hour, 0 to 23, that a clock in New York shows."""
    offset = _DAYLIGHT_OFFSET_HOURS if is_daylight_saving(at_ms) else _STANDARD_OFFSET_HOURS
    return (at_ms // HOUR_MS + offset) % 24


def is_daylight_saving(at_ms: int) -> bool:
    """Tell whether New York's clocks are one hour ahead, by the law in force since 2007.

    From the second Sunday of March to the first Sunday of November, both at two in the morning.
    """
    year = _year_of(at_ms // DAY_MS)
    second_sunday_of_march = _sunday_on_or_after(_day_number(year, 3, 8))
    first_sunday_of_november = _sunday_on_or_after(_day_number(year, 11, 1))
    start_ms = second_sunday_of_march * DAY_MS + _TWO_O_CLOCK_STANDARD_UTC_HOUR * HOUR_MS
    end_ms = first_sunday_of_november * DAY_MS + _TWO_O_CLOCK_DAYLIGHT_UTC_HOUR * HOUR_MS
    return start_ms <= at_ms < end_ms


def _sunday_on_or_after(day: int) -> int:
    return day + (3 - day) % 7  # day 0, 1 January 1970, was a Thursday; day 3 a Sunday


def _day_number(year: int, month: int, day: int) -> int:
    """Count days since 1 January 1970, for months from March on (years that begin in March)."""
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3) + 2) // 5 + day - 1
    leap_days = year_of_era // 4 - year_of_era // 100
    return era * _DAYS_IN_400_YEARS + year_of_era * 365 + leap_days + day_of_year - _DAYS_FROM_YEAR_ZERO


def _year_of(day: int) -> int:
    """Give the calendar year of a day counted from 1 January 1970."""
    era, day_of_era = divmod(day + _DAYS_FROM_YEAR_ZERO, _DAYS_IN_400_YEARS)
    leap_free = day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096
    year = leap_free // 365
    day_of_year = day_of_era - (365 * year + year // 4 - year // 100)
    begins_in_next_year = day_of_year >= 306  # noqa: PLR2004 - days from 1 March to 31 December
    return era * 400 + year + (1 if begins_in_next_year else 0)
