import math
from decimal import Decimal

import pytest

from application.symbol_book import SymbolBook
from domain.exits.calm import Calm
from domain.halt import TradingHalt
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleList
from domain.market.timeframe import MINUTE_MS
from domain.position.closed_trade import ExitReason
from tests.application.drill import ENTRY, EXIT, STOP, TARGET, TEN_O_CLOCK, Drill, a_book, a_candle


def test_a_new_book_is_idle_and_named_after_its_instrument() -> None:
    book = a_book("ETHUSDT")
    assert book.is_idle
    assert book.symbol == "ETHUSDT"


def test_the_price_lies_on_the_tick() -> None:
    book = a_book()
    book.last_price = 100.004
    assert book.price == Decimal("100.00")


def test_there_is_no_price_before_the_first() -> None:
    book = a_book()
    assert math.isnan(book.last_price)
    with pytest.raises(ValueError, match="no price"):
        _ = book.price


def test_a_book_is_busy_while_an_order_may_still_trade() -> None:
    drill = Drill()
    drill.offer()
    assert not drill.book().is_idle
    drill.fill(ENTRY)
    drill.accept_all()
    drill.fill(STOP)
    assert drill.book().plan is None
    assert not drill.book().is_idle, "the target is not known to be gone"
    drill.tell(drill.venue.cancel(drill.venue.live(TARGET)[0]))
    assert drill.book().is_idle


def held_book(low: float = 99.0) -> SymbolBook:
    """Hold a long that is left alone between two prices for an hour from ten o'clock."""
    drill = Drill()
    drill.enter()
    book = drill.book()
    book.aggregator = CandleAggregator(MINUTE_MS, 5 * MINUTE_MS)
    book.calm = Calm(low, 101.0, TEN_O_CLOCK + 60 * MINUTE_MS, Decimal(90), is_of_one_bar=False)
    return book


def passed(start: int, *closes: float) -> tuple[CandleList, int]:
    start_ms = TEN_O_CLOCK + start * MINUTE_MS
    candles = [a_candle(start_ms + number * MINUTE_MS, close) for number, close in enumerate(closes)]
    return CandleList(candles), start_ms + len(closes) * MINUTE_MS


def test_calm_candles_of_what_is_held_may_be_passed_over() -> None:
    book = held_book(90.0)
    book.pass_over(*passed(5, 100.0, 100.5))
    assert (book.last_price, book.data_at_ms) == (100.5, TEN_O_CLOCK + 7 * MINUTE_MS)
    assert book.view is not None


@pytest.mark.parametrize(
    ("start", "closes"), [(5, (100.0, 98.0, 100.0)), (5, (100.0,) * 5), (58, (100.0, 100.0))]
)
def test_candles_of_what_is_held_may_not_be_passed_over_when_any_is_not_calm_or_ends_a_bar(
    start: int, closes: tuple[float, ...]
) -> None:
    with pytest.raises(TradingHalt, match="passed over while it is traded"):
        held_book().pass_over(*passed(start, *closes))


def test_candles_of_what_is_held_may_not_be_passed_over_without_calm() -> None:
    book = held_book()
    book.calm = None
    with pytest.raises(TradingHalt, match="passed over while it is traded"):
        book.pass_over(*passed(5, 100.0))


def test_live_orders_are_told_by_purpose_oldest_first() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.fill(ENTRY, "6")
    stops = [working.order.quantity for working in drill.book().live(STOP)]
    assert stops == [4, 10]
    assert drill.book().live(ENTRY) == []


def test_what_was_asked_to_go_lives_but_does_not_stand() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.fill(ENTRY, "6")
    drill.accept(STOP)
    assert len(drill.book().live(STOP)) == 2
    assert [working.order.quantity for working in drill.book().standing(STOP)] == [10]


def test_a_fill_is_new_once() -> None:
    book = a_book()
    assert book.is_new_fill("f1")
    assert not book.is_new_fill("f1")
    assert book.is_new_fill("f2")


def test_the_last_thousand_fills_are_known_and_memory_stays_flat() -> None:
    book = a_book()
    for number in range(1_500):
        assert book.is_new_fill(f"f{number}")
    assert not book.is_new_fill("f500")
    assert len(book.seen_fills) == 1_000
    assert book.is_new_fill("f499")


def test_a_new_plan_lets_go_of_the_orders_before_it() -> None:
    drill = Drill()
    drill.enter()
    drill.fill(STOP)
    drill.accept_all()
    assert len(drill.book().orders) == 3
    drill.offer()
    assert [working.order.purpose for working in drill.book().orders.values()] == [ENTRY]
    assert drill.book().reasons == {}
    assert (drill.book().legs_sent, drill.book().trades_closed) == (0, 0)
    assert drill.book().plan is drill.book().last_plan


def test_a_trade_that_is_over_leaves_no_trace_in_the_next() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, "5", "101.5")
    drill.accept_all()
    drill.end()
    assert drill.book().stop_reason is ExitReason.BREAK_EVEN_STOP
    drill.fill(STOP)
    book = drill.book()
    assert (book.trade, book.exit_under_way, book.stop_reason) == (None, None, ExitReason.STOP)
    assert book.exit_reasons == []


def test_the_plan_stays_while_its_entry_may_still_fill() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(STOP)
    assert drill.book().trade is None
    assert drill.book().plan is not None
    drill.accept_all()
    assert drill.book().plan is None
