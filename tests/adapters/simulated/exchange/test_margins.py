"""Margins and liquidation prices are those of the rulebook's own examples."""

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

HALF = Decimal("0.5")


@pytest.mark.parametrize(("side", "expected"), [(Side.BUY, "85843.37"), (Side.SELL, "94123.51")])
def test_the_liquidation_price_of_an_isolated_position(side: Side, expected: str) -> None:
    exchange = exchange_at(90_000.0 + side.sign * 0.1)
    exchange.set_leverage(SYMBOL, 20)
    exchange.set_isolated(SYMBOL, is_isolated=True)
    exchange.place(Asked(side, HALF, "LIMIT", Decimal(90_000), "GTX"))
    move(exchange, 90_000.0 - side.sign * 0.1)
    assert exchange.positions(SYMBOL)[0].isolated_wallet == 2_250
    assert round(exchange.positions(SYMBOL)[0].liquidation_price, 2) == Decimal(expected)


def test_the_liquidation_price_of_a_cross_position() -> None:
    fee = Decimal(90_000) * HALF * Decimal("0.0002")
    exchange = exchange_at(90_000.0, wallet=str(10_000 + fee))
    exchange.place(Asked(Side.BUY, HALF, "LIMIT", Decimal(90_000), "GTX"))
    move(exchange, 89_999.9)
    assert exchange.wallet().balance == 10_000
    assert round(exchange.positions(SYMBOL)[0].liquidation_price, 2) == Decimal("70281.12")


def test_a_long_and_a_short_are_lost_together() -> None:
    exchange = exchange_at(100.0, wallet="1000")
    exchange.set_hedged(is_hedged=True)
    exchange.place(buy("50", position_side="LONG"))
    exchange.place(sell("10", position_side="SHORT"))
    long, short = exchange.positions(SYMBOL)
    assert long.liquidation_price == short.liquidation_price
    entered = 50 * long.entry_price - 10 * short.entry_price
    rate = Decimal("0.004")
    expected = (exchange.wallet().balance - entered) / (50 * rate + 10 * rate - 40)
    assert long.liquidation_price == pytest.approx(expected, abs=Decimal("0.00001"))


def test_open_orders_ask_for_margin_once_for_the_larger_side() -> None:
    exchange = exchange_at(wallet="1000")
    exchange.set_leverage(SYMBOL, 10)
    exchange.place(buy("10", kind="LIMIT", price=Decimal(99), time_in_force="GTX"))
    assert exchange.wallet().order_margin == 99
    exchange.place(sell("5", kind="LIMIT", price=Decimal(101), time_in_force="GTX"))
    assert exchange.wallet().order_margin == 99
    assert exchange.wallet().available == 901


def test_what_the_margin_does_not_carry_is_refused_and_exits_are_not() -> None:
    exchange = exchange_at(wallet="100")
    exchange.set_leverage(SYMBOL, 10)
    assert exchange.place(buy("11")).code == -2019
    assert exchange.place(buy("9")).code == 0
    assert exchange.place(sell("9", is_reduce_only=True)).code == 0
    assert held(exchange) == 0


def test_leverage_has_its_brackets() -> None:
    exchange = exchange_at(wallet="1000000")
    assert exchange.set_leverage(SYMBOL, 126).code == -4028
    assert exchange.set_leverage(SYMBOL, 125).code == 0
    assert exchange.place(buy("3100")).code == -2027


def test_a_margin_call_comes_before_the_liquidation_and_the_fund_pays_what_is_missing() -> None:
    exchange = exchange_at(wallet="100")
    exchange.set_leverage(SYMBOL, 100)
    exchange.place(buy("50"))
    exchange.take_news()
    move(exchange, 98.63)
    assert [one.kind for one in exchange.take_news()] == ["margin_call"]
    move(exchange, 97.0)
    news = exchange.take_news()
    closing = [one.order for one in news if one.order is not None]
    assert all(order.client_id.startswith("autoclose-") for order in closing)
    assert held(exchange) == 0
    assert exchange.wallet().balance == 0
    assert [one.what for one in news if one.kind == "account"][-1] == "INSURANCE_CLEAR"
