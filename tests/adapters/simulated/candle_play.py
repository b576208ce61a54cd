"""A scripted desk: candles in, an answer to each named moment, and what traded out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from adapters.simulated.simulated_feed import SimulatedFeed
from adapters.simulated.simulated_venue import SimulatedVenue
from adapters.simulated.venue_terms import VenueTerms
from application.market_minutes import EveryCandle
from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.orders.order import Order
from domain.tape import (
    CandleClosed,
    CandlesPassed,
    Event,
    FundingSettled,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    PriceMoved,
    SessionEnding,
    SessionOpened,
)
from tests.order_samples import INSTRUMENT, SYMBOL

NOTHING = Decimal(0)
FREE = VenueTerms(TradingCosts(NOTHING, NOTHING, NOTHING), NOTHING)
MINUTE = 60_000

Script = Mapping[str, Sequence[Order | str]]


class Play(NamedTuple):
    """What happened: every event, the venue afterwards, and the trades as (order, price, minute)."""

    events: list[Event]
    venue: SimulatedVenue

    @property
    def trades(self) -> list[tuple[str, str, float]]:
        fills = [event.fill for event in self.events if isinstance(event, OrderFilled)]
        return [(fill.order_id, f"{fill.price:.1f}", fill.at_ms / MINUTE) for fill in fills]

    @property
    def words(self) -> list[str]:
        return [word_of(event) for event in self.events]


def candle(minute: int, prices: str, volume: float = 1.0) -> Candle:
    """Write a candle as `open high low close`."""
    opened, high, low, close = (float(price) for price in prices.split())
    return Candle(minute * MINUTE, opened, high, low, close, volume)


def candles_of(*prices: str) -> list[tuple[str, Candle]]:
    return [(SYMBOL, candle(minute, words)) for minute, words in enumerate(prices)]


def play(
    market: Sequence[tuple[str, Candle]],
    script: Script,
    terms: VenueTerms = FREE,
    wallet: str = "100000",
    instruments: Mapping[str, Instrument] | None = None,
) -> Play:
    """Send the script's orders on each named moment; a plain word cancels that order."""
    venue = SimulatedVenue(instruments or {SYMBOL: INSTRUMENT}, Decimal(wallet), terms)
    events = []
    for event in SimulatedFeed(venue, EveryCandle(market)).events():
        events.append(event)
        for order in script.get(word_of(event), ()):
            if isinstance(order, str):
                venue.cancel(SYMBOL, order)
            else:
                venue.submit(order)
    return Play(events, venue)


def word_of(event: Event) -> str:
    """Name a moment: `closed 1` for the first candle's end, `filled a-e`, `moved 7`."""
    match event:
        case SessionOpened():
            return "opened"
        case SessionEnding():
            return "ending"
        case OrderFilled():
            return f"filled {event.fill.order_id}"
        case CandlesPassed():
            return f"passed {len(event.run)} by {event.closed_at_ms // MINUTE} {event.symbol}"
        case CandleClosed() | PriceMoved() | FundingSettled():
            word = {CandleClosed: "closed", PriceMoved: "moved", FundingSettled: "funding"}[type(event)]
            symbol = "" if event.symbol == SYMBOL else f" {event.symbol}"
            return f"{word} {event.at_ms // MINUTE}{symbol}"
        case OrderAccepted() | OrderRejected() | OrderCancelled() | OrderExpired():
            return f"{type(event).__name__.removeprefix('Order').lower()} {event.order_id}"
        case _:
            raise AssertionError(f"a market of candles tells no {type(event).__name__}")
