"""The one tape of a run on candles: what the market did and what the venue answered, in time order."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Final

from adapters.simulated.candle_day import CandleDay
from adapters.simulated.simulated_venue import SimulatedVenue
from application.market_minutes import Busy, Holder, MarketMinutes, Minute
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.timeframe import MINUTE_MS
from domain.tape import CandleClosed, CandlesPassed, Event, PriceMoved, SessionEnding, SessionOpened

_Candles = Sequence[tuple[str, Candle]]
_NOBODY: Final[Busy] = {}


class SimulatedFeed:
    """Plays a market of several symbols, minute by minute, through a simulated venue.

    Every event is given before the next thing happens, so whoever reads the feed may send orders
    in between. All candles that open together are one minute: funding and gaps first, then the
    opens, then what trades inside, then the closes. A symbol whose candles have a gap first shows
    its new open as PriceMoved, and market orders sent on it fill there. The market is told in which
    symbols orders rest or a position is open and between which prices nothing happens there, and may
    pass over candles of the others, and those that are calm. Read it once.
    """

    def __init__(self, venue: SimulatedVenue, market: MarketMinutes, step_ms: int = MINUTE_MS) -> None:
        self._venue = venue
        self._market = market
        self._step_ms = step_ms
        self._day = CandleDay(venue)
        self._next_open_ms: dict[str, int] = {}
        self._holder: Holder | None = None

    def spare(self, holder: Holder) -> None:
        """Pass over what its reader says it would do nothing about; before that, every candle is given."""
        self._holder = holder

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        for event in self.events():
            yield event

    def events(self) -> Iterator[Event]:
        """Give the events in their order, for a reader that does not wait for anything."""
        venue, outbox = self._venue, self._venue.outbox
        wallet, is_open = venue.account.wallet, False
        while (minute := self._market.next_minute(self._busy())) is not None:
            opened_ms, candles = minute.opened_ms, minute.candles
            if not is_open:
                is_open = True
                venue.start_at(opened_ms)
                yield SessionOpened(opened_ms, wallet)
                yield from self._outbox()
            yield from self._before_the_open(minute)
            if venue.has_business and self._may_trade(candles):
                yield from self._traded(candles, opened_ms)
            closed_ms = self._close(candles, opened_ms)
            for symbol, told in minute.closes:
                if isinstance(told, Candle):
                    yield CandleClosed(closed_ms, symbol, told)
                else:
                    yield self._passed(closed_ms, symbol, told)
                while outbox:
                    yield outbox.popleft()
        if not is_open:
            yield SessionOpened(venue.now_ms, wallet)
        yield SessionEnding(venue.now_ms)
        yield from self._answered(self._day.finish)

    def _busy(self) -> Busy:
        if not self._venue.has_business:
            return _NOBODY
        holder = self._holder if self._venue.positions else None
        return self._venue.calm_prices(None if holder is None else holder.stillness)

    def _passed(self, at_ms: int, symbol: str, run: CandleRun) -> CandlesPassed:
        last = run.candle(len(run) - 1)
        self._venue.last_prices[symbol] = last.close
        closed_ms = self._next_open_ms[symbol] = last.open_time_ms + self._step_ms
        return CandlesPassed(max(at_ms, closed_ms), symbol, run, closed_ms)

    def _before_the_open(self, minute: Minute) -> Iterator[Event]:
        """Tell of what passed in the order in which it ended, of funding, and of gaps."""
        venue, outbox, opened_ms = self._venue, self._venue.outbox, minute.opened_ms
        for symbol, run in sorted(minute.late, key=_ends_ms) if len(minute.late) > 1 else minute.late:
            passed = self._passed(venue.now_ms, symbol, run)
            venue.now_ms = passed.at_ms
            yield passed
            while outbox:
                yield outbox.popleft()
        if opened_ms >= venue.next_funding_ms:
            yield from self._funded(opened_ms)
        venue.now_ms = opened_ms
        for moved in self._moved_over_gaps(minute.candles, opened_ms):
            yield moved
            while outbox:
                yield outbox.popleft()

    def _funded(self, until_ms: int) -> Iterator[Event]:
        venue = self._venue
        while venue.next_funding_ms <= until_ms:
            venue.settle_funding()
            yield from self._outbox()

    def _moved_over_gaps(self, candles: _Candles, opened_ms: int) -> Sequence[PriceMoved]:
        last_prices, expected = self._venue.last_prices, self._next_open_ms
        following_ms = opened_ms + self._step_ms
        moved = []
        for symbol, candle in candles:
            if expected.get(symbol, opened_ms) != opened_ms:
                last_prices[symbol] = candle.open
                moved.append(PriceMoved(opened_ms, symbol, candle.open))
            expected[symbol] = following_ms
        return moved

    def _close(self, candles: _Candles, opened_ms: int) -> int:
        self._day.close_minute(candles)
        self._venue.now_ms = opened_ms + self._step_ms
        return self._venue.now_ms

    def _traded(self, candles: _Candles, opened_ms: int) -> Iterator[Event]:
        yield from self._answered(lambda: self._in_each(candles, self._day.open_candle))
        self._venue.now_ms = opened_ms + self._step_ms
        yield from self._answered(lambda: self._in_each(candles, self._day.trade_through))

    def _may_trade(self, candles: _Candles) -> bool:
        self._day.open_minute(candles)
        may_trade = self._venue.may_trade
        return any(may_trade(symbol, candle.low, candle.high) for symbol, candle in candles)

    def _in_each(self, candles: _Candles, phase: Callable[[str, Candle], None]) -> None:
        may_trade = self._venue.may_trade
        for symbol, candle in candles:
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


def _ends_ms(told: tuple[str, CandleRun]) -> int:
    run = told[1]
    return run.candle(len(run) - 1).open_time_ms
