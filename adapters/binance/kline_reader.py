"""Kline frames in, closed candles out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from adapters.binance.stream_place import Queued
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.streams.hole_watch import CandleEvent, CandleHole, CandleSequence
from adapters.binance.wire.kline import Kline, closed_candle
from adapters.binance.wire.market_frames import MarketFrame, OtherMarket, read_market_frame
from adapters.binance.wire.other_frames import OtherFrame
from domain.market.candle import Candle, fault_within
from domain.market.timeframe import step_ms_of
from domain.tape import CandleClosed

_CLOCK_SLACK_MS: Final = 5_000
_NOTHING: Final[tuple[Queued[CandleEvent], ...]] = ()


class KlineReader:
    """Tells each closed candle of each symbol once and in order, however many connections bring it."""

    def __init__(self, symbols: Iterable[str], timeframe: str, last: Mapping[str, Candle]) -> None:
        self._counters = FeedCounters()
        self.step_ms = step_ms_of(timeframe)
        self._timeframe = timeframe
        self._sequences = {
            symbol: CandleSequence(symbol, self.step_ms, last.get(symbol)) for symbol in symbols
        }

    def read(self, frame: bytes, heard: set[str]) -> Sequence[Queued[CandleEvent]] | OtherFrame:
        """Read one frame; most are of candles under way and tell nothing."""
        told = read_market_frame(frame)
        if type(told) is not MarketFrame:
            return _NOTHING if isinstance(told, MarketFrame | OtherMarket) else told
        heard.add(told.stream)
        kline = told.data
        if type(kline) is not Kline:
            return self._ignored(type(kline).__name__)
        sequence = self._sequences.get(kline.symbol)
        bar = kline.bar
        if sequence is None or bar.timeframe != self._timeframe:
            return self._ignored("kline nobody asked for")
        if bar.is_closed:
            return self._closed(kline, sequence)
        if sequence.next_open_ms < bar.open_time_ms <= kline.at_ms:
            sequence.began(bar.open_time_ms)
        return _NOTHING

    def holes(self) -> Iterator[CandleHole]:
        """Give every hole that is waiting to be filled."""
        return (sequence.hole for sequence in self._sequences.values() if sequence.hole is not None)

    def filled(self, hole: CandleHole, candles: Sequence[Candle]) -> Sequence[CandleEvent]:
        """Fill a hole, and give what may be told now."""
        return self._sequences[hole.symbol].filled(hole, candles)

    def gave_up(self, hole: CandleHole, reason: str) -> Sequence[CandleEvent]:
        """Go on behind a hole, and give what may be told now."""
        return self._sequences[hole.symbol].gave_up(hole, reason)

    def count_into(self, counters: FeedCounters) -> None:
        """Add what only the reader can count."""
        counters.duplicates = sum(sequence.duplicates for sequence in self._sequences.values())
        counters.late = sum(sequence.late for sequence in self._sequences.values())
        counters.impossible = self._counters.impossible
        counters.kinds_ignored = counters.kinds_ignored | self._counters.kinds_ignored

    def _closed(self, kline: Kline, sequence: CandleSequence) -> Sequence[Queued[CandleEvent]]:
        closed = closed_candle(kline)
        if closed is None or not self._is_possible(closed, kline.at_ms):
            self._counters.impossible += 1
            return _NOTHING
        return [(event, None) for event in sequence.closed(closed.candle)]

    def _is_possible(self, closed: CandleClosed, told_ms: int) -> bool:
        """Tell whether a candle can be true: one of the future would make all others come too late."""
        open_ms = closed.candle.open_time_ms
        is_on_grid = open_ms % self.step_ms == 0 and closed.at_ms == open_ms + self.step_ms
        return (
            is_on_grid and closed.at_ms <= told_ms + _CLOCK_SLACK_MS and fault_within(closed.candle) is None
        )

    def _ignored(self, kind: str) -> Sequence[Queued[CandleEvent]]:
        self._counters.ignore(kind)
        return _NOTHING
