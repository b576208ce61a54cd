"""One suite for every store of trades and decisions."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.trade_store import MemoryTradeStore
from adapters.sqlite.trade_store import SqliteTradeStore
from application.ports.trade_store import DecisionRecord, StoreFailed, TradeStore
from domain.position.closed_trade import ClosedTrade
from tests.trade_records import DECISION, DECISIONS, TRADE, TRADES, decision, trade


@pytest.fixture(params=["sqlite", "memory"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], TradeStore]]:
    names = iter(range(10_000))
    with ExitStack() as opened:

        def new() -> TradeStore:
            if request.param == "memory":
                return MemoryTradeStore()
            return opened.enter_context(SqliteTradeStore(tmp_path / f"{next(names)}.db", "session-1"))

        yield new


@pytest.fixture
def store(new_store: Callable[[], TradeStore]) -> TradeStore:
    return new_store()


def keep(
    store: TradeStore, trades: list[ClosedTrade] | None = None, decisions: list[DecisionRecord] | None = None
) -> None:
    asyncio.run(store.keep(trades or [], decisions or []))


def held(store: TradeStore) -> tuple[list[ClosedTrade], list[DecisionRecord]]:
    return asyncio.run(store.trades()), asyncio.run(store.decisions())


def test_a_new_store_holds_nothing(store: TradeStore) -> None:
    keep(store)
    assert held(store) == ([], [])


def test_what_is_kept_is_given_back_to_the_last_digit(store: TradeStore) -> None:
    keep(store, [TRADE], [DECISION])
    trades, decisions = held(store)
    assert (trades, decisions) == ([TRADE], [DECISION])
    assert repr(trades[0]) == repr(TRADE)
    assert type(decisions[0]) is DecisionRecord


def test_records_come_oldest_first_and_those_of_one_moment_as_they_were_kept(store: TradeStore) -> None:
    twin_trade = replace(trade(1), trade_id="a-twin")
    twin_decision = decision(1)._replace(decision_id="a-twin")
    keep(store, [trade(2), trade(1)], [decision(2), decision(1)])
    keep(store, [twin_trade, trade(0)], [twin_decision, decision(0)])
    assert held(store) == (
        [trade(0), trade(1), twin_trade, trade(2)],
        [decision(0), decision(1), twin_decision, decision(2)],
    )


def test_keeping_the_same_again_changes_nothing(store: TradeStore) -> None:
    keep(store, [trade(0), trade(0)], [decision(0), decision(0)])
    keep(store, [trade(1), trade(0)], [decision(1), decision(0)])
    assert held(store) == ([trade(0), trade(1)], [decision(0), decision(1)])


def test_another_trade_under_a_known_id_is_refused_and_named(store: TradeStore) -> None:
    keep(store, [trade(0)])
    with pytest.raises(StoreFailed, match="another trade is kept as trade-0"):
        keep(store, [trade(1), replace(trade(0), fees=Decimal("0.2"))], [decision(0)])
    assert held(store) == ([trade(0)], [])


def test_another_decision_under_a_known_id_is_refused_and_named(store: TradeStore) -> None:
    keep(store, decisions=[decision(0)])
    with pytest.raises(StoreFailed, match="another decision is kept as decision-0"):
        keep(store, [trade(0)], [decision(1), decision(0)._replace(reason="other")])
    assert held(store) == ([], [decision(0)])


def test_two_records_that_differ_under_one_id_are_refused_within_one_batch(store: TradeStore) -> None:
    with pytest.raises(StoreFailed, match="trade-0"):
        keep(store, [trade(0), replace(trade(0), leverage=3)])
    with pytest.raises(StoreFailed, match="decision-0"):
        keep(store, [], [decision(0), decision(0)._replace(detail="other")])
    assert held(store) == ([], [])


@pytest.mark.parametrize(
    "odd",
    [
        replace(TRADE, net_pnl=Decimal("NaN")),
        replace(TRADE, exit_price=Decimal("Infinity")),
        replace(TRADE, confidence=float("nan")),
        replace(TRADE, kelly_multiplier=float("inf")),
    ],
    ids=["net_pnl", "exit_price", "confidence", "kelly_multiplier"],
)
def test_a_number_that_is_not_finite_is_refused_by_name(
    store: TradeStore, odd: ClosedTrade, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id.rsplit("-", 1)[1]
    with pytest.raises(StoreFailed, match=f"BTCUSDT-L-1 cannot be kept: {name} is"):
        keep(store, [trade(0), odd])
    assert held(store) == ([], [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    trades=st.lists(TRADES, max_size=5, unique_by=lambda each: each.trade_id),
    decisions=st.lists(DECISIONS, max_size=5, unique_by=lambda each: each.decision_id),
)
def test_any_records_are_given_back_as_they_were(
    new_store: Callable[[], TradeStore], trades: list[ClosedTrade], decisions: list[DecisionRecord]
) -> None:
    store = new_store()
    keep(store, trades, decisions)
    given_trades, given_decisions = held(store)
    assert given_trades == sorted(trades, key=lambda each: each.closed_at_ms)
    assert given_decisions == sorted(decisions, key=lambda each: each.at_ms)
    assert [each.net_pnl.as_tuple() for each in given_trades] == [
        each.net_pnl.as_tuple() for each in sorted(trades, key=lambda each: each.closed_at_ms)
    ]
