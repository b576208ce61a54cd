"""The market: candles of a tape, played trade by trade."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from adapters.venue.candle_path import UNITS, Grid, MarketTrade, grid_of, trades_of
from adapters.venue.kline import Kline
from application.market_tape import merged_candles
from application.ports.candle_tape import CandleTape
from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.market.timeframe import DAY_MS

KEPT_MS: Final = 2 * DAY_MS
_MARK_LAG: Final = 0.1
_CANDLES_FELT: Final = 4
_NUMBERS_A_CANDLE: Final = 100_000
Minute = list[tuple[str, Candle]]


class SymbolMarket:
    """One symbol: what traded in the last 48 hours, and what trades now; the mark follows with a lag."""

    def __init__(self, instrument: Instrument, step_ms: int, length_ms: int) -> None:
        self.symbol = instrument.symbol
        self.grid: Grid = grid_of(instrument)
        self.candle: Candle | None = None
        self.mark = 0.0
        self.index = 0.0
        self.ticks = 0
        self.klines: dict[str, Kline] = {}
        self.history: deque[tuple[Candle, int]] = deque(maxlen=KEPT_MS // length_ms)
        self.fresh: list[MarketTrade] = []
        self._step_ms = step_ms
        self._length_ms = length_ms
        self._coming: list[MarketTrade] = []
        self._next = 0
        self._first_number = 3_000_000_001
        self._day: Day | None = None

    def open_candle(self, candle: Candle) -> None:
        """Begin a candle; its trades come as time passes."""
        self._first_number += _NUMBERS_A_CANDLE
        self.candle = candle
        self._coming = trades_of(candle, self.grid, self._step_ms, self._length_ms, self._first_number)
        self._next = 0
        if not self.ticks:
            self.ticks = self.grid.ticks(candle.open)
            self.mark = self.index = candle.open

    def close_candle(self) -> None:
        """Put the candle with the old ones."""
        if self.candle is not None:
            self.history.append((self.candle, self._first_number))
            self.candle = None

    def advance(self, at_ms: int) -> list[MarketTrade]:
        """Give the trades up to a moment, and grow every kline that somebody watches."""
        start = self._next
        while self._next < len(self._coming) and self._coming[self._next].at_ms <= at_ms:
            self._next += 1
        self.fresh = self._coming[start : self._next]
        for trade in self.fresh:
            price = trade.ticks * self.grid.tick
            self.mark, self.index = _followed(self.mark, self.index, price)
            self.ticks = trade.ticks
            for kline in self.klines.values():
                kline.add(trade)
        return self.fresh

    def watch(self, interval: str, now_ms: int) -> Kline:
        """Give the growing kline of an interval; a new one starts from what already traded in it."""
        kline = self.klines.get(interval)
        if kline is None or kline.next_ms <= now_ms:
            kline = self.klines[interval] = self.kline_at(interval, now_ms)
        return kline

    def kline_at(self, interval: str, at_ms: int) -> Kline:
        """Rebuild the kline that covers a moment from the trades so far."""
        kline = Kline(interval, at_ms, self.ticks)
        for trade in self.trades(kline.open_ms, kline.next_ms):
            kline.add(trade)
        return kline

    def trades(self, from_ms: int, until_ms: int) -> Iterator[MarketTrade]:
        """Give the trades in [from, until) of the last 48 hours, made again from their candles."""
        for candle, first in self.history:
            if candle.open_time_ms + self._length_ms > from_ms and candle.open_time_ms < until_ms:
                for trade in trades_of(candle, self.grid, self._step_ms, self._length_ms, first):
                    if from_ms <= trade.at_ms < until_ms:
                        yield trade
        for trade in self._coming[: self._next] if self.candle is not None else ():
            if from_ms <= trade.at_ms < until_ms:
                yield trade

    def marks(self, from_ms: int, until_ms: int) -> Iterator[tuple[int, float, float]]:
        """Give moment, mark and index after each trade in [from, until), found anew from the trades.

        What it was a few candles before `from_ms` no longer shows in it.
        """
        mark = index = 0.0
        for trade in self.trades(from_ms - _CANDLES_FELT * self._length_ms, until_ms):
            price = trade.ticks * self.grid.tick
            mark, index = _followed(mark or price, index or price, price)
            if trade.at_ms >= from_ms:
                yield trade.at_ms, mark, index

    def trades_from(self, number: int) -> Iterator[MarketTrade]:
        """Give the trades from a number on."""
        for candle, first in self.history:
            if first + _NUMBERS_A_CANDLE > number:
                for trade in trades_of(candle, self.grid, self._step_ms, self._length_ms, first):
                    if trade.number >= number:
                        yield trade
        yield from (trade for trade in self._coming[: self._next] if trade.number >= number)

    def day(self, now_ms: int) -> "Day":
        """Sum up the last 24 hours, the candle that is open now included."""
        if self._day is None or self._day.first_of_open != self._first_number:
            self._day = self._closed_day(now_ms)
        played = self._coming[: self._next] if self.candle is not None else []
        return self._day.with_trades(played, self.grid, self.ticks)

    def _closed_day(self, now_ms: int) -> "Day":
        old = [(candle, first) for candle, first in self.history if candle.open_time_ms > now_ms - DAY_MS]
        last = self.ticks * self.grid.tick
        return Day(
            opened=old[0][0].open if old else last,
            high=max((candle.high for candle, _ in old), default=last),
            low=min((candle.low for candle, _ in old), default=last),
            volume=sum(candle.volume for candle, _ in old),
            quote=sum(candle.volume * (candle.high + candle.low) / 2 for candle, _ in old),
            first=old[0][1] if old else self._first_number,
            last=self._first_number,
            count=len(old) * self._length_ms // self._step_ms,
            first_of_open=self._first_number,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """The last 24 hours of a symbol; quote volume and count of closed candles are estimates."""

    opened: float
    high: float
    low: float
    volume: float
    quote: float
    first: int
    last: int
    count: int
    first_of_open: int

    def with_trades(self, trades: Sequence[MarketTrade], grid: Grid, ticks: int) -> "Day":
        """Add what traded since."""
        if not trades:
            return self
        prices = [trade.ticks for trade in trades]
        value = grid.tick / UNITS
        return replace(
            self,
            high=max(self.high, max(prices) * grid.tick, ticks * grid.tick),
            low=min(self.low, min(prices) * grid.tick),
            volume=self.volume + sum(trade.units for trade in trades) / UNITS,
            quote=self.quote + sum(trade.ticks * trade.units for trade in trades) * value,
            last=trades[-1].number,
            count=self.count + len(trades),
        )


class Market:
    """Every symbol of the venue; `steps` gives the moments at which something may trade."""

    def __init__(
        self,
        tapes: Sequence[CandleTape],
        instruments: Mapping[str, Instrument],
        step_ms: int,
        shift_ms: int = 0,
    ) -> None:
        """Join the tapes, all of one candle length; `shift_ms` moves them in time, a multiple of it."""
        self.length_ms = tapes[0].step_ms
        self.step_ms = step_ms
        self.symbols = {
            tape.symbol: SymbolMarket(instruments[tape.symbol], step_ms, self.length_ms) for tape in tapes
        }
        moved = {tape.symbol: _shifted(tape.candles(), shift_ms) for tape in tapes}
        self._minutes = _minutes_of(merged_candles(moved))
        self._minute: Minute = []
        self.opened_ms = 0

    def open_next(self) -> bool:
        """Begin the next candles and tell whether there are any; a symbol without one stands still."""
        minute = next(self._minutes, None)
        if minute is None:
            return False
        self.opened_ms = minute[0][1].open_time_ms
        for symbol, candle in minute:
            self.symbols[symbol].open_candle(candle)
        present = {symbol for symbol, _ in minute}
        for symbol, market in self.symbols.items():
            if symbol not in present and market.ticks:
                market.open_candle(_flat(self.opened_ms, market.ticks * market.grid.tick))
        return True

    def moments(self) -> Iterator[int]:
        """Give the moments of the candles that are open now."""
        return iter(range(self.opened_ms, self.opened_ms + self.length_ms, self.step_ms))

    def close(self) -> None:
        """End the candles that are open."""
        for market in self.symbols.values():
            market.close_candle()


def _followed(mark: float, index: float, price: float) -> tuple[float, float]:
    return mark + (price - mark) * _MARK_LAG, index + (price - index) * _MARK_LAG / 2


def _flat(open_time_ms: int, price: float) -> Candle:
    return Candle(open_time_ms, price, price, price, price, 0.0, 0.0)


def _shifted(candles: Iterable[Candle], shift_ms: int) -> Iterator[Candle]:
    for candle in candles:
        yield candle._replace(open_time_ms=candle.open_time_ms + shift_ms) if shift_ms else candle


def _minutes_of(candles: Iterator[tuple[str, Candle]]) -> Iterator[Minute]:
    minute: Minute = []
    for symbol, candle in candles:
        if minute and candle.open_time_ms != minute[0][1].open_time_ms:
            yield minute
            minute = []
        minute.append((symbol, candle))
    if minute:
        yield minute
