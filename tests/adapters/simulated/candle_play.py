"""A scripted desk: candles in, an answer to each named moment, and what traded out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_feed import SimulatedFeed
from application.market_minutes import EveryCandle
from domain.market.candle import Candle
from domain.market.funding import FUNDING_INTERVAL_MS
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
    WalletMoved,
)
from tests.order_samples import INSTRUMENT, SYMBOL

NOTHING = Decimal(0)
MINUTE = 60_000


@dataclass(frozen=True)
class Terms:
    """What trading on candles costs, and how the exchange misbehaves."""

    costs: TradingCosts = TradingCosts()  # noqa: RUF009 - frozen, so shared safely
    funding_rate: Decimal = Decimal("0.0001")
    funding_interval_ms: int = FUNDING_INTERVAL_MS
    liquidation_fee: Decimal = Decimal("0.0125")
    stuck_stop_every: int = 0


USUAL = Terms()
FREE = Terms(TradingCosts(NOTHING, NOTHING, NOTHING), NOTHING)

Script = Mapping[str, Sequence[Order | str]]


def exchange_on_candles(
    instruments: Mapping[str, Instrument], wallet: Decimal, terms: Terms = USUAL
) -> SimulatedExchange:
    """Give an exchange that shows no book."""
    contracts = {
        symbol: ContractTerms(
            instrument,
            liquidation_fee=terms.liquidation_fee,
            funding_rate=terms.funding_rate,
            funding_interval_ms=terms.funding_interval_ms,
        )
        for symbol, instrument in instruments.items()
    }
    habits = ExchangeHabits(
        maker_fee=terms.costs.maker_fee,
        taker_fee=terms.costs.taker_fee,
        is_reduce_only_stop_refused_when_flat=True,
        is_book_shown=False,
        slippage=terms.costs.slippage,
        stuck_stop_every=terms.stuck_stop_every,
    )
    return SimulatedExchange(contracts, wallet, habits)


class Play(NamedTuple):
    """What happened: every event, the exchange afterwards, and the trades as (order, price, minute)."""

    events: list[Event]
    exchange: SimulatedExchange
    broker: ExchangeBroker

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
    terms: Terms = FREE,
    wallet: str = "100000",
    instruments: Mapping[str, Instrument] | None = None,
) -> Play:
    """Send the script's orders on each named moment; a plain word cancels that order."""
    exchange = exchange_on_candles(instruments or {SYMBOL: INSTRUMENT}, Decimal(wallet), terms)
    broker = ExchangeBroker(exchange)
    events = []
    for event in SimulatedFeed(exchange, broker, EveryCandle(market)).events():
        events.append(event)
        for order in script.get(word_of(event), ()):
            if isinstance(order, str):
                broker.take_back(SYMBOL, order)
            else:
                broker.place(order)
    return Play(events, exchange, broker)


def autoclose(minute: int) -> str:
    """Name the order by which the exchange closes a position at a moment."""
    return f"autoclose-{minute * MINUTE}"


def resting(exchange: SimulatedExchange, symbol: str | None = None) -> list[str]:
    """Give the names of all orders that wait, plain ones first."""
    plain = [order.client_id for order in exchange.open_orders(symbol)]
    return plain + [stop.client_id for stop in exchange.open_stops(symbol)]


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
        case WalletMoved():
            return f"moved by {event.reason}"
        case _:
            raise AssertionError(f"a market of candles tells no {type(event).__name__}")
