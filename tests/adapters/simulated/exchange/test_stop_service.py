"""Conditional orders of either price, protected, trailing, closing."""

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
    sell,
)


def stop(side: Side, trigger: str, quantity: str = "1", kind: str = "STOP_MARKET", **more: object) -> Asked:
    return Asked(side, Decimal(quantity), kind, trigger_price=Decimal(trigger), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("side", "kind", "trigger", "spared", "fired"),
    [
        (Side.SELL, "STOP_MARKET", "98", 98.1, 98.0),
        (Side.BUY, "STOP_MARKET", "102", 101.9, 102.0),
        (Side.SELL, "TAKE_PROFIT_MARKET", "102", 101.9, 102.0),
        (Side.BUY, "TAKE_PROFIT_MARKET", "98", 98.1, 98.0),
    ],
)
def test_a_stop_fires_at_its_trigger_and_not_before(
    side: Side, kind: str, trigger: str, spared: float, fired: float
) -> None:
    exchange = exchange_at()
    assert exchange.place_stop(stop(side, trigger, kind=kind)).code == 0
    move(exchange, spared)
    assert held(exchange) == 0
    move(exchange, fired)
    assert held(exchange) == side.sign


def test_the_mark_price_can_be_watched_instead_of_the_last() -> None:
    exchange = exchange_at()
    exchange.place_stop(stop(Side.SELL, "98", working_type="MARK_PRICE"))
    move(exchange, 97.0, mark=98.5)
    assert held(exchange) == 0
    move(exchange, 98.5, mark=98.0)
    assert held(exchange) == -1


def test_a_protected_stop_waits_while_mark_and_last_are_far_apart() -> None:
    exchange = exchange_at()
    exchange.place_stop(stop(Side.SELL, "98", is_price_protected=True))
    move(exchange, 90.0, mark=100.0)
    assert held(exchange) == 0
    move(exchange, 90.0, mark=90.5)
    assert held(exchange) == -1


def test_a_closing_stop_takes_all_there_is_when_it_fires() -> None:
    exchange = exchange_at()
    exchange.place(buy("1"))
    exchange.place_stop(stop(Side.SELL, "98", "0", closes_position=True))
    exchange.place(buy("2"))
    move(exchange, 97.0)
    assert held(exchange) == 0


def test_a_stop_that_only_reduces_is_cut_to_the_position() -> None:
    exchange = exchange_at()
    exchange.place(buy("1"))
    exchange.place_stop(stop(Side.SELL, "98", "5", is_reduce_only=True))
    move(exchange, 97.0)
    assert held(exchange) == 0


def test_a_stop_that_only_reduces_is_rejected_when_there_is_nothing_left() -> None:
    exchange = exchange_at()
    placed = exchange.place_stop(stop(Side.SELL, "98", is_reduce_only=True)).stop
    move(exchange, 97.0)
    assert placed is not None
    assert (placed.status, placed.rejected_because) == ("REJECTED", "ReduceOnly Order is rejected.")
    refusing = exchange_at(habits=ExchangeHabits(is_reduce_only_stop_refused_when_flat=True))
    assert refusing.place_stop(stop(Side.SELL, "98", is_reduce_only=True)).code == -2022


def test_a_trailing_stop_follows_the_best_price() -> None:
    exchange = exchange_at()
    exchange.place(buy("1"))
    trailing = Asked(
        Side.SELL, Decimal(1), "TRAILING_STOP_MARKET", callback_rate=Decimal(1), is_reduce_only=True
    )
    exchange.place_stop(trailing)
    for price in (103.0, 102.1):
        move(exchange, price)
    assert held(exchange) == 1
    move(exchange, 101.9)
    assert held(exchange) == 0


def test_there_are_at_most_two_hundred_stops() -> None:
    exchange = exchange_at()
    for _ in range(200):
        assert exchange.place_stop(stop(Side.SELL, "98")).code == 0
    assert exchange.place_stop(stop(Side.SELL, "98")).code == -4045


def test_in_hedge_mode_a_closing_stop_belongs_to_its_side() -> None:
    exchange = exchange_at()
    exchange.set_hedged(is_hedged=True)
    exchange.place(buy("1", position_side="LONG"))
    exchange.place(sell("1", position_side="SHORT"))
    wrong = stop(Side.BUY, "102", "0", closes_position=True, position_side="LONG")
    assert exchange.place_stop(wrong).code == -4509
    right = stop(Side.SELL, "98", "0", closes_position=True, position_side="LONG")
    assert exchange.place_stop(right).code == 0
    move(exchange, 98.0)
    assert (held(exchange, "LONG"), held(exchange, "SHORT")) == (Decimal(0), Decimal(-1))


def test_a_stop_is_dropped_when_its_time_is_over() -> None:
    exchange = exchange_at()
    placed = exchange.place_stop(stop(Side.SELL, "98", good_till_ms=exchange.now_ms + 1_000)).stop
    exchange.on_time(exchange.now_ms + 1_000)
    assert placed is not None
    assert placed.status == "EXPIRED"
    assert exchange.open_stops(SYMBOL) == []
