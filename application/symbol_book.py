"""Everything the desk holds of one symbol."""

import math
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from domain.exits.calm import Calm
from domain.halt import TradingHalt
from domain.market.candle_run import CandleRun
from domain.market.instrument import Instrument
from domain.market.timeframe import MINUTE_MS
from domain.orders.order import OrderPurpose
from domain.orders.order_life import WorkingOrder
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.position.trade_plan import TradePlan
from domain.structure.structure_view import StructureView

_FILLS_REMEMBERED: Final = 1_000


class ExitUnderWay(NamedTuple):
    """A market order that closes all or half; `new_stop` is where the stop goes after a half."""

    order_id: str
    new_stop: Decimal | None


@dataclass(slots=True)
class SymbolBook:
    """One symbol's structure, its orders in the order in which they were sent, and its trade.

    `reasons` tells for each order that reduces why a fill of it ends the trade, or a piece of it.
    Orders and `last_plan` stay known until the next entry: a fill from before a cancel may be told
    after it. `legs_sent` and `trades_closed` count since that entry was sent, `refusals` what the venue
    refused in a row. `bare_since_ms` is when the venue was last known to hold a stop for the whole
    position, None while it does; no exit is sent before `exit_from_ms`, no entry waits longer than until
    `entry_overdue_ms`. `giving_way` are stops and targets that go so that another one can come: the venue
    takes only one of a kind that closes the position. `step_ms` is the length of the candles told.
    """

    instrument: Instrument
    aggregator: CandleAggregator
    engine: StructureEngine
    view: StructureView | None = None
    last_price: float = math.nan
    data_at_ms: int = 0
    plan: TradePlan | None = None
    last_plan: TradePlan | None = None
    trade: OpenTrade | None = None
    calm: Calm | None = None
    orders: dict[str, WorkingOrder] = field(default_factory=dict)
    seen_fills: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, ExitReason] = field(default_factory=dict)
    exit_under_way: ExitUnderWay | None = None
    stop_reason: ExitReason = ExitReason.STOP
    exit_reasons: list[ExitReason] = field(default_factory=list)
    legs_sent: int = 0
    trades_closed: int = 0
    entry_overdue_ms: int = 0
    bare_since_ms: int | None = None
    refusals: dict[OrderPurpose, int] = field(default_factory=dict)
    exit_from_ms: int = 0
    giving_way: set[str] = field(default_factory=set)
    step_ms: int = MINUTE_MS

    @property
    def symbol(self) -> str:
        """The instrument's name."""
        return self.instrument.symbol

    @property
    def is_idle(self) -> bool:
        """Whether nothing is held or planned, and no order may still trade."""
        return self.plan is None and not any(order.is_live for order in self.orders.values())

    @property
    def price(self) -> Decimal:
        """The last price, on the tick."""
        return self.instrument.nearest_price(self.last_price)

    def live(self, purpose: OrderPurpose) -> list[WorkingOrder]:
        """Give the orders of one purpose that may still trade, oldest first."""
        return [
            working
            for working in self.orders.values()
            if working.order.purpose is purpose and working.is_live
        ]

    def standing(self, purpose: OrderPurpose) -> list[WorkingOrder]:
        """Give the live orders of one purpose that nobody asked to go."""
        return [
            working
            for working in self.orders.values()
            if working.order.purpose is purpose and working.is_standing
        ]

    def gives_way(self, purpose: OrderPurpose) -> bool:
        """Tell whether a live order of a purpose goes so that another one can come."""
        return any(working.order.order_id in self.giving_way for working in self.live(purpose))

    def is_new_fill(self, fill_id: str) -> bool:
        """Remember a fill, and tell whether it was never told before; the last thousand are known."""
        if fill_id in self.seen_fills:
            return False
        self.seen_fills[fill_id] = None
        if len(self.seen_fills) > _FILLS_REMEMBERED:
            del self.seen_fills[next(iter(self.seen_fills))]
        return True

    def pass_over(self, run: CandleRun, closed_at_ms: int) -> None:
        """Take candles of which nobody looks at the structure in between.

        Raises TradingHalt when one of them is not calm for what is held, or a bar closed with it while
        anything is held or planned.
        """
        bars = self.aggregator.take(run)
        if (len(bars) and not self.is_idle) or not self._stays_calm(run, closed_at_ms):
            raise TradingHalt(f"candles of {self.symbol} were passed over while it is traded")
        if len(bars):
            self.engine.take(bars)
            self.view = None
        self.last_price = run.candle(len(run) - 1).close
        self.data_at_ms = closed_at_ms

    def _stays_calm(self, run: CandleRun, closed_at_ms: int) -> bool:
        if self.trade is None:
            return True
        calm = self.calm
        if calm is None or closed_at_ms >= calm.until_ms:
            return False
        return run.first_reaching(0, len(run), calm.low, calm.high) == len(run)

    def forget_structure(self) -> None:
        """Know nothing of the candles so far; what is held stays as it is."""
        self.aggregator.forget()
        self.engine.forget()
        self.view = None

    def refused(self, purpose: OrderPurpose) -> int:
        """Tell how often the venue refused orders of a purpose in a row."""
        return self.refusals.get(purpose, 0)

    def begin(self, plan: TradePlan) -> None:
        """Take up a plan, and let go of the orders of the one before; none of them is live."""
        self.plan = self.last_plan = plan
        self.orders.clear()
        self.reasons.clear()
        self.refusals.clear()
        self.giving_way.clear()
        self.legs_sent = 0
        self.trades_closed = 0

    def forget_trade(self) -> None:
        """Let go of a trade that is over; its plan stays while its entry may still fill."""
        if not self.live(OrderPurpose.ENTRY):
            self.plan = None
        self.trade = None
        self.exit_under_way = None
        self.bare_since_ms = None
        self.exit_from_ms = 0
        self.refusals.clear()
        self.giving_way.clear()
        self.stop_reason = ExitReason.STOP
        self.exit_reasons = []
