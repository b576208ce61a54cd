"""The desk's orders on the whole exchange, told in the words of the tape."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from domain.market.direction import Side
from domain.orders.order import ApprovedOrder, Order, OrderKind, OrderPurpose
from domain.tape import (
    Event,
    FundingSettled,
    OrderAccepted,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    WalletMoved,
)
from tests.adapters.simulated.exchange.exchange_samples import SYMBOL, exchange_at, move

ENTRY = Order(
    "s-e",
    SYMBOL,
    Side.BUY,
    OrderKind.POST_ONLY_LIMIT,
    OrderPurpose.ENTRY,
    Decimal(2),
    price=Decimal(99),
    leverage=5,
)
STOP = Order(
    "s-s1",
    SYMBOL,
    Side.SELL,
    OrderKind.STOP_MARKET,
    OrderPurpose.STOP,
    Decimal(2),
    trigger_price=Decimal(97),
    is_reduce_only=True,
)
EXIT = Order("s-x1", SYMBOL, Side.SELL, OrderKind.MARKET, OrderPurpose.EXIT, Decimal(1), is_reduce_only=True)


def submit(broker: ExchangeBroker, *orders: Order) -> None:
    for order in orders:
        asyncio.run(broker.submit(ApprovedOrder(order)))


def filled_entry() -> tuple[SimulatedExchange, ExchangeBroker, list[Event]]:
    exchange = exchange_at()
    broker = ExchangeBroker(exchange)
    submit(broker, ENTRY)
    move(exchange, 98.9)
    return exchange, broker, broker.told()


def test_an_entry_is_accepted_and_filled_under_its_own_id_with_its_leverage() -> None:
    exchange, _, events = filled_entry()
    assert [type(event) for event in events] == [OrderAccepted, OrderFilled]
    filled = events[1]
    assert isinstance(filled, OrderFilled)
    assert (filled.fill.order_id, filled.fill.quantity, filled.fill.is_last) == ("s-e", Decimal(2), True)
    assert exchange.leverage(SYMBOL) == 5


def test_a_symbol_is_at_stake_while_an_entry_rests_or_a_position_is_held() -> None:
    exchange = exchange_at()
    broker = ExchangeBroker(exchange)
    assert broker.symbols_at_stake() == frozenset()
    submit(broker, ENTRY)
    assert broker.symbols_at_stake() == {SYMBOL}
    move(exchange, 98.9)
    assert broker.symbols_at_stake() == {SYMBOL}
    submit(broker, EXIT, replace(EXIT, order_id="s-x2"))
    move(exchange, 98.9)
    assert broker.symbols_at_stake() == frozenset()


def test_the_fills_of_a_stop_come_under_the_stops_own_id() -> None:
    exchange, broker, _ = filled_entry()
    submit(broker, STOP)
    move(exchange, 96.9)
    events = broker.told()
    assert events[0] == OrderAccepted(events[0].at_ms, SYMBOL, "s-s1")
    fills = [event.fill for event in events if isinstance(event, OrderFilled)]
    assert {fill.order_id for fill in fills} == {"s-s1"}
    assert sum(fill.quantity for fill in fills) == 2
    assert [type(event) for event in events].count(OrderAccepted) == 1


def test_a_stop_with_nothing_left_to_reduce_expires_when_it_fires() -> None:
    exchange, broker, _ = filled_entry()
    submit(broker, STOP, EXIT, replace(EXIT, order_id="s-x2"))
    move(exchange, 96.9)
    ends = [event for event in broker.told() if isinstance(event, OrderExpired)]
    assert [(event.order_id, event.reason) for event in ends] == [("s-s1", "ReduceOnly Order is rejected.")]


def test_a_refusal_comes_on_the_tape_with_the_venues_code() -> None:
    exchange = exchange_at()
    broker = ExchangeBroker(exchange)
    submit(broker, EXIT, replace(ENTRY, leverage=999))
    events = broker.told()
    assert all(isinstance(event, OrderRejected) and not event.may_retry for event in events)
    reasons = [event.reason.split()[0] for event in events if isinstance(event, OrderRejected)]
    assert reasons == ["-2022", "-4028"]


def test_funding_is_told_with_its_payment() -> None:
    exchange, broker, _ = filled_entry()
    exchange.settle_funding(SYMBOL, exchange.now_ms)
    (settled,) = broker.told()
    assert isinstance(settled, FundingSettled)
    assert settled.payment == Decimal("-0.01978000")


def test_the_insurance_funds_share_and_deposits_move_the_wallet_on_the_tape() -> None:
    exchange, broker, _ = filled_entry()
    before = exchange.wallet().balance
    exchange.liquidate(SYMBOL)
    exchange.deposit(Decimal(50))
    told = broker.told()
    moves = [event for event in told if isinstance(event, WalletMoved)]
    assert [(move.reason, move.is_transfer) for move in moves] == [
        ("INSURANCE_CLEAR", False),
        ("DEPOSIT", True),
    ]
    fills = [event.fill for event in told if isinstance(event, OrderFilled)]
    traded = sum(fill.realized_pnl - fill.fee for fill in fills)
    assert before + traded + sum(move.amount for move in moves) == exchange.wallet().balance
