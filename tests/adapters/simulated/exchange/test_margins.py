"""Margins and liquidation prices are those of the rulebook's own examples."""

from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from domain.market.direction import Side
from domain.market.leverage_bracket import LeverageBracket
from tests.adapters.simulated.exchange.exchange_samples import (
    BRACKETS,
    GRID,
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


def test_what_is_available_is_equity_less_what_positions_and_orders_ask_for() -> None:
    exchange = exchange_at(wallet="1000")
    exchange.set_leverage(SYMBOL, 4)
    exchange.place(buy("2"))
    move(exchange, 110.0)
    exchange.place(buy("1", kind="LIMIT", price=Decimal(100), time_in_force="GTX"))
    wallet = exchange.wallet()
    assert wallet.available == wallet.balance + wallet.unrealized - 55 - 25


def test_leverage_has_its_brackets() -> None:
    exchange = exchange_at(wallet="1000000")
    assert exchange.set_leverage(SYMBOL, 126).code == -4028
    assert exchange.set_leverage(SYMBOL, 125).code == 0
    assert exchange.place(buy("3100")).code == -2027


def margin_ratio(exchange: SimulatedExchange) -> Decimal:
    wallet = exchange.wallet()
    return wallet.maintenance_margin / (wallet.balance + wallet.unrealized)


def calls(exchange: SimulatedExchange) -> int:
    return [one.kind for one in exchange.take_news()].count("margin_call")


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


def test_a_margin_call_comes_when_the_ratio_of_the_right_bracket_says_so_and_once() -> None:
    dear = LeverageBracket(Decimal(300_000), Decimal("Infinity"), 10, Decimal("0.5"), Decimal(148_800))
    exchange = exchange_at(wallet="100")
    exchange.change_contract(ContractTerms(replace(GRID, brackets=(BRACKETS[0], dear))))
    exchange.set_leverage(SYMBOL, 100)
    exchange.place(buy("50"))
    exchange.take_news()
    told = []
    for hundredths in range(9_990, 9_854, -1):
        move(exchange, hundredths / 100)
        told.append((margin_ratio(exchange) >= Decimal("0.8"), calls(exchange)))
    assert told == [(False, 0)] * told.index((True, 1)) + [(True, 1)] + [(True, 0)] * told.count((True, 0))
    move(exchange, 99.0)
    move(exchange, 98.6)
    assert calls(exchange) == 1


def test_an_isolated_position_is_called_when_its_own_margin_is_low_and_not_before() -> None:
    exchange = exchange_at(wallet="100000")
    exchange.set_leverage(SYMBOL, 10)
    exchange.set_isolated(SYMBOL, is_isolated=True)
    exchange.place(buy("50"))
    exchange.take_news()
    move(exchange, 99.9)
    move(exchange, 91.0)
    assert calls(exchange) == 0
    move(exchange, 90.5)
    (call,) = [one for one in exchange.take_news() if one.kind == "margin_call"]
    assert [one.symbol for one in call.positions] == [SYMBOL]
    move(exchange, 90.2)
    assert held(exchange) == 0


def test_a_forced_close_where_no_book_is_shown_is_at_the_mark_and_on_the_tick_against_us() -> None:
    habits = ExchangeHabits(is_book_shown=False)
    for side, mark, price in ((Side.BUY, 96.07, "96.0"), (Side.SELL, 104.02, "104.1")):
        exchange = SimulatedExchange({SYMBOL: ContractTerms(GRID)}, Decimal(200), habits)
        exchange.candles.show(SYMBOL, 100.0)
        exchange.set_leverage(SYMBOL, 100)
        exchange.place(Asked(side, Decimal(40)))
        exchange.candles.trade(exchange.candles.waiting(SYMBOL)[0], Decimal(100))
        exchange.candles.show(SYMBOL, mark)
        exchange.liquidate(SYMBOL)
        assert exchange.trades(SYMBOL)[-1].price == Decimal(price)
