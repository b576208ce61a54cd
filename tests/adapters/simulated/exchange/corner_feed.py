"""Candles as trades of a market that shows a book: a tape for tests of the whole exchange."""

from collections.abc import AsyncIterator, Iterator

from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.paper_feed import CORNERS, corners_of
from application.market_minutes import MarketMinutes, Minute
from domain.market.candle import Candle
from domain.market.funding import next_funding_ms
from domain.market.timeframe import MINUTE_MS
from domain.tape import CandleClosed, Event, PriceMoved, SessionEnding, SessionOpened


class CornerFeed:
    """Plays every candle as four trades: its open, the nearer extreme, the other, its close.

    A rising candle sees its low first, a falling one its high. Events are given before the next
    thing happens, so whoever reads may send orders in between; they meet the last corner's price.
    The mark is the last price. Read it once.
    """

    def __init__(
        self,
        exchange: SimulatedExchange,
        broker: ExchangeBroker,
        market: MarketMinutes,
        step_ms: int = MINUTE_MS,
    ) -> None:
        self._exchange = exchange
        self._broker = broker
        self._market = market
        self._step_ms = step_ms
        self._next_open_ms: dict[str, int] = {}
        self._funded_ms = 0

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Give the events in their order."""
        for event in self.events():
            yield event

    def events(self) -> Iterator[Event]:
        """Give the events in their order, for a reader that does not wait for anything."""
        exchange, is_open = self._exchange, False
        while (minute := self._market.next_minute(dict.fromkeys(exchange.contracts))) is not None:
            if not is_open:
                is_open, self._funded_ms = True, minute.opened_ms
                yield SessionOpened(minute.opened_ms, exchange.wallet().balance)
            yield from self._minute(minute)
        if not is_open:
            yield SessionOpened(exchange.now_ms, exchange.wallet().balance)
        yield SessionEnding(exchange.now_ms)
        yield from self._told()

    def _minute(self, minute: Minute) -> Iterator[Event]:
        exchange, opened_ms = self._exchange, minute.opened_ms
        exchange.on_time(opened_ms)
        yield from self._funded(opened_ms)
        for symbol, candle in minute.candles:
            exchange.open_minute(symbol, candle.volume)
            if self._next_open_ms.get(symbol, opened_ms) != opened_ms:
                self._trade(symbol, candle, 0, opened_ms)
                yield PriceMoved(opened_ms, symbol, candle.open)
                yield from self._told()
            self._next_open_ms[symbol] = opened_ms + self._step_ms
        for corner in range(CORNERS):
            at_ms = opened_ms + corner * self._step_ms // CORNERS
            for symbol, candle in minute.candles:
                self._trade(symbol, candle, corner, at_ms)
                yield from self._told()
        closed_ms = opened_ms + self._step_ms
        exchange.on_time(closed_ms)
        for symbol, candle in minute.candles:
            yield CandleClosed(closed_ms, symbol, candle)
            yield from self._told()

    def _trade(self, symbol: str, candle: Candle, corner: int, at_ms: int) -> None:
        price = corners_of(candle)[corner]
        volume = candle.volume / CORNERS
        self._exchange.on_trade(symbol, price, volume, price, at_ms, is_buyer_maker=price <= candle.open)

    def _funded(self, until_ms: int) -> Iterator[Event]:
        for symbol, contract in self._exchange.contracts.items():
            due_ms = next_funding_ms(self._funded_ms - 1, contract.funding_interval_ms)
            while due_ms <= until_ms:
                self._exchange.settle_funding(symbol, due_ms)
                due_ms += contract.funding_interval_ms
        self._funded_ms = until_ms + 1
        yield from self._told()

    def _told(self) -> Iterator[Event]:
        while events := self._broker.told():
            yield from events
