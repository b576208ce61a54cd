"""The port that keeps closed trades and decisions."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from domain.position.closed_trade import ClosedTrade


class DecisionRecord(NamedTuple):
    """One thing decided and why: a setup taken, a refusal, an exit; `detail` is plain words.

    `decision_id` is a function of what it names, so that writing it twice keeps one.
    """

    decision_id: str
    at_ms: int
    symbol: str
    kind: str
    reason: str
    detail: str
    setup_id: str


class TradeStore(Protocol):
    """Keeps what was acknowledged through a crash; writing the same record again changes nothing."""

    async def keep(self, trades: Sequence[ClosedTrade], decisions: Sequence[DecisionRecord]) -> None:
        """Write all or nothing; durable when this returns. Raises StoreFailed."""
        ...

    async def trades(self) -> list[ClosedTrade]:
        """Give every closed trade, oldest first."""
        ...

    async def decisions(self) -> list[DecisionRecord]:
        """Give every decision, oldest first."""
        ...


class StoreFailed(Exception):
    """The store cannot keep or give a record now."""
