"""What a session saw and did, counted as it goes."""

from dataclasses import dataclass, field
from decimal import Decimal

from application.decision import STAND_ASIDE, Decision, EquityMark
from domain.tape import CandleClosed, CandleRebuilt, CandlesPassed, Event, WalletMoved


@dataclass(slots=True)
class SessionTally:
    """Counts of one session, and its equity at each closed trade and each day's start."""

    events: int = 0
    candles: int = 0
    orders: int = 0
    trades: int = 0
    first_at_ms: int | None = None
    last_at_ms: int | None = None
    outside: Decimal = Decimal(0)
    marks: list[EquityMark] = field(default_factory=list)

    def count(self, event: Event, decision: Decision) -> None:
        """Take in one event and what was decided on it; candles that passed count one by one."""
        if type(event) is CandleClosed:
            self.candles += 1
        elif type(event) is CandlesPassed:
            self.candles += len(event.run)
            self.events += len(event.run) - 1
        elif type(event) is CandleRebuilt:
            self.candles += 1
        elif type(event) is WalletMoved:
            self.outside += event.amount
        self.events += 1
        if self.first_at_ms is None:
            self.first_at_ms = event.at_ms
        self.last_at_ms = event.at_ms
        if decision is not STAND_ASIDE:
            self.orders += len(decision.orders)
            self.trades += len(decision.trades)
            self.marks.extend(decision.marks)
