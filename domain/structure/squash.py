"""How unbounded measures are brought between fixed bounds, with nothing but division."""

from typing import Final

_AS_GOOD_AS_ENDLESS: Final = 1e300


def squash(x: float) -> float:
    """Bring any number between -1 and 1, keeping its sign: x / (1 + |x|)."""
    return x / (1.0 + x) if x >= 0.0 else x / (1.0 - x)


def recency(age_bars: int, half_life_bars: float) -> float:
    """Give 1 for something that has just happened and 1/2 after its half-life: h / (h + a)."""
    return half_life_bars / (half_life_bars + age_bars)


def saturation(x: float, half: float) -> float:
    """Bring a measure of zero or more below 1, with 1/2 at `half`: x / (x + half).

    After thousands of flat bars the ATR is so small that a measure in ATR can overflow; it counts as 1.
    """
    return 1.0 if x > _AS_GOOD_AS_ENDLESS else x / (x + half)


def added_up(numbers: list[float]) -> float:
    """Add numbers one after the other, first to last.

    Not `sum`: from Python 3.12 on it compensates rounding, and no longer gives the bits of a plain loop.
    """
    total = 0.0
    for number in numbers:
        total += number
    return total
