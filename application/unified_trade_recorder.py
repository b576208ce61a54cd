"""The one way closed trades and decisions reach the store."""

from typing import Final

from application.decision import Decision
from application.ports.trade_store import DecisionRecord, StoreFailed, TradeStore
from domain.position.closed_trade import ClosedTrade

_FLUSH_AT: Final = 500


class UnifiedTradeRecorder:
    """Writes in batches; what the store could not take is kept and offered again.

    A closed trade is written at once when `is_prompt`, as live and paper sessions want it.
    """

    def __init__(self, store: TradeStore, *, is_prompt: bool) -> None:
        self._store = store
        self._is_prompt = is_prompt
        self._trades: list[ClosedTrade] = []
        self._decisions: list[DecisionRecord] = []
        self.failed_writes = 0

    @property
    def waiting(self) -> int:
        """How many records the store has not taken yet."""
        return len(self._trades) + len(self._decisions)

    async def take(self, decision: Decision) -> None:
        """Keep what a decision closed and explained; a store that is down delays, never loses."""
        self._trades.extend(decision.trades)
        self._decisions.extend(decision.records)
        if self.waiting >= _FLUSH_AT or (self._is_prompt and decision.trades):
            await self.write_if_possible()

    async def flush(self) -> None:
        """Write everything that waits. Raises StoreFailed."""
        if self.waiting:
            await self._store.keep(self._trades, self._decisions)
            self._trades, self._decisions = [], []

    async def write_if_possible(self) -> None:
        """Write everything that waits, or keep it when the store is down."""
        try:
            await self.flush()
        except StoreFailed:
            self.failed_writes += 1
