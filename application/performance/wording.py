"""Figures as they are read: amounts, shares, results in R, days."""

import math
from decimal import Decimal
from typing import Final

from domain.market.timeframe import DAY_MS, MINUTE_MS

_CENT: Final = Decimal("0.01")
_DAYS_TO_1970: Final = 719_468
_DAYS_AN_ERA: Final = 146_097
_HOUR_MINUTES: Final = 60


def money(amount: Decimal) -> str:
    """Write an amount with two decimals."""
    return f"{amount.quantize(_CENT):,}"


def in_r(value: float) -> str:
    """Write a result in planned losses, such as -0.212."""
    return f"{value:+.3f}" if math.isfinite(value) else "unknown"


def share(part: int, whole: int) -> str:
    """Write a share in percent."""
    return f"{part / whole:.1%}" if whole else "-"


def day(at_ms: int) -> str:
    """Write the UTC day of a moment, such as 2023-01-31 (days from civil, Hinnant 2013)."""
    days = at_ms // DAY_MS + _DAYS_TO_1970
    era, of_era = divmod(days, _DAYS_AN_ERA)
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9  # noqa: PLR2004 - the year begins in March here
    year = year_of_era + era * 400 + (month <= 2)  # noqa: PLR2004 - January and February end the year before
    return f"{year:04d}-{month:02d}-{of_year - (153 * shifted + 2) // 5 + 1:02d}"


def month(at_ms: int) -> str:
    """Write the UTC month of a moment, such as 2023-01."""
    return day(at_ms)[:7]


def minute(at_ms: int) -> str:
    """Write a moment in UTC to the minute, such as 2023-01-31 17:05."""
    of_day = at_ms % DAY_MS // MINUTE_MS
    return f"{day(at_ms)} {of_day // _HOUR_MINUTES:02d}:{of_day % _HOUR_MINUTES:02d}"
