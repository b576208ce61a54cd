import asyncio
from collections.abc import Sequence

import pytest

from application.decision import Decision
from application.ports.trade_store import DecisionRecord, StoreFailed
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.position.closed_trade import ClosedTrade
from tests.application.sample_trades import LOST, WON, refusal


class StoreThatComesAndGoes:
    """Keeps records while it is up; like a database whose server restarts."""

    def __init__(self) -> None:
        self.is_up = True
        self.kept: list[ClosedTrade] = []
        self.told: list[DecisionRecord] = []

    async def keep(self, trades: Sequence[ClosedTrade], decisions: Sequence[DecisionRecord]) -> None:
        if not self.is_up:
            raise StoreFailed("the server is restarting")
        self.kept.extend(trades)
        self.told.extend(decisions)

    async def trades(self) -> list[ClosedTrade]:
        return self.kept

    async def decisions(self) -> list[DecisionRecord]:
        return self.told


def test_a_closed_trade_is_written_at_once_when_prompt() -> None:
    store = StoreThatComesAndGoes()
    recorder = UnifiedTradeRecorder(store, is_prompt=True)
    asyncio.run(recorder.take(Decision(trades=(WON,))))
    assert store.kept == [WON]
    assert recorder.waiting == 0


def test_a_backtest_writes_in_batches() -> None:
    store = StoreThatComesAndGoes()
    recorder = UnifiedTradeRecorder(store, is_prompt=False)
    asyncio.run(recorder.take(Decision(trades=(WON,))))
    assert store.kept == []
    for number in range(499):
        asyncio.run(recorder.take(Decision(records=(refusal(number, "no_edge"),))))
    assert (len(store.kept), len(store.told)) == (1, 499)


def test_a_store_that_is_down_delays_and_never_loses() -> None:
    store = StoreThatComesAndGoes()
    recorder = UnifiedTradeRecorder(store, is_prompt=True)
    store.is_up = False
    asyncio.run(recorder.take(Decision(trades=(WON,))))
    assert (recorder.failed_writes, recorder.waiting) == (1, 1)
    store.is_up = True
    asyncio.run(recorder.take(Decision(trades=(LOST,))))
    assert store.kept == [WON, LOST]


def test_a_store_that_stays_down_is_told_at_the_end() -> None:
    store = StoreThatComesAndGoes()
    recorder = UnifiedTradeRecorder(store, is_prompt=False)
    asyncio.run(recorder.take(Decision(trades=(WON,))))
    store.is_up = False
    with pytest.raises(StoreFailed):
        asyncio.run(recorder.flush())
    assert recorder.waiting == 1
    store.is_up = True
    asyncio.run(recorder.flush())
    assert store.kept == [WON]


def test_nothing_waiting_asks_nothing_of_the_store() -> None:
    store = StoreThatComesAndGoes()
    store.is_up = False
    asyncio.run(UnifiedTradeRecorder(store, is_prompt=True).flush())
    assert store.kept == []
