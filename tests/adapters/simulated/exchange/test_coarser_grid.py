"""A contract whose lot becomes coarser than what is held."""

from decimal import Decimal

import pytest

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


def closing(kind: str, trigger: str) -> Asked:
    return Asked(
        Side.SELL,
        Decimal(0),
        kind,
        trigger_price=Decimal(trigger),
        closes_position=True,
        is_reduce_only=False,
    )


@pytest.mark.parametrize(
    ("kind", "trigger", "price"), [("STOP_MARKET", "98", 97.0), ("TAKE_PROFIT_MARKET", "102", 103.0)]
)
def test_what_closes_the_position_closes_what_no_lot_fits(kind: str, trigger: str, price: float) -> None:
    exchange = exchange_at()
    assert exchange.place(buy("1.505")).code == 0
    lot = exchange.contracts[SYMBOL].instrument.lot
    exchange.change_contract_of(SYMBOL, "TRADING", 10)
    assert exchange.contracts[SYMBOL].instrument.lot == exchange.contracts[SYMBOL].instrument.min_quantity
    assert exchange.contracts[SYMBOL].instrument.lot == lot * 10
    assert exchange.place_stop(closing(kind, trigger)).code == 0
    move(exchange, price)
    move(exchange, price)
    assert held(exchange) == 0


def test_a_reducing_order_of_the_next_larger_quantity_is_cut_to_what_is_held() -> None:
    exchange = exchange_at()
    exchange.place(buy("1.505"))
    exchange.change_contract_of(SYMBOL, "TRADING", 10)
    assert exchange.place(sell("1.505", is_reduce_only=True)).code == -4023
    assert exchange.place(sell("1.510", is_reduce_only=True)).code == 0
    assert held(exchange) == 0
