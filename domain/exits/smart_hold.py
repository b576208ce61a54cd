"""When a losing trade is worth holding against structure."""

from decimal import Decimal

from domain.exits.exit_rules import ExitRules
from domain.exits.standing import Standing
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.setup.trade_side import pools_behind
from domain.structure.structure_view import StructureView


def is_smart_hold(
    direction: Direction,
    price: Decimal,
    view: StructureView,
    standing: Standing,
    rules: ExitRules,
    instrument: Instrument,
) -> bool:
    """Tell whether to hold: a loss of 0.5 to 0.99 R, confidence 0.80 or more, price at an opposite pool.

    The pool is liquidity resting on the losing side, where a sweep would turn price back; at it means
    within half an ATR(B), on either side. May suppress exits 4 and 5, never 1, 2 or the resident
    stop. Without a model there is no smart hold.
    """
    if standing.confidence is None or standing.confidence < rules.smart_hold_confidence:
        return False
    loss = -standing.profit
    if not _is_between(loss, standing, rules):
        return False
    reach = rules.pool_reach_atr * view.base.atr
    levels = (instrument.nearest_price(pool.level) for pool in pools_behind(view, direction))
    return any(abs(price - level) <= reach for level in levels)


def _is_between(loss: Decimal, standing: Standing, rules: ExitRules) -> bool:
    unit = rules.smart_hold_unit
    return standing.amount(rules.smart_hold_from, unit) <= loss <= standing.amount(rules.smart_hold_to, unit)
