"""A setup and a belief in; a plan with size, leverage and planned loss out, or a refusal."""

from decimal import Decimal
from typing import NamedTuple

from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.position.track_record import TrackRecord
from domain.position.trade_plan import TradePlan
from domain.refusal import Refusal, RefusalReason
from domain.risk.leverage import Leverage, LeverageRules, choose_leverage
from domain.risk.planned_loss import planned_loss
from domain.risk.position_sizer import PositionSizer, Sizing, SizingRules, kelly_multiplier
from domain.setup.setup import Setup


class PlannedTrade(NamedTuple):
    """A plan and the figures behind it."""

    plan: TradePlan
    sizing: Sizing
    leverage: Leverage

    def in_words(self) -> str:
        """Tell the arithmetic of size and leverage, and what R is."""
        return f"{self.sizing.in_words()}; {self.leverage.in_words()}; R = {self.plan.planned_loss:.2f}"


class TradePlanner:
    """Fixes how a setup is to be traded; `may_explore` allows trades without a confidence."""

    def __init__(
        self, sizing: SizingRules, leverage: LeverageRules, costs: TradingCosts, *, may_explore: bool
    ) -> None:
        self._sizer = PositionSizer(sizing)
        self._exploration_multiplier = sizing.exploration_multiplier
        self._leverage = leverage
        self._costs = costs
        self._may_explore = may_explore

    def plan(
        self,
        setup: Setup,
        confidence: float | None,
        equity: Decimal,
        record: TrackRecord,
        instrument: Instrument,
        *,
        is_maker_entry: bool,
        bet_share: float = 1.0,
    ) -> PlannedTrade | Refusal:
        """Plan a trade, or refuse it: exploration off, liquidation too near, no edge, too small.

        `bet_share` is what may be placed of Kelly's bet while the model that believes is in doubt.
        """
        if confidence is None and not self._may_explore:
            return Refusal(RefusalReason.EXPLORATION_OFF, "no model has proven itself and exploration is off")
        multiplier = self._multiplier(confidence, bet_share)
        leverage = choose_leverage(
            record, confidence, equity, multiplier, self._sizer, setup, instrument, self._leverage
        )
        if isinstance(leverage, Refusal):
            return leverage
        sizing = self._sizer.size(equity, multiplier, leverage.times, setup.entry, instrument)
        if isinstance(sizing, Refusal):
            return sizing
        return PlannedTrade(
            self._plan(setup, confidence, sizing, is_maker_entry=is_maker_entry), sizing, leverage
        )

    def _multiplier(self, confidence: float | None, bet_share: float) -> float:
        if confidence is None:
            return self._exploration_multiplier
        return bet_share * kelly_multiplier(confidence)

    def _plan(
        self, setup: Setup, confidence: float | None, sizing: Sizing, *, is_maker_entry: bool
    ) -> TradePlan:
        return TradePlan(
            setup=setup,
            quantity=sizing.quantity,
            leverage=sizing.leverage,
            initial_margin=sizing.margin,
            planned_loss=planned_loss(
                setup.entry, setup.stop, sizing.quantity, self._costs, is_maker_entry=is_maker_entry
            ),
            kelly_multiplier=sizing.kelly_multiplier,
            confidence=confidence,
            is_exploration=confidence is None,
        )
