"""The one tape of a run on candles: what the market did and what the venue answered, in time order."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

from adapters.simulated.candle_day import CandleDay
from adapters.simulated.simulated_venue import SimulatedVenue
from domain.market.candle import Candle
from domain.market.timeframe import MINUTE_MS
from domain.tape import CandleClosed, Event, PriceMoved, SessionEnding, SessionOpened

Minute = list[tuple[str, Candle]]


class SimulatedFeed:
    """Plays candles of several symbols, merged by their end, through a simulated venue.

    Every event is given before the next thing happens, so whoever reads the feed may send orders
    in between. All candles that open together are one minute: funding and gaps first, then the
    opens, then what trades inside, then the closes. A symbol whose candles have a gap first shows
    its new open as PriceMoved, and market orders sent on it fill there. Read it once.
    """

    def __init__(
        self, venue: SimulatedVenue, market: Iterable[tuple[str, Candle]], step_ms: int = MINUTE_MS
    ) -> None:
        self._venue = venue
        self._market = market
        self._step_ms = step_ms
        self._day = CandleDay(venue)
        self._next_open_ms: dict[str, int] = {}

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        for event in self.events():
            yield event

    def events(self) -> Iterator[Event]:
        """Give the events in their order, for a reader that does not wait for anything."""
        venue, outbox = self._venue, self._venue.outbox
        wallet, is_open = venue.account.wallet, False
        for minute in minutes_of(self._market):
            opened_ms = minute[0][1].open_time_ms
            if not is_open:
                is_open = True
                venue.start_at(opened_ms)
                yield SessionOpened(opened_ms, wallet)
                yield from self._outbox()
            if opened_ms >= venue.next_funding_ms:
                yield from self._funded(opened_ms)
            venue.now_ms = opened_ms
            for moved in self._moved_over_gaps(minute, opened_ms):
                yield moved
                yield from self._outbox()
            if venue.has_business and self._may_trade(minute):
                yield from self._traded(minute, opened_ms)
            closed_ms = self._close(minute, opened_ms)
            for symbol, candle in minute:
                yield CandleClosed(closed_ms, symbol, candle)
                while outbox:
                    yield outbox.popleft()
        if not is_open:
            yield SessionOpened(venue.now_ms, wallet)
        yield SessionEnding(venue.now_ms)
        yield from self._answered(self._day.finish)

    def _funded(self, until_ms: int) -> Iterator[Event]:
        venue = self._venue
        while venue.next_funding_ms <= until_ms:
            venue.now_ms = venue.next_funding_ms
            venue.settle_funding()
            yield from self._outbox()

    def _moved_over_gaps(self, minute: Minute, opened_ms: int) -> Sequence[PriceMoved]:
        last_prices, expected = self._venue.last_prices, self._next_open_ms
        following_ms = opened_ms + self._step_ms
        moved = []
        for symbol, candle in minute:
            if expected.get(symbol, opened_ms) != opened_ms:
                last_prices[symbol] = candle.open
                moved.append(PriceMoved(opened_ms, symbol, candle.open))
            expected[symbol] = following_ms
        return moved

    def _close(self, minute: Minute, opened_ms: int) -> int:
        self._day.close_minute(minute)
        self._venue.now_ms = opened_ms + self._step_ms
        return self._venue.now_ms

    def _traded(self, minute: Minute, opened_ms: int) -> Iterator[Event]:
        yield from self._answered(lambda: self._in_each(minute, self._day.open_candle))
        self._venue.now_ms = opened_ms + self._step_ms
        yield from self._answered(lambda: self._in_each(minute, self._day.trade_through))

    def _may_trade(self, minute: Minute) -> bool:
        self._day.open_minute(minute)
        may_trade = self._venue.may_trade
        return any(may_trade(symbol, candle.low, candle.high) for symbol, candle in minute)

    def _in_each(self, minute: Minute, phase: Callable[[str, Candle], None]) -> None:
        may_trade = self._venue.may_trade
        for symbol, candle in minute:
            if may_trade(symbol, candle.low, candle.high):
                phase(symbol, candle)

    def _answered(self, trade: Callable[[], None]) -> Iterator[Event]:
        trade()
        while self._venue.outbox:
            yield from self._outbox()
            trade()

    def _outbox(self) -> Iterator[Event]:
        outbox = self._venue.outbox
        while outbox:
            yield outbox.popleft()


def minutes_of(market: Iterable[tuple[str, Candle]]) -> Iterator[Minute]:
    """Group candles that open together; they must come merged in time order."""
    minute: Minute = []
    opened_ms = 0
    for symbol_and_candle in market:
        if symbol_and_candle[1].open_time_ms != opened_ms and minute:
            yield minute
            minute = []
        opened_ms = symbol_and_candle[1].open_time_ms
        minute.append(symbol_and_candle)
    if minute:
        yield minute
