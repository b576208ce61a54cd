"""Candles of every length the venue offers, grown trade by trade."""

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Final

from adapters.venue.candle_path import UNITS, Grid, MarketTrade
from domain.market.candle import Candle
from domain.market.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

LENGTHS_MS: Final = {
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "2h": 2 * HOUR_MS,
    "4h": 4 * HOUR_MS,
    "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS,
    "12h": 12 * HOUR_MS,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    "1w": 7 * DAY_MS,
    "1M": 31 * DAY_MS,
}
"""The intervals of the venue; a month's length is that of the longest."""
_FIRST_MONDAY_MS: Final = 4 * DAY_MS


def span_of(interval: str, at_ms: int) -> tuple[int, int]:
    """Give the open time of the candle that covers a moment, and of the one after it."""
    if interval == "1M":
        starts = _month_starts(at_ms)
        index = bisect_right(starts, at_ms)
        return starts[index - 1], starts[index]
    length_ms = LENGTHS_MS[interval]
    offset_ms = _FIRST_MONDAY_MS if interval == "1w" else 0
    open_ms = at_ms - (at_ms - offset_ms) % length_ms
    return open_ms, open_ms + length_ms


class Kline:
    """One growing candle; prices in ticks, volumes in hundred-millionths."""

    __slots__ = (
        "bought",
        "close",
        "count",
        "exact",
        "first",
        "high",
        "interval",
        "last",
        "low",
        "next_ms",
        "open",
        "open_ms",
        "quote",
        "quote_bought",
        "units",
    )

    def __init__(self, interval: str, at_ms: int, ticks: int) -> None:
        self.interval = interval
        self.open_ms, self.next_ms = span_of(interval, at_ms)
        self.open = self.high = self.low = self.close = ticks
        self.first = self.last = -1
        self.count = self.units = self.bought = 0
        self.quote = self.quote_bought = 0.0
        self.exact: Candle | None = None

    def add(self, trade: MarketTrade) -> None:
        """Grow by one trade."""
        ticks, units = trade.ticks, trade.units
        if self.first < 0:
            self.first, self.open, self.high, self.low = trade.number, ticks, ticks, ticks
        elif ticks > self.high:
            self.high = ticks
        elif ticks < self.low:
            self.low = ticks
        self.close, self.last = ticks, trade.number
        self.count += 1
        self.units += units
        value = float(ticks) * units
        self.quote += value
        if not trade.is_buyer_maker:
            self.bought += units
            self.quote_bought += value

    def body(self, grid: Grid, *, is_closed: bool, symbol: str | None) -> str:
        """Write the inner object of a kline frame; without symbol for a continuous one."""
        named = "" if symbol is None else f'"s":"{symbol}",'
        opened, high, low, close, volume = self._figures(grid)
        value = grid.tick / UNITS
        return (
            f'{{"t":{self.open_ms},"T":{self.next_ms - 1},{named}"i":"{self.interval}",'
            f'"f":{self.first},"L":{self.last},"o":"{opened}","c":"{close}","h":"{high}","l":"{low}",'
            f'"v":"{volume}","n":{self.count},"x":{"true" if is_closed else "false"},'
            f'"q":"{self.quote * value:.8f}","V":"{grid.quantity(self.bought)}",'
            f'"Q":"{self.quote_bought * value:.8f}","B":"0"}}'
        )

    def row(self, grid: Grid) -> list[int | str]:
        """Write a row of the klines endpoint."""
        opened, high, low, close, volume = self._figures(grid)
        value = grid.tick / UNITS
        return [
            self.open_ms,
            opened,
            high,
            low,
            close,
            volume,
            self.next_ms - 1,
            f"{self.quote * value:.8f}",
            self.count,
            grid.quantity(self.bought),
            f"{self.quote_bought * value:.8f}",
            "0",
        ]

    def _figures(self, grid: Grid) -> tuple[str, str, str, str, str]:
        if self.exact is None:
            prices = (grid.price(ticks) for ticks in (self.open, self.high, self.low, self.close))
            opened, high, low, close = prices
            return opened, high, low, close, grid.quantity(self.units)
        exact = self.exact
        opened, high, low, close = (_exactly(price, grid.tick_decimals) for price in exact[1:5])
        return opened, high, low, close, _exactly(exact.volume, grid.lot_decimals)


def _exactly(number: float, decimals: int) -> str:
    text = f"{number:.{decimals}f}"
    return text if float(text) == number else repr(number)


def _month_starts(at_ms: int) -> list[int]:
    now = datetime.fromtimestamp(at_ms / 1_000, UTC)
    months = [now.year * 12 + now.month - 1 + shift for shift in (0, 1)]
    return [int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()) * 1_000 for month in months]
