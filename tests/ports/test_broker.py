"""One suite for every broker: orders go in, answers come back on the tape."""

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from typing import Protocol

import pytest

from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.exchange_broker import ExchangeBroker
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from application.ports.broker import Broker
from domain.orders.order import ApprovedOrder
from domain.tape import Event, OrderAccepted, OrderCancelled, OrderRejected
from tests.order_samples import INSTRUMENT, SYMBOL, entry, stop


class Market(Protocol):
    """A venue at a last price of 100 with a wallet of 1,000, and the broker that leads to it."""

    @property
    def broker(self) -> Broker:
        """The way in."""
        ...

    def told(self) -> list[Event]:
        """Give what the venue has said since the last call."""
        ...


class CandleMarket:
    def __init__(self) -> None:
        habits = ExchangeHabits(is_reduce_only_stop_refused_when_flat=True, is_book_shown=False)
        exchange = SimulatedExchange({SYMBOL: ContractTerms(INSTRUMENT)}, Decimal(1000), habits)
        exchange.candles.show(SYMBOL, 100.0)
        self.broker = ExchangeBroker(exchange)

    def told(self) -> list[Event]:
        return self.broker.told()


class BookMarket:
    def __init__(self) -> None:
        habits = ExchangeHabits(is_reduce_only_stop_refused_when_flat=True)
        exchange = SimulatedExchange({SYMBOL: ContractTerms(INSTRUMENT)}, Decimal(1000), habits)
        exchange.on_trade(SYMBOL, 100.0, 1.0, 100.0, 0, is_buyer_maker=False)
        self.broker = ExchangeBroker(exchange)

    def told(self) -> list[Event]:
        return self.broker.told()


@pytest.fixture(params=[CandleMarket, BookMarket])
def market(request: pytest.FixtureRequest) -> Market:
    made: Market = request.param()
    return made


def run(*steps: Coroutine[object, object, None]) -> None:
    async def one_by_one() -> None:
        for step in steps:
            await step

    asyncio.run(one_by_one())


def test_an_order_within_the_rules_is_accepted(market: Market) -> None:
    run(market.broker.submit(ApprovedOrder(entry(price="99.0"))))
    assert market.told() == [OrderAccepted(0, SYMBOL, "a-e")]


def test_an_order_against_the_rules_is_rejected_with_a_reason(market: Market) -> None:
    run(market.broker.submit(ApprovedOrder(stop("98.0"))))
    (rejected,) = market.told()
    assert isinstance(rejected, OrderRejected)
    assert (rejected.symbol, rejected.order_id) == (SYMBOL, "a-s1")
    assert rejected.reason


def test_an_id_that_is_open_is_not_taken_twice(market: Market) -> None:
    order = ApprovedOrder(entry(price="99.0"))
    run(market.broker.submit(order), market.broker.submit(order))
    assert [type(event) for event in market.told()] == [OrderAccepted, OrderRejected]


def test_a_cancelled_order_is_gone(market: Market) -> None:
    run(market.broker.submit(ApprovedOrder(entry(price="99.0"))), market.broker.cancel(SYMBOL, "a-e"))
    assert market.told()[1:] == [OrderCancelled(0, SYMBOL, "a-e")]


def test_cancelling_an_order_that_is_gone_is_no_harm(market: Market) -> None:
    run(market.broker.cancel(SYMBOL, "a-e"), market.broker.submit(ApprovedOrder(entry(price="99.0"))))
    assert [type(event) for event in market.told()] == [OrderAccepted]
