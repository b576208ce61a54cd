"""Orders against what the market shows."""

from decimal import Decimal

import pytest

from adapters.simulated.exchange.contract_terms import ExchangeHabits
from domain.market.direction import Side
from tests.adapters.simulated.exchange.exchange_samples import (
    SYMBOL,
    Asked,
    buy,
    exchange_at,
    held,
    move,
    order_ends,
    sell,
)


def limit(side: Side, price: str, quantity: str = "1", time_in_force: str = "GTC", **more: object) -> Asked:
    return Asked(side, Decimal(quantity), "LIMIT", Decimal(price), time_in_force, **more)  # type: ignore[arg-type]


def test_a_limit_is_filled_whole_when_traded_through_and_in_part_when_touched() -> None:
    exchange = exchange_at()
    exchange.place(limit(Side.BUY, "99", "10"))
    move(exchange, 99.0, quantity=5.0)
    assert held(exchange) == 1
    move(exchange, 98.9)
    assert held(exchange) == 10
    assert {trade.price for trade in exchange.trades(SYMBOL)} == {Decimal(99)}
    assert all(trade.is_maker for trade in exchange.trades(SYMBOL))


def test_without_a_share_at_touch_only_a_trade_through_fills() -> None:
    exchange = exchange_at(habits=ExchangeHabits(share_at_touch=Decimal(0)))
    exchange.place(limit(Side.BUY, "99"))
    move(exchange, 99.0, quantity=500.0)
    assert held(exchange) == 0


def test_a_book_ticker_fills_limits_as_far_as_its_sizes_go() -> None:
    exchange = exchange_at()
    exchange.place(limit(Side.BUY, "99", "3"))
    size = Decimal(2)
    exchange.on_book_ticker(SYMBOL, Decimal("98.8"), size, Decimal("98.9"), size, exchange.now_ms + 100)
    assert held(exchange) >= 2
    assert exchange.levels(SYMBOL, Side.BUY, 1) == [(Decimal("98.8"), size)]
    assert exchange.last_price(SYMBOL) in {Decimal("98.8"), Decimal("98.9")}


def test_a_taker_uses_up_what_is_shown_until_the_price_moves() -> None:
    exchange = exchange_at()
    before = exchange.levels(SYMBOL, Side.SELL, 1)[0]
    exchange.place(Asked(Side.BUY, before[1]))
    assert exchange.levels(SYMBOL, Side.SELL, 1)[0][0] > before[0]
    move(exchange, 100.0)
    assert exchange.levels(SYMBOL, Side.SELL, 1)[0] == before


def test_a_market_order_ends_where_the_book_ends() -> None:
    exchange = exchange_at(typical=1.0, wallet="100000000")
    exchange.set_leverage(SYMBOL, 1)
    exchange.place(buy("9000"))
    assert order_ends(list(exchange.take_news())) == [("EXPIRED", 9)]
    assert 0 < held(exchange) < 9_000


@pytest.mark.parametrize(("mode", "ends"), [("EXPIRE_MAKER", 1), ("EXPIRE_TAKER", 1), ("EXPIRE_BOTH", 2)])
def test_meeting_ourselves_ends_maker_or_taker_or_both(mode: str, ends: int) -> None:
    exchange = exchange_at()
    exchange.place(limit(Side.SELL, "100.3", time_in_force="GTX"))
    exchange.take_news()
    taker = exchange.place(limit(Side.BUY, "100.5", time_in_force="IOC", self_trade=mode)).order
    ended = [end for end in order_ends(list(exchange.take_news())) if end == ("EXPIRED_IN_MATCH", 1)]
    assert len(ended) == ends
    assert taker is not None
    assert (taker.status == "FILLED") is (mode == "EXPIRE_MAKER")


@pytest.mark.parametrize(
    ("price_match", "expected"),
    [("OPPONENT", "100.1"), ("QUEUE", "100"), ("OPPONENT_5", "100.5"), ("QUEUE_5", "99.6")],
)
def test_a_price_can_be_taken_from_the_book(price_match: str, expected: str) -> None:
    exchange = exchange_at()
    order = exchange.place(Asked(Side.BUY, Decimal("0.1"), "LIMIT", price_match=price_match)).order
    assert order is not None
    assert order.price == Decimal(expected)


def test_good_till_dates_and_countdowns_end_orders() -> None:
    exchange = exchange_at()
    exchange.place(limit(Side.BUY, "99", time_in_force="GTD", good_till_ms=exchange.now_ms + 700_000))
    exchange.place(limit(Side.BUY, "98"))
    exchange.set_countdown(SYMBOL, 5_000)
    exchange.set_countdown(SYMBOL, 0)
    exchange.on_time(exchange.now_ms + 700_000)
    assert order_ends(list(exchange.take_news())) == [("EXPIRED", 0)]
    exchange.set_countdown(SYMBOL, 5_000)
    exchange.on_time(exchange.now_ms + 5_000)
    assert order_ends(list(exchange.take_news())) == [("CANCELED", 0)]


def test_reducing_orders_that_have_nothing_left_are_knocked_out_youngest_first() -> None:
    exchange = exchange_at()
    exchange.place(buy("3"))
    for price in ("101", "102", "103"):
        exchange.place(limit(Side.SELL, price, "1", is_reduce_only=True))
    exchange.take_news()
    exchange.place(sell("2", is_reduce_only=True))
    assert order_ends(list(exchange.take_news())) == [("EXPIRED", 4), ("EXPIRED", 4)]
    assert [str(order.price) for order in exchange.open_orders(SYMBOL)] == ["101"]


def test_a_change_below_what_is_filled_cancels() -> None:
    exchange = exchange_at()
    order = exchange.place(limit(Side.BUY, "99", "10")).order
    assert order is not None
    move(exchange, 99.0, quantity=20.0)
    assert order.filled == 4
    answer = exchange.amend_by(order.order_id, "", limit(Side.BUY, "99", "3"), "")
    assert (answer.code, order.status) == (0, "CANCELED")
    assert exchange.amend_by(order.order_id, "", limit(Side.BUY, "99", "5"), "").code == -2013


def test_a_change_against_the_rules_leaves_the_order_as_it_was() -> None:
    exchange = exchange_at()
    order = exchange.place(limit(Side.BUY, "99", "10")).order
    assert order is not None
    assert exchange.amend_by(order.order_id, "", limit(Side.BUY, "99.05", "10"), "").code == -4014
    assert exchange.amend_by(order.order_id, "", limit(Side.BUY, "99", "10"), "").code == -5027
    assert (order.price, order.quantity, order.status) == (Decimal(99), Decimal(10), "NEW")


def test_old_orders_are_forgotten_as_the_venue_forgets_them() -> None:
    exchange = exchange_at()
    filled, unfilled = exchange.place(buy("1")).order, exchange.place(limit(Side.BUY, "99")).order
    assert filled is not None
    assert unfilled is not None
    exchange.cancel_all(SYMBOL)
    for days, kept in ((2, [filled, unfilled]), (4, [filled]), (91, [])):
        exchange.on_time(days * 86_400_000)
        exchange.forget_old()
        assert exchange.all_orders(SYMBOL) == kept
