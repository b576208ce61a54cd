import asyncio
from decimal import Decimal

from adapters.simulated.exchange.contract_terms import ContractTerms
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.paper_feed import PaperFeed
from application.news_inbox import NewsInbox
from domain.market.candle import Candle
from domain.market.direction import Side
from domain.market.quote import Quote
from domain.market.timeframe import HOUR_MS
from domain.orders.order import ApprovedOrder, Order, OrderKind, OrderPurpose
from domain.tape import (
    CandleClosed,
    CandleRebuilt,
    ConnectionChanged,
    Event,
    FundingSettled,
    OrderAccepted,
    OrderFilled,
    PriceMoved,
    SessionOpened,
)
from tests.adapters.simulated.exchange.exchange_samples import GRID, SYMBOL

WALLET = Decimal(100_000)
T0 = 1_704_103_200_000
ENTRY = Order(
    "s-e",
    SYMBOL,
    Side.BUY,
    OrderKind.POST_ONLY_LIMIT,
    OrderPurpose.ENTRY,
    Decimal(2),
    price=Decimal(99),
    leverage=5,
)
STOP = Order(
    "s-s1",
    SYMBOL,
    Side.SELL,
    OrderKind.STOP_MARKET,
    OrderPurpose.STOP,
    Decimal(2),
    trigger_price=Decimal(97),
    is_reduce_only=True,
)
EXIT = Order("s-x1", SYMBOL, Side.SELL, OrderKind.MARKET, OrderPurpose.EXIT, Decimal(2), is_reduce_only=True)


class PaperRoom:
    """A paper feed with candles and prices to put news into."""

    def __init__(self) -> None:
        self.exchange = SimulatedExchange({SYMBOL: ContractTerms(GRID)}, WALLET)
        self.broker = ExchangeBroker(self.exchange)
        self.candles = NewsInbox[Event | Quote]()
        self.prices = NewsInbox[Event | Quote]()
        self.feed = PaperFeed([self.candles, self.prices], self.exchange, self.broker)
        self.now_ms = T0

    def told(self) -> list[Event]:
        events = []
        while (event := self.feed.take_now()) is not None:
            events.append(event)
        return events

    def quote(self, middle: float, quantity: float = 1_000.0) -> list[Event]:
        self.now_ms += 1_000
        bid, ask = round(middle - 0.1, 1), round(middle + 0.1, 1)
        self.prices.put(Quote(self.now_ms, SYMBOL, bid, quantity, ask, quantity))
        return self.told()

    def candle(self, opened: float, high: float, low: float, close: float) -> list[Event]:
        self.now_ms += 60_000
        candle = Candle(self.now_ms - 60_000, opened, high, low, close, 4_000.0)
        self.candles.put(CandleClosed(self.now_ms, SYMBOL, candle))
        return self.told()

    def submit(self, order: Order) -> list[Event]:
        asyncio.run(self.broker.submit(ApprovedOrder(order)))
        return self.told()


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_the_tape_opens_with_the_wallet_at_the_first_news_of_the_market() -> None:
    room = PaperRoom()
    assert room.told() == []
    assert room.quote(100.0) == [SessionOpened(T0 + 1_000, WALLET), PriceMoved(T0 + 1_000, SYMBOL, 100.0)]
    assert kinds(room.quote(100.2)) == [PriceMoved]


def test_a_resting_entry_fills_when_the_book_crosses_it_and_is_told_before_the_price() -> None:
    room = PaperRoom()
    room.quote(100.0)
    assert kinds(room.submit(ENTRY)) == [OrderAccepted]
    assert kinds(room.quote(99.5)) == [PriceMoved]
    events = room.quote(98.7)
    assert kinds(events) == [OrderFilled, PriceMoved]
    filled = events[0]
    assert isinstance(filled, OrderFilled)
    assert (filled.fill.order_id, filled.fill.price, filled.fill.is_maker) == ("s-e", Decimal(99), True)


def test_a_stop_acts_on_the_book_and_an_exit_fills_at_once() -> None:
    room = PaperRoom()
    room.quote(100.0)
    room.submit(ENTRY)
    room.quote(98.7)
    room.submit(STOP)
    stopped = [event.fill for event in room.quote(96.9) if isinstance(event, OrderFilled)]
    assert {fill.order_id for fill in stopped} == {"s-s1"}
    room.quote(100.0)
    room.submit(ENTRY)
    room.quote(98.7)
    assert OrderFilled in kinds(room.submit(EXIT))


def test_only_candles_drive_a_symbol_without_quotes() -> None:
    room = PaperRoom()
    assert kinds(room.candle(100.0, 101.0, 99.5, 100.5)) == [SessionOpened, CandleClosed]
    room.submit(ENTRY)
    assert kinds(room.candle(100.5, 100.6, 98.8, 99.4)) == [OrderFilled, CandleClosed]


def test_once_quotes_come_candles_drive_no_more() -> None:
    room = PaperRoom()
    room.quote(100.0)
    room.submit(ENTRY)
    assert kinds(room.candle(100.0, 101.0, 90.0, 100.5)) == [CandleClosed]


def test_a_side_without_orders_is_no_book_to_trade_on() -> None:
    room = PaperRoom()
    room.candle(100.0, 101.0, 99.5, 100.5)
    room.prices.put(Quote(room.now_ms, SYMBOL, 0.0, 0.0, 101.0, 1.0))
    assert kinds(room.told()) == [PriceMoved]
    room.submit(ENTRY)
    assert kinds(room.candle(100.5, 100.6, 98.8, 99.4)) == [OrderFilled, CandleClosed]


def test_mark_prices_drive_a_symbol_where_nothing_better_comes() -> None:
    room = PaperRoom()
    for price in (100.0, 98.9):
        room.now_ms += 1_000
        room.prices.put(PriceMoved(room.now_ms, SYMBOL, price))
        if price == 100.0:
            assert kinds(room.told()) == [SessionOpened, PriceMoved]
            room.submit(ENTRY)
    assert kinds(room.told()) == [OrderFilled, PriceMoved]


def test_rebuilt_candles_and_other_news_are_passed_on() -> None:
    room = PaperRoom()
    room.quote(100.0)
    rebuilt = CandleRebuilt(room.now_ms, SYMBOL, Candle(T0, 100.0, 100.0, 100.0, 100.0, 1.0))
    changed = ConnectionChanged(room.now_ms, "klines", is_up=False)
    room.candles.put(rebuilt)
    room.candles.put(changed)
    assert room.told() == [rebuilt, changed]


def test_funding_is_settled_at_its_hour_with_the_price_that_is_known() -> None:
    room = PaperRoom()
    room.quote(100.0)
    room.submit(ENTRY)
    room.quote(98.7)
    room.now_ms += 8 * HOUR_MS
    events = room.quote(100.0)
    assert kinds(events) == [FundingSettled, PriceMoved]
    settled = events[0]
    assert isinstance(settled, FundingSettled)
    assert settled.payment == -Decimal(2) * Decimal("98.7") * Decimal("0.0001")
    assert kinds(room.quote(100.0)) == [PriceMoved]


def test_news_of_the_market_wake_the_tape() -> None:
    room, sleeper = PaperRoom(), asyncio.Event()
    room.feed.wake(sleeper)
    room.prices.put(PriceMoved(T0, SYMBOL, 1.0))
    assert sleeper.is_set()
