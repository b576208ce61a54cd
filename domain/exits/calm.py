"""Between which prices an open trade is surely left alone."""

from decimal import Decimal
from typing import Final, NamedTuple

from domain.exits.confidence_drop import may_drop
from domain.exits.counter_trend import counter_trend
from domain.exits.exit_decision import Moment
from domain.exits.exit_rules import ExitRules
from domain.exits.forced_liquidation import risk_capital
from domain.exits.open_profit import price_of_profit
from domain.exits.standing import Standing, believed, standing_of
from domain.exits.thesis_invalidated import thesis_invalidated
from domain.exits.time_stop import overdue_from_ms
from domain.exits.trailing import is_trailing, trails_from
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.position.open_trade import OpenTrade
from domain.structure.structure_view import StructureView

_NEVER: Final = Decimal("Infinity")


class Calm(NamedTuple):
    """Before `until_ms` no exit acts at a last price strictly between `low` and `high`.

    `worst` is the forced close, on the losing side of every price between them. Calm of one base bar
    leans on the structure of that bar.
    """

    low: float
    high: float
    until_ms: int
    worst: Decimal
    is_of_one_bar: bool

    def holds(self, price: float, at_ms: int) -> bool:
        """Tell whether nothing needs to be asked at this price and moment."""
        return self.low < price < self.high and at_ms < self.until_ms


def calm_around(
    trade: OpenTrade, moment: Moment, rules: ExitRules, costs: TradingCosts, instrument: Instrument
) -> Calm | None:
    """Give the prices at which `decide_exit` holds, while trade and structure stay as they are.

    A tick of slack on either side covers what rounding may add. None while structure asks to leave
    and only the price holds the trade.
    """
    if _structure_asks(trade, moment.view, rules):
        return None
    standing = standing_of(trade, moment, costs)
    worst = price_of_profit(trade, -risk_capital(standing, rules), costs)
    best = _winning_edge(trade, moment.view, standing, rules, costs, instrument)
    until_ms, is_of_one_bar = overdue_from_ms(trade, rules), is_trailing(standing, rules)
    low, high = (worst, best) if trade.position.direction is Direction.LONG else (best, worst)
    tick = instrument.tick
    return Calm(float(low + tick), float(high - tick), until_ms, worst, is_of_one_bar)


def outlasts_bar(calm: Calm, trade: OpenTrade, view: StructureView | None, rules: ExitRules) -> bool:
    """Tell whether calm goes on after a base bar that changed nothing but structure and belief."""
    if calm.is_of_one_bar or may_drop(trade, believed(trade), rules):
        return False
    return not _structure_asks(trade, view, rules)


def _structure_asks(trade: OpenTrade, view: StructureView | None, rules: ExitRules) -> bool:
    if view is None:
        return False
    confidence = believed(trade)
    asked = thesis_invalidated(trade, view, confidence, rules) or counter_trend(
        trade, view, confidence, rules
    )
    return asked is not None


def _winning_edge(
    trade: OpenTrade,
    view: StructureView | None,
    standing: Standing,
    rules: ExitRules,
    costs: TradingCosts,
    instrument: Instrument,
) -> Decimal:
    """Give the nearest price at which a profit may be taken or the stop be moved; infinite when none."""
    sign = trade.position.direction.sign
    profits = _profits_acted_on(trade, standing, rules)
    edge = price_of_profit(trade, min(profits), costs) if profits else _NEVER * sign
    if view is None or not is_trailing(standing, rules):
        return edge
    moves_from = trails_from(trade, view, rules, instrument)
    if moves_from is None:
        return edge
    return min(edge, moves_from) if sign > 0 else max(edge, moves_from)


def _profits_acted_on(trade: OpenTrade, standing: Standing, rules: ExitRules) -> list[Decimal]:
    profits = []
    if may_drop(trade, standing.confidence, rules):
        profits.append(Decimal(0))
    if not trade.is_half_closed:
        profits.append(standing.amount(rules.partial_profit_at, rules.partial_profit_unit))
    if not is_trailing(standing, rules):
        profits.append(standing.amount(rules.trailing_from, rules.trailing_unit))
    return profits
