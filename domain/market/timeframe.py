"""Candle lengths, written as traders write them."""

from typing import Final

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

_UNITS_MS: Final = {"d": DAY_MS, "h": HOUR_MS, "m": MINUTE_MS}


def step_ms_of(timeframe: str) -> int:
    """Give the length in milliseconds of a timeframe such as `5m`, `1h` or `1d`.

    Raises ValueError for anything that is not a whole number above zero with a unit m, h or d.
    """
    count, unit = timeframe[:-1], timeframe[-1:]
    if unit not in _UNITS_MS or not (count.isascii() and count.isdigit()) or int(count) == 0:
        raise ValueError(f"{timeframe!r} is no timeframe; write a number and m, h or d, such as 5m")
    return int(count) * _UNITS_MS[unit]


def timeframe_of(step_ms: int) -> str:
    """Write a candle's length as traders do, in its largest whole unit: 60000 as 1m, 3600000 as 1h.

    Raises ValueError for what is no whole number of minutes above zero.
    """
    for unit, unit_ms in _UNITS_MS.items():
        if step_ms >= unit_ms and step_ms % unit_ms == 0:
            return f"{step_ms // unit_ms}{unit}"
    raise ValueError(f"{step_ms} ms is no whole number of minutes")


def bucket_start_ms(at_ms: int, step_ms: int) -> int:
    """Give the open time, in UTC, of the candle of this length that covers the moment."""
    return at_ms - at_ms % step_ms
