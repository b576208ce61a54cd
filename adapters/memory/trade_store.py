"""A store that lives as long as its session."""

import math
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Final

from application.ports.trade_store import DecisionRecord, StoreFailed
from domain.position.closed_trade import ClosedTrade

_TRADE_FIELDS: Final = tuple(field.name for field in fields(ClosedTrade))


class MemoryTradeStore:
    """Keeps the trades and decisions of one session under their ids, for runs of which nothing need stay."""

    def __init__(self) -> None:
        self._trades: dict[str, ClosedTrade] = {}
        self._decisions: dict[str, DecisionRecord] = {}

    async def keep(self, trades: Sequence[ClosedTrade], decisions: Sequence[DecisionRecord]) -> None:
        """Keep all or nothing; the same record again changes nothing."""
        new_trades: dict[str, ClosedTrade] = {}
        for trade in trades:
            _refuse_odd_numbers(trade)
            if self._trades.get(trade.trade_id, new_trades.setdefault(trade.trade_id, trade)) != trade:
                raise StoreFailed(f"another trade is kept as {trade.trade_id}; nothing was changed")
        new_decisions: dict[str, DecisionRecord] = {}
        for decision in decisions:
            known = new_decisions.setdefault(decision.decision_id, decision)
            if self._decisions.get(decision.decision_id, known) != decision:
                raise StoreFailed(f"another decision is kept as {decision.decision_id}; nothing was changed")
        self._trades.update(new_trades)
        self._decisions.update(new_decisions)

    async def trades(self) -> list[ClosedTrade]:
        """Give every closed trade, oldest first."""
        return sorted(self._trades.values(), key=lambda trade: trade.closed_at_ms)

    async def decisions(self) -> list[DecisionRecord]:
        """Give every decision, oldest first."""
        return sorted(self._decisions.values(), key=lambda decision: decision.at_ms)


def _refuse_odd_numbers(trade: ClosedTrade) -> None:
    for name in _TRADE_FIELDS:
        value = getattr(trade, name)
        if isinstance(value, float | Decimal) and not math.isfinite(value):
            raise StoreFailed(
                f"trade {trade.trade_id} cannot be kept: {name} is {value}, not a finite number"
            )
