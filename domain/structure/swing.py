"""Turning points that the bars around them confirm."""

from dataclasses import dataclass

from domain.structure.sided_bar import SidedBar


@dataclass(frozen=True)
class SwingRules:
    """How many bars on each side confirm a swing."""

    reach_bars: int = 5


def is_swing_high(highs: list[float], reach: int) -> bool:
    """Tell whether the middle high is above those before it and not below those after it.

    The first bar of a plateau wins, once; a flat market has no swings. `highs` are the last
    2 reach + 1, oldest first; fewer confirm nothing.
    """
    if len(highs) <= 2 * reach:
        return False
    middle = highs[reach]
    return middle > max(highs[:reach]) and middle >= max(highs[reach + 1 :])


def bars_since_swing_high(bars: list[SidedBar], reach: int) -> list[SidedBar]:
    """Give the swing's own bar and the bars after it if the last bar confirms one, else nothing."""
    window = bars[-2 * reach - 1 :]
    if is_swing_high([bar.high for bar in window], reach):
        return window[reach:]
    return []
