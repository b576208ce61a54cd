"""The seven exits, in the order in which they are asked."""

from decimal import Decimal

from domain.exits.confidence_drop import confidence_drop
from domain.exits.counter_trend import counter_trend
from domain.exits.exit_decision import CloseAll, ExitDecision, Moment
from domain.exits.exit_rules import ExitRules
from domain.exits.forced_liquidation import forced_liquidation
from domain.exits.partial_profit import partial_profit
from domain.exits.smart_hold import is_smart_hold
from domain.exits.standing import Standing, standing_of
from domain.exits.thesis_invalidated import thesis_invalidated
from domain.exits.time_stop import time_stop
from domain.exits.trailing import trailing
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.position.open_trade import OpenTrade
from domain.structure.structure_view import StructureView


def decide_exit(
    trade: OpenTrade, moment: Moment, rules: ExitRules, costs: TradingCosts, instrument: Instrument
) -> ExitDecision | None:
    """Give the first exit that asks to act at this price, or None to hold.

    Forced liquidation, time stop, confidence drop, thesis invalidated, counter-trend, partial
    profit, trailing. Smart hold may suppress the fourth and fifth. Exits that read structure are
    silent while it is not known.
    """
    standing = standing_of(trade, moment, costs)
    view = moment.view
    decision = (
        forced_liquidation(standing, rules)
        or time_stop(trade, moment.at_ms, rules)
        or confidence_drop(trade, moment.at_ms, standing, rules)
        or (
            _by_structure(trade, moment.price, view, standing, rules, instrument)
            if view is not None
            else None
        )
        or partial_profit(trade, moment.price, standing, rules, costs, instrument)
    )
    if decision is not None or view is None:
        return decision
    return trailing(trade, view, moment.price, standing, rules, instrument)


def _by_structure(
    trade: OpenTrade,
    price: Decimal,
    view: StructureView,
    standing: Standing,
    rules: ExitRules,
    instrument: Instrument,
) -> CloseAll | None:
    confidence = standing.confidence
    decision = thesis_invalidated(trade, view, confidence, rules) or counter_trend(
        trade, view, confidence, rules
    )
    if decision is None or is_smart_hold(trade.position.direction, price, view, standing, rules, instrument):
        return None
    return decision
