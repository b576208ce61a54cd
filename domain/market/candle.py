"""Closed candles, and the reasons to refuse one."""

import math
from enum import StrEnum
from typing import Final, NamedTuple

LARGEST: Final = 1e100
"""Nothing is traded at such a price or in such an amount, and sums of so many stay finite."""


class Candle(NamedTuple):
    """One closed candle; prices in quote currency, volumes in base currency.

    `taker_buy_volume` is NaN where the source does not tell who was the aggressor.
    """

    open_time_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    taker_buy_volume: float = math.nan


class CandleFault(StrEnum):
    """Why a candle cannot be true, or cannot be taken where it stands on its tape."""

    NOT_FINITE = "a price or the volume is not a finite number"
    BEYOND_MEASURE = "a price or the volume is larger than anything that is traded"
    LOW_NOT_POSITIVE = "low is not above zero"
    HIGH_BELOW_BODY = "high is below open or close"
    LOW_ABOVE_BODY = "low is above open or close"
    NEGATIVE_VOLUME = "volume is below zero"
    TAKER_BUY_OUTSIDE_VOLUME = "taker-buy volume is outside zero and the volume"
    OFF_THE_GRID = "open time is not a multiple of the candle's length"
    DUPLICATE = "open time equals that of the candle before"
    OUT_OF_ORDER = "open time lies before that of the candle before"


class CandleRefused(ValueError):
    """A candle was refused; whoever raised it is as if the candle had never come."""

    def __init__(self, fault: CandleFault, candle: Candle) -> None:
        super().__init__(f"candle at {candle.open_time_ms}: {fault.value}")
        self.fault = fault
        self.candle = candle


def fault_within(candle: Candle) -> CandleFault | None:
    """Name the first thing that makes this candle impossible by itself, or None."""
    _, opened, high, low, close, volume, taker_buy = candle
    if not math.isfinite(opened + high + low + close + volume) or math.isinf(taker_buy):
        return CandleFault.NOT_FINITE
    if high > LARGEST or volume > LARGEST:
        return CandleFault.BEYOND_MEASURE
    if low <= 0.0:
        return CandleFault.LOW_NOT_POSITIVE
    if high < opened or high < close:
        return CandleFault.HIGH_BELOW_BODY
    if low > opened or low > close:
        return CandleFault.LOW_ABOVE_BODY
    if volume < 0.0:
        return CandleFault.NEGATIVE_VOLUME
    if taker_buy < 0.0 or taker_buy > volume:
        return CandleFault.TAKER_BUY_OUTSIDE_VOLUME
    return None


def fault_in_place(candle: Candle, last_open_time_ms: int | None, step_ms: int) -> CandleFault | None:
    """Name the first thing that forbids this candle after the one before it, or None."""
    if candle.open_time_ms % step_ms:
        return CandleFault.OFF_THE_GRID
    if last_open_time_ms is None or candle.open_time_ms > last_open_time_ms:
        return None
    if candle.open_time_ms == last_open_time_ms:
        return CandleFault.DUPLICATE
    return CandleFault.OUT_OF_ORDER
