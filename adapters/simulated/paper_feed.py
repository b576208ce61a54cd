"""Paper on live data: a live market drives a simulated exchange, and its answers come on the same tape."""

import asyncio
from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.funding_times import FundingTimes
from application.ports.tape_source import TapeSource
from domain.market.candle import Candle
from domain.market.quote import Quote
from domain.tape import CandleClosed, CandleRebuilt, Event, PriceMoved, SessionOpened

CORNERS: Final = 4


class PaperFeed:
    """Plays each piece of news through the exchange before it is told, what the exchange answers first.

    Quotes drive a symbol from its first one on; before that, and where none come, prices and candles
    do, a candle as four trades. The tape opens with the exchange's wallet at the first news of the market.
    """

    def __init__(
        self,
        market: Sequence[TapeSource[Event | Quote]],
        exchange: SimulatedExchange,
        broker: ExchangeBroker,
    ) -> None:
        self._market = tuple(market)
        self._exchange = exchange
        self._broker = broker
        self._outbox: deque[Event] = deque()
        self._quoted: set[str] = set()
        self._funding = FundingTimes(exchange.contracts)
        self._is_open = False

    def take_now(self) -> Event | None:
        """Give the oldest piece of news, None while none waits."""
        self._outbox.extend(self._broker.told())
        if not self._outbox:
            for source in self._market:
                item = source.take_now()
                if item is not None:
                    self._play(item)
                    break
        return self._outbox.popleft() if self._outbox else None

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever news have come."""
        for source in self._market:
            source.wake(sleeper)

    def _play(self, item: Event | Quote) -> None:
        if not self._is_open:
            self._open(item.at_ms)
        self._settle_funding(item.at_ms)
        match item:
            case Quote():
                self._play_quote(item)
            case PriceMoved():
                self._trade(item.symbol, item.price, 0.0, item.at_ms, is_falling=True)
            case CandleClosed() | CandleRebuilt():
                self._play_candle(item.symbol, item.candle, item.at_ms)
        self._outbox.extend(self._broker.told())
        told = PriceMoved(item.at_ms, item.symbol, item.middle) if isinstance(item, Quote) else item
        self._outbox.append(told)

    def _open(self, at_ms: int) -> None:
        self._is_open = True
        self._outbox.append(SessionOpened(at_ms, self._exchange.balance))
        self._funding.start_at(at_ms)

    def _settle_funding(self, at_ms: int) -> None:
        funding = self._funding
        while funding.next_ms <= at_ms:
            due_ms = funding.next_ms
            for symbol in funding.take_next():
                self._exchange.settle_funding(symbol, due_ms)

    def _play_quote(self, quote: Quote) -> None:
        if not quote.bid or not quote.ask:
            return
        self._quoted.add(quote.symbol)
        grid = self._exchange.contracts[quote.symbol].instrument
        self._exchange.on_book_ticker(
            quote.symbol,
            grid.nearest_price(quote.bid),
            Decimal(repr(quote.bid_quantity)),
            grid.nearest_price(quote.ask),
            Decimal(repr(quote.ask_quantity)),
            quote.at_ms,
        )

    def _play_candle(self, symbol: str, candle: Candle, at_ms: int) -> None:
        self._exchange.open_minute(symbol, candle.volume)
        for price in corners_of(candle):
            is_falling = price <= candle.open
            self._trade(symbol, price, candle.volume / CORNERS, at_ms, is_falling=is_falling)

    def _trade(self, symbol: str, price: float, quantity: float, at_ms: int, *, is_falling: bool) -> None:
        if symbol not in self._quoted:
            self._exchange.on_trade(symbol, price, quantity, price, at_ms, is_buyer_maker=is_falling)


def corners_of(candle: Candle) -> tuple[float, float, float, float]:
    """Give the four prices a candle is played as: a rising one sees its low first, a falling one its high."""
    if candle.close >= candle.open:
        return candle.open, candle.low, candle.high, candle.close
    return candle.open, candle.high, candle.low, candle.close
