"""What the market's feeds tell, in the words of the tape."""

import asyncio
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from adapters.binance.price_feed import PriceEvent, price_moved
from adapters.binance.streams.connectivity import (
    Connectivity,
    ConnectivityChanged,
    EventsMissed,
    LineEvent,
    StreamsBack,
    StreamsRefused,
    StreamsSilent,
)
from adapters.binance.streams.hole_watch import CandleEvent, CandleRebuilt, WarmUpNeeded
from adapters.binance.wire.market_events import BookTicker
from domain import tape
from domain.connection_events import ConnectionChanged, HistoryLost
from domain.market.quote import Quote
from domain.tape import CandleClosed, Event

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Told = TypeVar("Told")

_UP: Final = frozenset({Connectivity.UNPROVEN, Connectivity.LIVE})
_MOST_NAMED: Final = 5


class ItemFeed(Protocol[Item_co]):
    """A feed as far as the tape needs it; every UnifiedWebSocketFeed is one."""

    name: str

    def take_now(self) -> Item_co | LineEvent | None:
        """Give the oldest item, None while none waits."""
        ...

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever an item has come."""
        ...


class ConnectionWatch:
    """Tells when a feed of several connections can be relied upon as a whole, and when no longer."""

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._down: set[int] = set()
        self._is_up: bool | None = None

    def read(self, event: LineEvent) -> ConnectionChanged | None:
        """Take what became of a connection; None when the feed is worth what it was."""
        match event:
            case ConnectivityChanged():
                return self._changed(event)
            case StreamsSilent() | StreamsRefused():
                return ConnectionChanged(event.at_ms, self._named(event.streams), is_up=False)
            case StreamsBack():
                return ConnectionChanged(event.at_ms, self._named(event.streams), is_up=True)
            case EventsMissed():
                return None

    def _changed(self, event: ConnectivityChanged) -> ConnectionChanged | None:
        if event.now in _UP:
            self._down.discard(event.connection)
        else:
            self._down.add(event.connection)
        is_up = not self._down
        if is_up is self._is_up:
            return None
        self._is_up = is_up
        return ConnectionChanged(event.at_ms, self._feed, is_up)

    def _named(self, streams: tuple[str, ...]) -> str:
        named = ", ".join(streams[:_MOST_NAMED]) or "a stream"
        more = len(streams) - _MOST_NAMED
        return f"{self._feed}: {named}" + (f" and {more} more" if more > 0 else "")


class FeedNews(Generic[Item, Told]):
    """A feed as a source of the tape: its items translated, its connections told."""

    def __init__(self, feed: ItemFeed[Item], translate: Callable[[Item], Told]) -> None:
        self._feed = feed
        self._translate = translate
        self._watch = ConnectionWatch(feed.name)

    def take_now(self) -> Told | ConnectionChanged | None:
        """Give the oldest piece of news, None while none waits."""
        while (item := self._feed.take_now()) is not None:
            if isinstance(item, LineEvent):
                changed = self._watch.read(item)
                if changed is not None:
                    return changed
            else:
                return self._translate(item)
        return None

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever news have come."""
        self._feed.wake(sleeper)


def candle_news(feed: ItemFeed[CandleEvent]) -> FeedNews[CandleEvent, Event]:
    """Give closed and rebuilt candles, and word of history that is lost."""
    return FeedNews(feed, _of_candle)


def price_news(feed: ItemFeed[PriceEvent]) -> FeedNews[PriceEvent, Event]:
    """Give last prices: the mark price, or the middle of the book."""
    return FeedNews(feed, price_moved)


def quote_news(feed: ItemFeed[PriceEvent]) -> FeedNews[PriceEvent, Event | Quote]:
    """Give best bids and offers, as a simulated venue needs them; mark prices where these are followed."""
    return FeedNews(feed, _of_book)


def _of_candle(event: CandleEvent) -> Event:
    match event:
        case CandleClosed():
            return event
        case CandleRebuilt():
            return tape.CandleRebuilt(*event)
        case WarmUpNeeded():
            return HistoryLost(event.at_ms, event.symbol, event.reason)


def _of_book(event: PriceEvent) -> Event | Quote:
    if isinstance(event, BookTicker):
        at_ms, symbol = event.at_ms, event.symbol
        return Quote(at_ms, symbol, event.bid, event.bid_quantity, event.ask, event.ask_quantity)
    return price_moved(event)
