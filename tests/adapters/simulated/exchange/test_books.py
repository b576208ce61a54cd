"""Whatever is traded, the books add up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

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

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell", "reduce_buy", "reduce_sell"]),
        st.integers(1, 3_000),
        st.integers(-20, 20),
    ),
    min_size=1,
    max_size=25,
)


@given(DEEDS)
def test_the_wallet_is_its_opening_and_every_entry_since(deeds: list[tuple[str, int, int]]) -> None:
    exchange = exchange_at()
    for deed, lots, ticks in deeds:
        side = Side.BUY if deed.endswith("buy") else Side.SELL
        exchange.place(Asked(side, Decimal(lots) / 1_000, is_reduce_only=deed.startswith("reduce")))
        move(exchange, 100.0 + ticks / 10)
    booked = sum((one.amount for one in exchange.income()), Decimal(0))
    assert exchange.wallet().balance == Decimal(100_000) + booked
    traded = sum((one.realized_pnl - one.fee for one in exchange.trades(SYMBOL)), Decimal(0))
    assert traded == booked
    signed = sum((one.side.sign * one.quantity for one in exchange.trades(SYMBOL)), Decimal(0))
    assert held(exchange) == signed


@given(DEEDS)
def test_an_order_that_only_reduces_never_opens_nor_turns_a_position(
    deeds: list[tuple[str, int, int]],
) -> None:
    exchange = exchange_at()
    for deed, lots, _ in deeds:
        side = Side.BUY if deed.endswith("buy") else Side.SELL
        before = held(exchange)
        exchange.place(Asked(side, Decimal(lots) / 1_000, is_reduce_only=deed.startswith("reduce")))
        if deed.startswith("reduce"):
            assert abs(held(exchange)) <= abs(before)
            assert held(exchange) * before >= 0


def test_a_trade_that_turns_a_position_around_is_two_trades() -> None:
    exchange = exchange_at()
    exchange.place(buy("0.100"))
    exchange.place(sell("0.300"))
    trades = exchange.trades(SYMBOL)
    assert [str(one.quantity) for one in trades] == ["0.100", "0.100", "0.200"]
    assert [bool(one.realized_pnl) for one in trades] == [False, True, False]
    assert held(exchange) == Decimal("-0.200")


def test_in_hedge_mode_both_sides_live_side_by_side() -> None:
    exchange = exchange_at()
    assert exchange.set_hedged(is_hedged=True).code == 0
    exchange.place(buy("1", position_side="LONG"))
    exchange.place(sell("2", position_side="SHORT"))
    assert (held(exchange, "LONG"), held(exchange, "SHORT")) == (Decimal(1), Decimal(-2))
    exchange.place(sell("0.400", position_side="LONG"))
    assert (held(exchange, "LONG"), held(exchange, "SHORT")) == (Decimal("0.600"), Decimal(-2))
    exchange.settle_funding(SYMBOL, exchange.now_ms)
    paid = [one.amount for one in exchange.income() if one.kind == "FUNDING_FEE"]
    assert [amount > 0 for amount in paid] == [False, True]


def test_isolated_money_is_set_apart_and_comes_back() -> None:
    exchange = exchange_at()
    exchange.set_leverage(SYMBOL, 10)
    assert exchange.set_isolated(SYMBOL, is_isolated=True).code == 0
    exchange.place(buy("1"))
    wallet = exchange.wallet()
    position = exchange.positions(SYMBOL)[0]
    assert position.isolated_wallet == position.entry_price / 10
    assert wallet.cross_balance == wallet.balance - position.isolated_wallet
    exchange.place(sell("0.500"))
    assert exchange.positions(SYMBOL)[0].isolated_wallet == position.isolated_wallet / 2
    exchange.place(sell("0.500"))
    assert exchange.wallet().cross_balance == exchange.wallet().balance
