"""Ports that write down, in one common list, in which order they were called."""

from collections.abc import AsyncIterator, Iterable, Sequence

from application.ports.trade_store import DecisionRecord
from domain.orders.order import ApprovedOrder
from domain.position.closed_trade import ClosedTrade
from domain.tape import Event


class ScriptedFeed:
    """Gives the events of a list, and notes each."""

    def __init__(self, events: Iterable[Event], calls: list[str]) -> None:
        self._events = events
        self._calls = calls

    async def __aiter__(self) -> AsyncIterator[Event]:
        for event in self._events:
            self._calls.append(f"feed {type(event).__name__}")
            yield event


class NotedClock:
    """A clock of the tape that notes how far it moved."""

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls
        self._now_ms = 0

    def advance_to(self, at_ms: int) -> None:
        self._now_ms = at_ms
        self._calls.append("clock")

    def now_ms(self) -> int:
        return self._now_ms


class NotedJournal:
    """Keeps events and decisions in lists."""

    is_kept = True

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls
        self.events: list[Event] = []
        self.decisions: list[bytes] = []

    def record(self, event: Event) -> None:
        self.events.append(event)
        self._calls.append("record")

    def note(self, decision: bytes) -> None:
        self.decisions.append(decision)
        self._calls.append("note")


class NotedBroker:
    """Keeps what it was asked for; it never answers."""

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls
        self.submitted: list[ApprovedOrder] = []
        self.cancelled: list[tuple[str, str]] = []

    async def submit(self, order: ApprovedOrder) -> None:
        self.submitted.append(order)
        self._calls.append(f"submit {order.order.purpose}")

    async def cancel(self, symbol: str, order_id: str) -> None:
        self.cancelled.append((symbol, order_id))
        self._calls.append("cancel")


class NotedStore:
    """Keeps records in lists."""

    def __init__(self, calls: list[str]) -> None:
        self._calls = calls
        self.kept: list[ClosedTrade] = []
        self.told: list[DecisionRecord] = []

    async def keep(self, trades: Sequence[ClosedTrade], decisions: Sequence[DecisionRecord]) -> None:
        self.kept.extend(trades)
        self.told.extend(decisions)
        self._calls.append("keep")

    async def trades(self) -> list[ClosedTrade]:
        return self.kept

    async def decisions(self) -> list[DecisionRecord]:
        return self.told
