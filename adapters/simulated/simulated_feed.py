"""The one tape of a run on candles: what the market did and what the venue answered, in time order."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Final

from adapters.simulated.candle_day import CandleDay
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.funding_times import FundingTimes
from application.market_minutes import Busy, Holder, MarketMinutes, Minute
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.timeframe import DAY_MS, MINUTE_MS
from domain.tape import CandleClosed, CandlesPassed, Event, PriceMoved, SessionEnding, SessionOpened

_Candles = Sequence[tuple[str, Candle]]
_NOBODY: Final[Busy] = {}


class SimulatedFeed:
    """Plays a market of several symbols, minute by minute, through an exchange that shows no book.

    Every event is given before the next thing happens, so whoever reads the feed may send orders
    in between. All candles that open together are one minute: funding and gaps first, then the
    opens, then what trades inside, then the closes. A symbol whose candles have a gap first shows
    its new open as PriceMoved, and market orders sent on it fill there. The market is told in which
    symbols orders rest or a position is open and between which prices nothing happens there, and may
    pass over candles of the others, and those that are calm. Read it once.
    """

    def __init__(
        self,
        exchange: SimulatedExchange,
        broker: ExchangeBroker,
        market: MarketMinutes,
        step_ms: int = MINUTE_MS,
    ) -> None:
        self._exchange = exchange
        self._matching = exchange.candles
        self._next_told = broker.next_told
        self._market = market
        self._step_ms = step_ms
        self._day = CandleDay(exchange.candles)
        self._funding = FundingTimes(exchange.contracts)
        self._next_open_ms: dict[str, int] = {}
        self._forget_from_ms = 0
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
        exchange, matching, next_told = self._exchange, self._matching, self._next_told
        wallet, is_open = exchange.balance, False
        while (minute := self._market.next_minute(self._busy())) is not None:
            opened_ms, candles = minute.opened_ms, minute.candles
            if not is_open:
                is_open = True
                matching.advance_to(opened_ms)
                self._funding.start_at(opened_ms)
                yield SessionOpened(opened_ms, wallet)
                yield from self._answers()
            yield from self._before_the_open(minute)
            if matching.has_business and self._may_trade(candles):
                yield from self._traded(candles, opened_ms)
            closed_ms = opened_ms + self._step_ms
            matching.close_minute(candles, closed_ms)
            for symbol, news in minute.closes:
                if isinstance(news, Candle):
                    yield CandleClosed(closed_ms, symbol, news)
                else:
                    yield self._passed(closed_ms, symbol, news)
                while (answer := next_told()) is not None:
                    yield answer
        if not is_open:
            yield SessionOpened(exchange.now_ms, wallet)
        yield SessionEnding(exchange.now_ms)
        yield from self._answered(self._day.finish)

    def _busy(self) -> Busy:
        matching = self._matching
        if not matching.has_business:
            return _NOBODY
        holder = self._holder if matching.is_invested else None
        return matching.calm_prices(None if holder is None else holder.stillness, self._funding.next_ms)

    def _passed(self, at_ms: int, symbol: str, run: CandleRun) -> CandlesPassed:
        last = run.candle(len(run) - 1)
        self._matching.show(symbol, last.close)
        closed_ms = self._next_open_ms[symbol] = last.open_time_ms + self._step_ms
        return CandlesPassed(max(at_ms, closed_ms), symbol, run, closed_ms)

    def _before_the_open(self, minute: Minute) -> Iterator[Event]:
        """Tell of what passed in the order in which it ended, of funding, and of gaps."""
        exchange, next_told, opened_ms = self._exchange, self._next_told, minute.opened_ms
        for symbol, run in sorted(minute.late, key=_ends_ms) if len(minute.late) > 1 else minute.late:
            passed = self._passed(exchange.now_ms, symbol, run)
            self._matching.advance_to(passed.at_ms)
            yield passed
            while (answer := next_told()) is not None:
                yield answer
        if opened_ms >= self._funding.next_ms:
            yield from self._funded(opened_ms)
        exchange.on_time(opened_ms)
        for moved in self._moved_over_gaps(minute.candles, opened_ms):
            yield moved
            while (answer := next_told()) is not None:
                yield answer

    def _funded(self, until_ms: int) -> Iterator[Event]:
        """Settle at the last prices; what fell due inside a candle is told when that candle is over."""
        exchange, funding = self._exchange, self._funding
        while funding.next_ms <= until_ms:
            self._matching.advance_to(funding.next_ms)
            for symbol in funding.take_next():
                exchange.settle_funding(symbol, exchange.now_ms)
            yield from self._answers()
        if until_ms >= self._forget_from_ms:
            exchange.forget_old()
            self._forget_from_ms = until_ms + DAY_MS

    def _moved_over_gaps(self, candles: _Candles, opened_ms: int) -> Sequence[PriceMoved]:
        expected = self._next_open_ms
        following_ms = opened_ms + self._step_ms
        moved = []
        for symbol, candle in candles:
            if expected.get(symbol, opened_ms) != opened_ms:
                self._matching.show(symbol, candle.open)
                moved.append(PriceMoved(opened_ms, symbol, candle.open))
            expected[symbol] = following_ms
        return moved

    def _traded(self, candles: _Candles, opened_ms: int) -> Iterator[Event]:
        yield from self._answered(lambda: self._in_each(candles, self._day.open_candle))
        self._matching.advance_to(opened_ms + self._step_ms)
        yield from self._answered(lambda: self._in_each(candles, self._day.trade_through))

    def _may_trade(self, candles: _Candles) -> bool:
        self._day.open_minute(candles)
        may_trade = self._matching.may_trade
        return any(may_trade(symbol, candle.low, candle.high) for symbol, candle in candles)

    def _in_each(self, candles: _Candles, phase: Callable[[str, Candle], None]) -> None:
        may_trade = self._matching.may_trade
        for symbol, candle in candles:
            if may_trade(symbol, candle.low, candle.high):
                phase(symbol, candle)

    def _answered(self, trade: Callable[[], None]) -> Iterator[Event]:
        trade()
        while (answer := self._next_told()) is not None:
            yield answer
            yield from self._answers()
            trade()

    def _answers(self) -> Iterator[Event]:
        while (answer := self._next_told()) is not None:
            yield answer


def _ends_ms(told: tuple[str, CandleRun]) -> int:
    run = told[1]
    return run.candle(len(run) - 1).open_time_ms
