"""From a setup and a belief to an approved entry, or the reason why not."""

from decimal import Decimal
from typing import NamedTuple

from application.smart_order_manager import entry_order
from domain.learning.belief import Belief
from domain.market.instrument import Instrument
from domain.orders.order import ApprovedOrder, OrderKind
from domain.position.track_record import TrackRecord
from domain.position.trade_plan import TradePlan
from domain.refusal import Refusal
from domain.risk.portfolio import Portfolio
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.setup.setup import Setup
from domain.setup.setup_rules import EntryStyle


class PlannedEntry(NamedTuple):
    """An entry that may be sent, its plan, and the arithmetic in words."""

    plan: TradePlan
    approved: ApprovedOrder
    words: str


class EntryReview:
    """Sizes a setup and takes it to the risk gate."""

    def __init__(self, planner: TradePlanner, gate: RiskGate, style: EntryStyle) -> None:
        self._planner = planner
        self._gate = gate
        self._style = style

    def review(
        self,
        setup: Setup,
        belief: Belief,
        record: TrackRecord,
        portfolio: Portfolio,
        instrument: Instrument,
        last_price: Decimal,
        at_ms: int,
    ) -> PlannedEntry | Refusal:
        """Give the entry to send, or the first reason against it."""
        is_limit = self._style is EntryStyle.POST_ONLY_LIMIT
        planned = self._planner.plan(
            setup,
            belief.confidence,
            portfolio.equity,
            record,
            instrument,
            is_maker_entry=is_limit,
            bet_share=belief.size,
        )
        if isinstance(planned, Refusal):
            return planned
        order = entry_order(planned.plan, OrderKind.POST_ONLY_LIMIT if is_limit else OrderKind.MARKET)
        verdict = self._gate.review_entry(order, planned.plan, portfolio, instrument, last_price, at_ms)
        if isinstance(verdict, Refusal):
            return verdict
        return PlannedEntry(planned.plan, verdict, f"belief: {belief.in_words()}; {planned.in_words()}")
