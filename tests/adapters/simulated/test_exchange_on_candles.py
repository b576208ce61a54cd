from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulated.exchange.candle_matching import CandleMatching
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from adapters.simulated.simulated_feed import SimulatedFeed
from application.market_minutes import Busy, CalmPrices, EveryCandle, Stillness
from domain.market.candle import Candle
from domain.market.direction import Side, side_that_closes, side_that_opens
from domain.market.trading_costs import TradingCosts
from domain.orders.order import Order
from domain.position.account import open_account
from domain.position.position import Position, open_position
from domain.tape import (
    CandleClosed,
    Event,
    FundingSettled,
    OrderCancelled,
    OrderFilled,
    OrderRejected,
    WalletMoved,
)
from tests.adapters.simulated.candle_play import (
    FREE,
    MINUTE,
    Play,
    Script,
    Terms,
    autoclose,
    candle,
    candles_of,
    exchange_on_candles,
    play,
    resting,
)
from tests.order_samples import INSTRUMENT, SYMBOL, entry, limit_exit, market_exit, stop, target

CALM = "100 100 100 100"
EIGHT_HOURS = 480


class At(NamedTuple):
    """An exchange at a price, and the way in."""

    exchange: SimulatedExchange
    broker: ExchangeBroker


def exchange_at(price: float | None = 100.0, wallet: str = "1000") -> At:
    exchange = exchange_on_candles({SYMBOL: INSTRUMENT}, Decimal(wallet), FREE)
    if price is not None:
        exchange.candles.show(SYMBOL, price)
    return At(exchange, ExchangeBroker(exchange))


def reason_for(at: At, order: Order) -> tuple[str, bool] | None:
    at.broker.place(order)
    (answer,) = at.broker.told()
    return (answer.reason, answer.may_retry) if isinstance(answer, OrderRejected) else None


def test_an_unknown_symbol_is_refused() -> None:
    assert reason_for(exchange_at(), entry(symbol="X")) == ("-1121 Invalid symbol.", False)


def test_an_order_before_the_first_price_is_refused() -> None:
    assert reason_for(exchange_at(None), entry()) == ("-1112 No orders on book for symbol.", True)


def test_a_second_open_order_of_one_id_is_refused() -> None:
    at = exchange_at()
    assert reason_for(at, entry(price="99")) is None
    assert reason_for(at, entry(price="98")) == ("-4116 ClientOrderId is duplicated.", False)


def test_the_same_id_is_welcome_again_once_its_order_is_gone() -> None:
    at = exchange_at()
    assert reason_for(at, entry(price="99")) is None
    at.broker.take_back(SYMBOL, "a-e")
    assert [type(event) for event in at.broker.told()] == [OrderCancelled]
    assert reason_for(at, entry(price="98")) is None


@pytest.mark.parametrize(("quantity", "is_taken"), [("19.97", True), ("19.971", False)])
def test_a_market_entry_needs_free_margin_at_the_ask_and_a_little_more(quantity: str, is_taken: bool) -> None:
    refused = reason_for(exchange_at(), entry(quantity=quantity))
    assert refused == (None if is_taken else ("-2019 Margin is insufficient.", False))


@pytest.mark.parametrize(("quantity", "is_taken"), [("20", True), ("20.001", False)])
def test_a_limit_entry_needs_free_margin_at_its_price(quantity: str, is_taken: bool) -> None:
    refused = reason_for(exchange_at(), entry(quantity=quantity, price="100"))
    assert refused == (None if is_taken else ("-2019 Margin is insufficient.", False))


def test_waiting_entries_share_the_free_margin() -> None:
    at = exchange_at()
    assert reason_for(at, entry("a-e", quantity="15", price="99")) is None
    assert reason_for(at, entry("b-e", quantity="6", price="99")) == ("-2019 Margin is insufficient.", False)
    assert reason_for(at, entry("b-e", quantity="5", price="99")) is None


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (entry(price="100.0"), None),
        (entry(price="100.1"), -5022),
        (entry(side=Side.SELL, price="100.0"), None),
        (entry(side=Side.SELL, price="99.9"), -5022),
        (entry(price="99.95"), -4014),
        (stop("99.9"), -2022),
        (target("100.1"), -2022),
        (market_exit(), -2022),
    ],
)
def test_what_is_refused_of_a_flat_account(order: Order, code: int | None) -> None:
    refused = reason_for(exchange_at(), order)
    assert (None if refused is None else int(refused[0].split()[0])) == code
    assert refused is None or refused[1] is (code == -5022)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (stop("99.9"), None),
        (stop("100.0"), -2021),
        (stop("99.9", side=Side.BUY), -2022),
        (stop("100.1", side=Side.BUY), -2022),
        (target("100.1"), None),
        (target("100.0"), -2021),
        (market_exit(), None),
        (market_exit(side=Side.BUY), -2022),
        (entry("b-e"), None),
    ],
)
def test_what_is_refused_of_one_that_is_long(order: Order, code: int | None) -> None:
    played = play(candles_of(CALM, CALM), {"closed 1": [entry()]})
    refused = reason_for(At(played.exchange, played.broker), order)
    assert (None if refused is None else int(refused[0].split()[0])) == code


def test_a_market_order_waits_for_the_next_price_and_expires_never() -> None:
    at = exchange_at()
    assert reason_for(at, entry()) is None
    assert resting(at.exchange) == ["a-e"]
    assert [one.is_market for one in at.exchange.candles.waiting(SYMBOL)] == [True]


def test_cancelling_what_is_gone_says_nothing() -> None:
    at = exchange_at()
    at.broker.take_back(SYMBOL, "a-e")
    at.broker.take_back("X", "a-e")
    assert not at.broker.told()


def test_an_exchange_without_orders_and_positions_has_no_business() -> None:
    at = exchange_at()
    said = [at.exchange.candles.has_business]
    at.broker.place(entry(price="99"))
    said.append(at.exchange.candles.has_business)
    at.broker.take_back(SYMBOL, "a-e")
    assert [*said, at.exchange.candles.has_business] == [False, True, False]


def test_a_position_alone_is_business_and_trades_only_near_its_forced_close() -> None:
    exchange = play(candles_of(CALM, CALM), {"closed 1": [entry()]}, wallet="60").exchange
    assert exchange.candles.has_business
    assert not resting(exchange)
    assert not exchange.candles.may_trade(SYMBOL, 50.0, 200.0)
    assert exchange.candles.may_trade(SYMBOL, 45.0, 200.0)


@pytest.mark.parametrize(
    ("low", "high", "may_act"),
    [(98.1, 101.9, False), (98.0, 101.9, True), (98.1, 102.0, True), (90.0, 110.0, True)],
)
def test_between_the_nearest_levels_nothing_acts(low: float, high: float, may_act: bool) -> None:
    exchange, broker = held_at_exchange(
        stop("98.0", "a"), stop("97.0", "b"), target("103.0", "c"), target("102.0", "d"), stop("99.0", "gone")
    )
    broker.take_back(SYMBOL, "gone")
    assert exchange.candles.may_trade(SYMBOL, low, high) is may_act


def held_at_exchange(*orders: Order) -> At:
    played = play(candles_of(CALM, CALM), {"closed 1": [entry(quantity="1")]})
    for order in orders:
        played.broker.place(order)
    return At(played.exchange, played.broker)


def calm_of(at: At, said: Stillness | None, until_ms: int = EIGHT_HOURS * MINUTE) -> Busy:
    return at.exchange.candles.calm_prices(said, until_ms)


def stillness(until_ms: int = 3, **prices: CalmPrices) -> Stillness:
    return Stillness(until_ms, prices)


def test_what_is_held_is_calm_where_desk_and_orders_are_and_until_the_first_of_them_or_funding() -> None:
    at, wide = held_at_exchange(stop(trigger="95"), target(trigger="109")), CalmPrices(90.0, 110.0)
    assert calm_of(at, stillness(ETHUSDT=wide)) == {SYMBOL: CalmPrices(95.0, 109.0, 3)}
    narrow = stillness(10**15, ETHUSDT=CalmPrices(96.0, 104.0))
    assert calm_of(at, narrow) == {SYMBOL: CalmPrices(96.0, 104.0, EIGHT_HOURS * MINUTE)}


def test_what_is_held_without_orders_is_calm_where_the_desk_is() -> None:
    calm = CalmPrices(90.0, 110.0, 3)
    assert calm_of(held_at_exchange(), stillness(ETHUSDT=calm)) == {SYMBOL: calm}


def test_what_is_held_is_not_calm_when_the_desk_is_not_or_means_something_else() -> None:
    at, calm = held_at_exchange(stop(trigger="95")), CalmPrices(90.0, 110.0)
    assert calm_of(at, None) == {SYMBOL: None}
    assert calm_of(at, stillness()) == {SYMBOL: None}
    assert calm_of(at, stillness(ETHUSDT=calm, BTCUSDT=calm)) == {SYMBOL: None}


def test_what_is_held_is_not_calm_where_a_forced_close_may_be_near() -> None:
    played = play(candles_of(CALM, CALM), {"closed 1": [entry()]}, wallet="60")
    at = At(played.exchange, played.broker)
    assert calm_of(at, stillness(ETHUSDT=CalmPrices(45.0, 200.0))) == {SYMBOL: None}
    assert calm_of(at, stillness(ETHUSDT=CalmPrices(50.0, 200.0))) != {SYMBOL: None}


def test_a_stop_that_hangs_is_no_business_of_the_market() -> None:
    terms = Terms(FREE.costs, Decimal(0), stuck_stop_every=1)
    script: Script = {"closed 1": [entry()], "closed 2": [stop("98.0")], "closed 3": [market_exit()]}
    played = play(candles_of(CALM, CALM, "100 100 97 97", "97 97 97 97"), script, terms)
    assert resting(played.exchange) == ["a-s1"]
    assert calm_of(At(played.exchange, played.broker), None) == {}


def test_a_reducing_order_larger_than_the_position_is_cut_to_it() -> None:
    script: Script = {"closed 1": [entry()], "closed 2": [market_exit(quantity="3")]}
    played = play(candles_of(CALM, CALM, CALM), script)
    fills = [event.fill for event in played.events if isinstance(event, OrderFilled)]
    assert [(fill.quantity, fill.is_last) for fill in fills] == [(Decimal(1), True), (Decimal(1), False)]
    assert "expired a-x1" in played.words
    assert not played.exchange.candles.is_invested


@pytest.mark.parametrize(("prices", "closed"), [("100 100 97 97", "0.4"), ("100 103 100 103", "0.3")])
def test_what_fires_after_a_part_was_closed_never_closes_more_than_the_rest(prices: str, closed: str) -> None:
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0"), target("102.0", quantity="0.3"), market_exit(quantity="0.6")],
    }
    played = play(candles_of(CALM, CALM, CALM, prices), script)
    fills = [event.fill.quantity for event in played.events if isinstance(event, OrderFilled)]
    assert fills == [Decimal(1), Decimal("0.6"), Decimal(closed)]


def test_when_a_position_is_flat_its_plain_reducing_orders_expire_and_stops_and_entries_stay() -> None:
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [
            stop("98.0"),
            target("102.0"),
            limit_exit("a-x2", Side.SELL, "1", "101.0"),
            entry("b-e", price="99.0"),
            market_exit(),
        ],
    }
    played = play(candles_of(CALM, CALM, CALM), script)
    assert "expired a-x2" in played.words
    assert resting(played.exchange) == ["b-e", "a-s1", "a-t1"]


def test_a_stop_that_closes_the_position_expires_with_it() -> None:
    whole = replace(stop("98.0"), closes_position=True)
    script: Script = {"closed 1": [entry()], "closed 2": [whole, market_exit()]}
    played = play(candles_of(CALM, CALM, CALM), script)
    assert "expired a-s1" in played.words
    assert not played.exchange.candles.has_business


def test_an_entry_against_a_position_turns_it_around_and_its_stops_close_nothing_more() -> None:
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0"), entry("b-e", Side.SELL, "3")],
    }
    played = play(candles_of(CALM, CALM, CALM, "100 100 97 97"), script)
    assert played.exchange.positions(SYMBOL)[0].amount == -2
    fills = [event.fill for event in played.events if isinstance(event, OrderFilled)]
    assert [(fill.quantity, fill.is_last) for fill in fills[1:]] == [(Decimal(1), False), (Decimal(2), True)]
    assert "expired a-s1" in played.words


def test_maker_and_taker_fees_leave_the_wallet() -> None:
    terms = Terms(TradingCosts(Decimal("0.001"), Decimal("0.002"), Decimal(0)), Decimal(0))
    script: Script = {"closed 1": [entry(price="99.0")], "closed 2": [market_exit()]}
    played = play(candles_of(CALM, "100 100 98 99", "99 99 99 99"), script, terms)
    fills = [event.fill for event in played.events if isinstance(event, OrderFilled)]
    assert [(fill.fee, fill.is_maker) for fill in fills] == [
        (Decimal("0.099"), True),
        (Decimal("0.198"), False),
    ]
    assert played.exchange.balance == Decimal(100_000) - Decimal("0.297")


def test_a_forced_close_pays_the_taker_fee_and_the_insurance_fund_takes_the_liquidation_fee() -> None:
    terms = Terms(
        TradingCosts(Decimal(0), Decimal("0.001"), Decimal(0)), Decimal(0), liquidation_fee=Decimal("0.0001")
    )
    script: Script = {"closed 1": [entry(quantity="10", leverage=20)]}
    played = play(candles_of(CALM, "100 100 90 90"), script, terms, wallet="81")
    fill = [event.fill for event in played.events if isinstance(event, OrderFilled)][-1]
    (moved,) = [event for event in played.events if isinstance(event, WalletMoved)]
    assert fill.order_id == autoclose(2)
    assert fill.fee == fill.price * 10 * Decimal("0.001")
    assert (moved.amount, moved.reason) == (-fill.price * 10 * Decimal("0.0001"), "INSURANCE_CLEAR")
    assert fill.side is Side.SELL
    assert not fill.is_maker


def test_a_forced_close_takes_every_cross_position_and_plain_order_and_leaves_stops() -> None:
    other = "BTCUSDT"
    market = [
        (symbol, candle(minute, "100 100 94 94" if (symbol, minute) == (SYMBOL, 2) else CALM))
        for minute in range(3)
        for symbol in (SYMBOL, other)
    ]
    script: Script = {
        "closed 1": [entry(quantity="9", leverage=20), entry("b-e", symbol=other, quantity="0.1")],
        "closed 2": [
            stop("90.0", "b-s1", quantity="0.1", symbol=other),
            entry("c-e", symbol=other, price="99.0", quantity="0.1"),
        ],
    }
    terms = Terms(FREE.costs, Decimal(0), liquidation_fee=Decimal(0))
    instruments = {SYMBOL: INSTRUMENT, other: replace(INSTRUMENT, symbol=other)}
    played = play(market, script, terms, wallet="62", instruments=instruments)
    forced = [event.fill for event in played.events if isinstance(event, OrderFilled)][2:]
    assert [(fill.symbol, fill.order_id) for fill in forced] == [
        (SYMBOL, autoclose(3)),
        (other, autoclose(3)),
    ]
    assert "expired c-e" in played.words
    assert resting(played.exchange) == ["b-s1"]


def funded(start_minute: int, *prices: str) -> Play:
    terms = Terms(FREE.costs, Decimal("0.001"))
    market = [(SYMBOL, candle(start_minute + minute, words)) for minute, words in enumerate(prices)]
    return play(market, {f"closed {start_minute + 1}": [entry()]}, terms)


def test_funding_is_paid_before_the_candle_that_starts_there_trades() -> None:
    played = funded(EIGHT_HOURS - 2, CALM, "100 100 100 110", "110 110 110 110")
    settled = [event for event in played.events if isinstance(event, FundingSettled)]
    assert settled == [FundingSettled(EIGHT_HOURS * MINUTE, SYMBOL, Decimal("0.001"), Decimal("-0.11"))]
    words = played.words
    assert words.index(f"funding {EIGHT_HOURS}") == words.index(f"closed {EIGHT_HOURS}") + 1
    assert played.exchange.balance == Decimal(100_000) - Decimal("0.11")


def test_a_position_opened_at_the_funding_moment_pays_nothing() -> None:
    played = funded(EIGHT_HOURS - 1, CALM, CALM)
    assert not [event for event in played.events if isinstance(event, FundingSettled)]


def test_every_funding_moment_inside_a_gap_is_settled_in_its_time() -> None:
    terms = Terms(FREE.costs, Decimal("0.001"))
    minutes = (0, 1, 3 * EIGHT_HOURS)
    market = [(SYMBOL, candle(minute, CALM)) for minute in minutes]
    played = play(market, {"closed 1": [entry()]}, terms)
    settled = [event.at_ms // MINUTE for event in played.events if isinstance(event, FundingSettled)]
    assert settled == [EIGHT_HOURS, 2 * EIGHT_HOURS, 3 * EIGHT_HOURS]
    assert played.words[-4:] == ["funding 1440", "moved 1440", "closed 1441", "ending"]


PRICES = st.integers(900, 1100)
STEPS = st.sampled_from([1, 1, 1, 1, 2, 9])
CANDLES = st.lists(st.tuples(PRICES, PRICES, PRICES, PRICES, STEPS), min_size=3, max_size=12)
Drawn = list[tuple[int, int, int, int, int]]
QUANTITIES = st.integers(1, 60_000)
COSTS = Terms(TradingCosts(slippage=Decimal("0.0003")), Decimal("0.001"), 3 * MINUTE)


def _order(number: int, kind: int, is_buy: bool, quantity: int, price: int) -> Order:
    order_id, side = f"o{number}", Side.BUY if is_buy else Side.SELL
    lots, level = str(Decimal(quantity) / 1000), str(Decimal(price) / 10)
    match kind:
        case 0:
            return entry(order_id, side, lots, leverage=5)
        case 1:
            return entry(order_id, side, lots, level, leverage=5)
        case 2:
            return stop(level, order_id, side, lots)
        case 3:
            return target(level, order_id, side, lots)
        case 4:
            return limit_exit(order_id, side, lots, level)
        case _:
            return market_exit(order_id, side, lots)


def _market(prices: Drawn) -> list[tuple[str, Candle]]:
    minutes = accumulate(step for *_, step in prices)
    return [
        (SYMBOL, candle(minute, f"{p[0] / 10} {max(p[:4]) / 10} {min(p[:4]) / 10} {p[3] / 10}"))
        for minute, p in zip(minutes, prices, strict=True)
    ]


DRAWN_ORDERS = st.tuples(st.integers(0, 5), st.booleans(), QUANTITIES, PRICES)
ANSWERS = st.lists(st.lists(DRAWN_ORDERS, max_size=3), max_size=40)


class Book:
    """What a desk would know from the tape alone."""

    def __init__(self, wallet: Decimal) -> None:
        self.account, entries = open_account(wallet, 0)
        self.ledger = list(entries)
        self.positions: dict[str, Position] = {}
        self.seen: set[str] = set()
        self.at_ms = 0

    def take(self, event: Event) -> None:
        assert event.at_ms >= self.at_ms
        self.at_ms = event.at_ms
        if isinstance(event, OrderFilled):
            self._take_fill(event)
        if isinstance(event, FundingSettled):
            booking = self.account.after_funding(event.payment, event.at_ms, event.symbol)
            self.account = booking.account
            self.ledger.extend(booking.entries)
            self.positions[event.symbol] = self.positions[event.symbol].after_funding(event.payment)
        if isinstance(event, WalletMoved):
            booking = self.account.after_move(event.amount, event.at_ms, event.reason)
            self.account = booking.account
            self.ledger.extend(booking.entries)

    def _take_fill(self, event: OrderFilled) -> None:
        fill = event.fill
        assert fill.fill_id not in self.seen
        assert fill.price % INSTRUMENT.tick == 0
        self.seen.add(fill.fill_id)
        booking = self.account.after_fill(fill)
        self.account = booking.account
        self.ledger.extend(booking.entries)
        held = self.positions.pop(fill.symbol, None)
        position = open_position(fill) if held is None else held.after(fill)
        assert position.quantity >= 0
        if not position.is_flat:
            self.positions[fill.symbol] = position


def _never_turns_around(book: Book, event: Event, reducing: set[str]) -> None:
    if isinstance(event, OrderFilled) and event.fill.order_id in reducing:
        held = book.positions[SYMBOL]
        assert event.fill.side is not side_that_opens(held.direction)
        assert event.fill.quantity <= held.quantity


@given(CANDLES, ANSWERS, st.sampled_from(["200", "1000", "20000"]), st.integers(0, 3))
def test_whatever_is_sent_the_tape_adds_up_to_the_exchange(
    prices: Drawn,
    answers: list[list[tuple[int, bool, int, int]]],
    wallet: str,
    stuck_stop_every: int,
) -> None:
    book, terms = Book(Decimal(wallet)), replace(COSTS, stuck_stop_every=stuck_stop_every)
    exchange = exchange_on_candles({SYMBOL: INSTRUMENT}, Decimal(wallet), terms)
    broker = ExchangeBroker(exchange)
    reducing: set[str] = set()
    pending = iter(answers)
    number = 0
    for event in SimulatedFeed(exchange, broker, EveryCandle(_market(prices))).events():
        _never_turns_around(book, event, reducing)
        book.take(event)
        for drawn in next(pending, []) if not isinstance(event, OrderRejected) else []:
            number += 1
            order = _order(number, *drawn)
            if order.is_reduce_only:
                reducing.add(order.order_id)
            broker.place(order)
            if number % 5 == 0:
                broker.take_back(SYMBOL, f"o{number - 3}")
    assert not broker.told()
    assert book.account.wallet == exchange.balance
    assert sum(entry.amount for entry in book.ledger) == exchange.balance
    amounts = {key: position.signed_quantity for key, position in book.positions.items()}
    assert amounts == {one.symbol: one.amount for one in exchange.positions() if one.amount}
    position = next(iter(book.positions.values()), None)
    for held in exchange.open_orders(SYMBOL):
        assert not held.is_reduce_only or (position and held.side is side_that_closes(position.direction))


def test_candles_are_told_when_they_close() -> None:
    played = play(candles_of(CALM, CALM), {})
    closes = [event for event in played.events if isinstance(event, CandleClosed)]
    assert [event.at_ms for event in closes] == [MINUTE, 2 * MINUTE]


class Watchful(CandleMatching):
    """Never takes the short way past a calm candle."""

    @property
    def has_business(self) -> bool:
        return True

    def may_trade(self, symbol: str, low: float, high: float) -> bool:  # noqa: ARG002 - always
        return True


def _tape_of(
    exchange: SimulatedExchange,
    prices: Drawn,
    answers: list[list[tuple[int, bool, int, int]]],
) -> list[Event]:
    pending, events, number = iter(answers), [], 0
    broker = ExchangeBroker(exchange)
    for event in SimulatedFeed(exchange, broker, EveryCandle(_market(prices))).events():
        events.append(event)
        for drawn in next(pending, []):
            number += 1
            broker.place(_order(number, *drawn))
    return events


@given(CANDLES, ANSWERS, st.sampled_from(["200", "20000"]))
def test_passing_by_calm_candles_changes_nothing(
    prices: Drawn,
    answers: list[list[tuple[int, bool, int, int]]],
    wallet: str,
) -> None:
    quick, watchful = (exchange_on_candles({SYMBOL: INSTRUMENT}, Decimal(wallet), COSTS) for _ in range(2))
    watchful.candles.__class__ = Watchful
    assert _tape_of(quick, prices, answers) == _tape_of(watchful, prices, answers)
    assert quick.balance == watchful.balance
