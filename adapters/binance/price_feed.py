"""Prices between candles: the best bid and ask, or the mark price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from adapters.binance.stream_line import FeedRules
from adapters.binance.stream_place import MarketPlace, Queued
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.surroundings import Surroundings
from adapters.binance.unified_websocket_feed import UnifiedWebSocketFeed
from adapters.binance.wire.market_events import BookTicker, MarkPrice
from adapters.binance.wire.market_frames import MarketFrame, OtherMarket, read_market_frame
from adapters.binance.wire.other_frames import OtherFrame
from adapters.binance.wire.stream_name import book_ticker_stream, mark_price_stream
from adapters.binance.wire.stream_route import (
    MOST_STREAMS_A_CONNECTION,
    connections_for,
    stream_url,
)
from domain.tape import PriceMoved

PriceEvent = BookTicker | MarkPrice

_NOTHING: Final[tuple[Queued[PriceEvent], ...]] = ()


class PriceSource(StrEnum):
    """Which price is followed."""

    BOOK = "book"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class PriceFeedRules:
    """Every number of the feed of prices."""

    source: PriceSource = PriceSource.BOOK
    streams_a_connection: int = MOST_STREAMS_A_CONNECTION
    feed: FeedRules = field(default_factory=FeedRules)


class PriceReader:
    """Tells a price once, and never one that is older than the last of its symbol."""

    def __init__(self) -> None:
        self.duplicates = 0
        self.late = 0
        self.ignored = FeedCounters()
        self._newest: dict[str, int] = {}

    def read(self, frame: bytes, heard: set[str]) -> Sequence[Queued[PriceEvent]] | OtherFrame:
        """Read one frame."""
        told = read_market_frame(frame)
        if not isinstance(told, MarketFrame):
            return _NOTHING if isinstance(told, OtherMarket) else told
        heard.add(told.stream)
        price = told.data
        if isinstance(price, BookTicker):
            return self._if_newer(price, price.update_id or price.at_ms)
        if isinstance(price, MarkPrice):
            return self._if_newer(price, price.at_ms)
        self.ignored.ignore(type(price).__name__)
        return _NOTHING

    def _if_newer(self, price: PriceEvent, number: int) -> Sequence[Queued[PriceEvent]]:
        newest = self._newest.get(price.symbol, -1)
        if number > newest:
            self._newest[price.symbol] = number
            return ((price, price.symbol),)
        if number == newest:
            self.duplicates += 1
        else:
            self.late += 1
        return _NOTHING


class PriceFeed(UnifiedWebSocketFeed[PriceEvent]):
    """BookTicker or MarkPrice of every symbol; only the latest of a symbol survives a full queue."""

    def __init__(
        self, base_url: str, symbols: Iterable[str], rules: PriceFeedRules, surroundings: Surroundings
    ) -> None:
        naming = book_ticker_stream if rules.source is PriceSource.BOOK else mark_price_stream
        self._reader = PriceReader()
        places = [
            MarketPlace(stream_url(base_url, connection.route), connection.streams)
            for connection in connections_for(map(naming, symbols), rules.streams_a_connection)
        ]
        super().__init__("prices", places, self._reader, rules.feed, surroundings)

    def counters(self) -> FeedCounters:
        """Give what was counted up to now."""
        counters = super().counters()
        counters.duplicates, counters.late = self._reader.duplicates, self._reader.late
        counters.kinds_ignored = counters.kinds_ignored | self._reader.ignored.kinds_ignored
        return counters


def price_moved(event: PriceEvent) -> PriceMoved:
    """Give the mark price, or the middle of the book."""
    if isinstance(event, MarkPrice):
        return PriceMoved(event.at_ms, event.symbol, event.price)
    return PriceMoved(event.at_ms, event.symbol, (event.bid + event.ask) / 2.0)
