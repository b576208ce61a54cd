from decimal import Decimal

import pytest

from adapters.simulated.admission import (
    NOTHING_TO_REDUCE,
    WOULD_TAKE,
    WOULD_TRIGGER,
    Objection,
    margin_of,
    objection_to,
)
from domain.market.direction import Side
from domain.orders.order import Order
from domain.position.position import Position, open_position
from tests.order_samples import INSTRUMENT, a_fill, entry, market_exit, stop, target

LONG = open_position(a_fill())
SHORT = open_position(a_fill(Side.SELL))


@pytest.mark.parametrize(
    ("order", "position", "objection"),
    [
        (entry(), None, None),
        (entry(), LONG, None),
        (entry(price="100.0"), None, None),
        (entry(price="100.1"), None, WOULD_TAKE),
        (stop("99.9"), LONG, None),
        (stop("100.0"), LONG, WOULD_TRIGGER),
        (target("100.0"), LONG, WOULD_TRIGGER),
        (stop("99.9"), None, NOTHING_TO_REDUCE),
        (stop("99.9"), SHORT, NOTHING_TO_REDUCE),
        (market_exit(side=Side.BUY), SHORT, None),
        (market_exit(side=Side.BUY), LONG, NOTHING_TO_REDUCE),
    ],
)
def test_what_the_venue_objects_to(
    order: Order, position: Position | None, objection: Objection | None
) -> None:
    assert objection_to(order, INSTRUMENT, position, 100.0) == objection


def test_only_what_the_next_price_may_cure_may_be_retried() -> None:
    assert Objection("-5022 a post-only order would take", may_retry=True) == WOULD_TAKE
    assert Objection("-2021 order would trigger at once", may_retry=False) == WOULD_TRIGGER
    assert Objection("-2022 nothing to reduce on this side", may_retry=False) == NOTHING_TO_REDUCE


def test_a_broken_rule_is_told_in_words() -> None:
    assert objection_to(entry(price="99.95"), INSTRUMENT, None, 100.0) == Objection(
        "off_tick: price 99.95 is no multiple of the tick 0.10", may_retry=False
    )


@pytest.mark.parametrize(
    ("order", "margin"),
    [
        (entry(leverage=2), "50"),
        (entry(price="90.0", leverage=3), "30"),
        (market_exit(), "0"),
        (stop("90.0"), "0"),
    ],
)
def test_an_order_asks_for_its_initial_margin(order: Order, margin: str) -> None:
    assert margin_of(order, Decimal(100)) == Decimal(margin)
