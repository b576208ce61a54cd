"""A bar as one side of the chart sees it."""

from typing import NamedTuple

from domain.market.candle import Candle


class SidedBar(NamedTuple):
    """The prices of a bar, turned over for the down side so that every rule is written once."""

    open: float
    high: float
    low: float
    close: float


class Moment(NamedTuple):
    """What both sides know about the bar that has just closed.

    `bar` counts the timeframe's bars from 0. `atr_before` is the ATR known before the bar, for tests
    of size; `atr` includes it, for distances; both NaN while unknown. `is_third_in_row` tells that no
    bar is missing between this one and the two before it.
    """

    bar: int
    open_time_ms: int
    atr_before: float
    atr: float
    is_third_in_row: bool


def upright(candle: Candle) -> SidedBar:
    """Give the bar as it is, for the up side."""
    _, opened, high, low, close, _, _ = candle
    return SidedBar(opened, high, low, close)


def turned_over(candle: Candle) -> SidedBar:
    """Give the bar on negated prices, high and low exchanged, for the down side."""
    _, opened, high, low, close, _, _ = candle
    return SidedBar(-opened, -low, -high, -close)
