from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulated.simulated_feed import SimulatedFeed
from adapters.simulated.simulated_venue import SimulatedVenue
from adapters.simulated.venue_terms import VenueTerms
from application.market_minutes import CalmPrices, EveryCandle, Stillness
from domain.market.candle import Candle
from domain.market.direction import Side, side_that_opens
from domain.market.trading_costs import TradingCosts
from domain.orders.order import Order
from domain.position.account import open_account
from domain.position.position import Position, open_position
from domain.tape import CandleClosed, Event, FundingSettled, OrderFilled, OrderRejected
from tests.adapters.simulated.candle_play import FREE, MINUTE, Play, Script, candle, candles_of, play
from tests.order_samples import INSTRUMENT, SYMBOL, entry, limit_exit, market_exit, stop, target

CALM = "100 100 100 100"
EIGHT_HOURS = 480


def venue_at(price: float | None = 100.0, wallet: str = "1000") -> SimulatedVenue:
    venue = SimulatedVenue({SYMBOL: INSTRUMENT}, Decimal(wallet), FREE)
    if price is not None:
        venue.last_prices[SYMBOL] = price
    return venue


def reason_for(venue: SimulatedVenue, order: Order) -> tuple[str, bool] | None:
    venue.submit(order)
    answer = venue.outbox.pop()
    return (answer.reason, answer.may_retry) if isinstance(answer, OrderRejected) else None


def test_an_unknown_symbol_is_refused() -> None:
    assert reason_for(venue_at(), entry(symbol="X")) == ("-1121 invalid symbol", False)


def test_an_order_before_the_first_price_is_refused() -> None:
    assert reason_for(venue_at(None), entry()) == ("no price of this symbol yet", True)


def test_a_second_open_order_of_one_id_is_refused() -> None:
    venue = venue_at()
    assert reason_for(venue, entry(price="99")) is None
    assert reason_for(venue, entry(price="98")) == ("-4116 an open order has this id", False)


def test_the_same_id_is_welcome_again_once_its_order_is_gone() -> None:
    venue = venue_at()
    venue.submit(entry(price="99"))
    venue.cancel(SYMBOL, "a-e")
    assert reason_for(venue, entry(price="98")) is None


@pytest.mark.parametrize(("quantity", "is_taken"), [("20", True), ("20.001", False)])
def test_an_entry_needs_free_margin(quantity: str, is_taken: bool) -> None:
    refused = reason_for(venue_at(), entry(quantity=quantity))
    assert refused == (None if is_taken else ("-2019 margin is insufficient", False))


def test_waiting_entries_share_the_free_margin() -> None:
    venue = venue_at()
    assert reason_for(venue, entry("a-e", quantity="15", price="99")) is None
    assert reason_for(venue, entry("b-e", quantity="6", price="99")) == (
        "-2019 margin is insufficient",
        False,
    )
    assert reason_for(venue, entry("b-e", quantity="5", price="99")) is None


def test_cancelling_what_is_gone_says_nothing() -> None:
    venue = venue_at()
    venue.cancel(SYMBOL, "a-e")
    venue.cancel("X", "a-e")
    assert not venue.outbox


def test_a_venue_without_orders_and_positions_has_no_business() -> None:
    venue = venue_at()
    said = [venue.has_business]
    venue.submit(entry(price="99"))
    said.append(venue.has_business)
    venue.cancel(SYMBOL, "a-e")
    assert [*said, venue.has_business] == [False, True, False]


def test_a_position_alone_is_business_and_trades_only_near_its_forced_close() -> None:
    venue = play(candles_of(CALM, CALM), {"closed 1": [entry()]}, wallet="60").venue
    assert venue.has_business
    assert not venue.resting.by_symbol
    assert not venue.may_trade(SYMBOL, 50.0, 200.0)
    assert venue.may_trade(SYMBOL, 45.0, 200.0)


def held_at_venue(*orders: Order) -> SimulatedVenue:
    venue = play(candles_of(CALM, CALM), {"closed 1": [entry(quantity="1")]}).venue
    for order in orders:
        venue.submit(order)
    return venue


def stillness(until_ms: int = 3, **prices: CalmPrices) -> Stillness:
    return Stillness(until_ms, prices)


def test_what_is_held_is_calm_where_desk_and_orders_are_and_until_the_first_of_them_or_funding() -> None:
    venue, wide = held_at_venue(stop(trigger="95"), target(trigger="109")), CalmPrices(90.0, 110.0)
    assert venue.calm_prices(stillness(ETHUSDT=wide)) == {SYMBOL: CalmPrices(95.0, 109.0, 3)}
    narrow = stillness(10**15, ETHUSDT=CalmPrices(96.0, 104.0))
    assert venue.calm_prices(narrow) == {SYMBOL: CalmPrices(96.0, 104.0, venue.next_funding_ms)}


def test_what_is_held_without_orders_is_calm_where_the_desk_is() -> None:
    calm = CalmPrices(90.0, 110.0, 3)
    assert held_at_venue().calm_prices(stillness(ETHUSDT=calm)) == {SYMBOL: calm}


def test_what_is_held_is_not_calm_when_the_desk_is_not_or_means_something_else() -> None:
    venue, calm = held_at_venue(stop(trigger="95")), CalmPrices(90.0, 110.0)
    assert venue.calm_prices(None) == {SYMBOL: None}
    assert venue.calm_prices(stillness()) == {SYMBOL: None}
    assert venue.calm_prices(stillness(ETHUSDT=calm, BTCUSDT=calm)) == {SYMBOL: None}


def test_what_is_held_is_not_calm_where_a_forced_close_may_be_near() -> None:
    venue = play(candles_of(CALM, CALM), {"closed 1": [entry()]}, wallet="60").venue
    assert venue.calm_prices(stillness(ETHUSDT=CalmPrices(45.0, 200.0))) == {SYMBOL: None}
    assert venue.calm_prices(stillness(ETHUSDT=CalmPrices(50.0, 200.0))) != {SYMBOL: None}


def test_a_reducing_order_larger_than_the_position_is_cut_to_it() -> None:
    script: Script = {"closed 1": [entry()], "closed 2": [market_exit(quantity="3")]}
    played = play(candles_of(CALM, CALM, CALM), script)
    fills = [event.fill for event in played.events if isinstance(event, OrderFilled)]
    assert [(fill.quantity, fill.is_last) for fill in fills] == [(Decimal(1), True), (Decimal(1), True)]
    assert not played.venue.positions


def test_what_still_rests_after_a_part_was_closed_never_exceeds_the_rest() -> None:
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0"), target("102.0", quantity="0.3"), market_exit(quantity="0.6")],
    }
    played = play(candles_of(CALM, CALM, CALM), script)
    held = {resting.order.order_id: resting.order.quantity for resting in played.venue.resting.of(SYMBOL)}
    assert held == {"a-s1": Decimal("0.4"), "a-t1": Decimal("0.3")}


def test_when_a_position_is_flat_its_reducing_orders_expire_and_an_entry_stays() -> None:
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0"), target("102.0"), entry("b-e", price="99.0"), market_exit()],
    }
    played = play(candles_of(CALM, CALM, CALM), script)
    assert {"expired a-s1", "expired a-t1"} < set(played.words)
    assert [resting.order.order_id for resting in played.venue.resting.all()] == ["b-e"]


def test_an_entry_against_a_position_turns_it_around_and_its_stops_expire() -> None:
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0"), entry("b-e", Side.SELL, "3")],
    }
    played = play(candles_of(CALM, CALM, CALM), script)
    assert played.venue.positions[SYMBOL].signed_quantity == -2
    assert "expired a-s1" in played.words


def test_maker_and_taker_fees_leave_the_wallet() -> None:
    terms = VenueTerms(TradingCosts(Decimal("0.001"), Decimal("0.002"), Decimal(0)), Decimal(0))
    script: Script = {"closed 1": [entry(price="99.0")], "closed 2": [market_exit()]}
    played = play(candles_of(CALM, "100 100 98 99", "99 99 99 99"), script, terms)
    fills = [event.fill for event in played.events if isinstance(event, OrderFilled)]
    assert [(fill.fee, fill.is_maker) for fill in fills] == [
        (Decimal("0.099"), True),
        (Decimal("0.198"), False),
    ]
    assert played.venue.account.wallet == Decimal(100_000) - Decimal("0.297")


def test_a_forced_close_pays_taker_and_liquidation_fee() -> None:
    terms = VenueTerms(
        TradingCosts(Decimal(0), Decimal("0.001"), Decimal(0)), Decimal(0), liquidation_fee=Decimal("0.01")
    )
    script: Script = {"closed 1": [entry(quantity="10", leverage=20)]}
    played = play(candles_of(CALM, "100 100 90 90"), script, terms, wallet="81")
    fill = [event.fill for event in played.events if isinstance(event, OrderFilled)][-1]
    assert fill.order_id == "autoclose-1"
    assert fill.fee == fill.price * 10 * Decimal("0.011")
    assert fill.side is Side.SELL
    assert not fill.is_maker


def test_a_forced_close_leaves_the_stops_of_other_positions() -> None:
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
    terms = VenueTerms(FREE.costs, Decimal(0), liquidation_fee=Decimal(0))
    played = play(
        market,
        script,
        terms,
        wallet="62",
        instruments={SYMBOL: INSTRUMENT, other: replace(INSTRUMENT, symbol=other)},
    )
    assert "filled autoclose-1" in played.words
    assert "expired c-e" in played.words
    assert [resting.order.order_id for resting in played.venue.resting.all()] == ["b-s1"]


def funded(start_minute: int, *prices: str) -> Play:
    terms = VenueTerms(FREE.costs, Decimal("0.001"))
    market = [(SYMBOL, candle(start_minute + minute, words)) for minute, words in enumerate(prices)]
    return play(market, {f"closed {start_minute + 1}": [entry()]}, terms)


def test_funding_is_paid_before_the_candle_that_starts_there_trades() -> None:
    played = funded(EIGHT_HOURS - 2, CALM, "100 100 100 110", "110 110 110 110")
    settled = [event for event in played.events if isinstance(event, FundingSettled)]
    assert settled == [FundingSettled(EIGHT_HOURS * MINUTE, SYMBOL, Decimal("0.001"), Decimal("-0.11"))]
    words = played.words
    assert words.index(f"funding {EIGHT_HOURS}") == words.index(f"closed {EIGHT_HOURS}") + 1
    assert played.venue.account.wallet == Decimal(100_000) - Decimal("0.11")


def test_a_position_opened_at_the_funding_moment_pays_nothing() -> None:
    played = funded(EIGHT_HOURS - 1, CALM, CALM)
    assert not [event for event in played.events if isinstance(event, FundingSettled)]


def test_every_funding_moment_inside_a_gap_is_settled_in_its_time() -> None:
    terms = VenueTerms(FREE.costs, Decimal("0.001"))
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
COSTS = VenueTerms(TradingCosts(slippage=Decimal("0.0003")), Decimal("0.001"), 3 * MINUTE)


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
def test_whatever_is_sent_the_tape_adds_up_to_the_venue(
    prices: Drawn,
    answers: list[list[tuple[int, bool, int, int]]],
    wallet: str,
    stuck_stop_every: int,
) -> None:
    terms = VenueTerms(
        COSTS.costs,
        COSTS.funding_rate_per_interval,
        COSTS.funding_interval_ms,
        stuck_stop_every=stuck_stop_every,
    )
    book, venue = Book(Decimal(wallet)), SimulatedVenue({SYMBOL: INSTRUMENT}, Decimal(wallet), terms)
    reducing: set[str] = set()
    pending = iter(answers)
    number = 0
    for event in SimulatedFeed(venue, EveryCandle(_market(prices))).events():
        _never_turns_around(book, event, reducing)
        book.take(event)
        for drawn in next(pending, []) if not isinstance(event, OrderRejected) else []:
            number += 1
            order = _order(number, *drawn)
            if order.is_reduce_only:
                reducing.add(order.order_id)
            venue.submit(order)
            if number % 5 == 0:
                venue.cancel(SYMBOL, f"o{number - 3}")
        _holds(book, venue)
    assert not venue.outbox


def _holds(book: Book, venue: SimulatedVenue) -> None:
    if venue.outbox:
        return
    assert book.account == venue.account
    assert sum(entry.amount for entry in book.ledger) == venue.account.wallet
    assert book.positions == venue.positions
    held = venue.positions.get(SYMBOL)
    for resting in venue.resting.all():
        assert not resting.order.is_reduce_only or (held and resting.order.quantity <= held.quantity)


def test_candles_are_told_when_they_close() -> None:
    played = play(candles_of(CALM, CALM), {})
    closes = [event for event in played.events if isinstance(event, CandleClosed)]
    assert [event.at_ms for event in closes] == [MINUTE, 2 * MINUTE]


class Watchful(SimulatedVenue):
    """A venue that never takes the short way past a calm candle."""

    @property
    def has_business(self) -> bool:
        return True

    def may_trade(self, symbol: str, low: float, high: float) -> bool:  # noqa: ARG002 - always
        return True


def _tape_of(
    venue: SimulatedVenue,
    prices: Drawn,
    answers: list[list[tuple[int, bool, int, int]]],
) -> list[Event]:
    pending, events, number = iter(answers), [], 0
    for event in SimulatedFeed(venue, EveryCandle(_market(prices))).events():
        events.append(event)
        for drawn in next(pending, []):
            number += 1
            venue.submit(_order(number, *drawn))
    return events


@given(CANDLES, ANSWERS, st.sampled_from(["200", "20000"]))
def test_passing_by_calm_candles_changes_nothing(
    prices: Drawn,
    answers: list[list[tuple[int, bool, int, int]]],
    wallet: str,
) -> None:
    quick = SimulatedVenue({SYMBOL: INSTRUMENT}, Decimal(wallet), COSTS)
    watchful = Watchful({SYMBOL: INSTRUMENT}, Decimal(wallet), COSTS)
    assert _tape_of(quick, prices, answers) == _tape_of(watchful, prices, answers)
    assert quick.account == watchful.account
