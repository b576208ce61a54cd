"""Between which prices an open trade is surely left alone."""

from decimal import Decimal
from typing import Final, NamedTuple

from domain.exits.confidence_drop import may_drop
from domain.exits.counter_trend import counter_trend
from domain.exits.exit_decision import Moment
from domain.exits.exit_rules import ExitRules
from domain.exits.forced_liquidation import risk_capital
from domain.exits.open_profit import price_of_profit
from domain.exits.standing import Standing, standing_of
from domain.exits.thesis_invalidated import thesis_invalidated
from domain.exits.time_stop import overdue_from_ms
from domain.exits.trailing import is_trailing, trails_from
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.position.open_trade import OpenTrade

_NEVER: Final = Decimal("Infinity")


class Calm(NamedTuple):
    """Before `until_ms` no exit acts at a last price strictly between `low` and `high`.

    `worst` is the forced close, on the losing side of every price between them.
    """

    low: float
    high: float
    until_ms: int
    worst: Decimal

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
    standing = standing_of(trade, moment, costs)
    if _structure_asks(trade, moment, standing, rules):
        return None
    worst = price_of_profit(trade, -risk_capital(standing, rules), costs)
    winning = _winning_edge(trade, moment, standing, rules, costs, instrument)
    until_ms = overdue_from_ms(trade, rules)
    if trade.position.direction is Direction.LONG:
        return Calm(float(worst + instrument.tick), float(winning - instrument.tick), until_ms, worst)
    return Calm(float(winning + instrument.tick), float(worst - instrument.tick), until_ms, worst)


def _structure_asks(trade: OpenTrade, moment: Moment, standing: Standing, rules: ExitRules) -> bool:
    view = moment.view
    if view is None:
        return False
    asked = thesis_invalidated(trade, view, standing, rules) or counter_trend(trade, view, standing, rules)
    return asked is not None


def _winning_edge(
    trade: OpenTrade,
    moment: Moment,
    standing: Standing,
    rules: ExitRules,
    costs: TradingCosts,
    instrument: Instrument,
) -> Decimal:
    """Give the nearest price at which a profit may be taken or the stop be moved; infinite when none."""
    sign = trade.position.direction.sign
    profits = _profits_acted_on(trade, moment, standing, rules)
    edge = price_of_profit(trade, min(profits), costs) if profits else _NEVER * sign
    if moment.view is None or not is_trailing(standing, rules):
        return edge
    moves_from = trails_from(trade, moment.view, rules, instrument)
    if moves_from is None:
        return edge
    return min(edge, moves_from) if sign > 0 else max(edge, moves_from)


def _profits_acted_on(
    trade: OpenTrade, moment: Moment, standing: Standing, rules: ExitRules
) -> list[Decimal]:
    profits = []
    if may_drop(trade, standing, rules):
        profits.append(Decimal(0))
    if not trade.is_half_closed:
        profits.append(standing.amount(rules.partial_profit_at, rules.partial_profit_unit))
    if moment.view is not None and not is_trailing(standing, rules):
        profits.append(standing.amount(rules.trailing_from, rules.trailing_unit))
    return profits
