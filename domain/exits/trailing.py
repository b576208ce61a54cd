"""Exit 7: the stop follows structure."""

from decimal import Decimal

from domain.exits.exit_decision import MoveStop
from domain.exits.exit_rules import ExitRules
from domain.exits.resident import is_tighter
from domain.exits.standing import Standing
from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.setup.trade_side import far_edge, pools_behind, rounded_back, supporting_zones
from domain.structure.structure_view import StructureView


def trailing(
    trade: OpenTrade,
    view: StructureView,
    price: Decimal,
    standing: Standing,
    rules: ExitRules,
    instrument: Instrument,
) -> MoveStop | None:
    """From a profit of 1.5 R on trail the stop behind the nearest structure; it never loosens.

    Structure is the far edge of the nearest block or gap, an unswept pool, or the dealing range's
    edge, as long as price has not lost it; the stop lies half an ATR(B) beyond. It moves only by a
    tick or more and stays a tick or more short of the price.
    """
    if not is_trailing(standing, rules):
        return None
    direction = trade.position.direction
    best: Decimal | None = None
    for level in _structure(view, direction):
        if not _is_behind(level, price, direction):
            continue
        new_stop = _stop_behind(level, view, direction, rules, instrument)
        is_best = best is None or (new_stop - best) * direction.sign > 0
        if is_best and is_tighter(trade, new_stop, price, instrument):
            best = new_stop
    if best is None:
        return None
    detail = f"profit {standing.profit_in_words}, stop behind structure"
    return MoveStop(ExitReason.TRAILING_STOP, best, detail)


def is_trailing(standing: Standing, rules: ExitRules) -> bool:
    """Tell whether the profit is large enough for the stop to follow."""
    return standing.profit >= standing.amount(rules.trailing_from, rules.trailing_unit)


def trails_from(
    trade: OpenTrade, view: StructureView, rules: ExitRules, instrument: Instrument
) -> Decimal | None:
    """Give the first price, to within a tick, at which a trailing stop would move; None when at none."""
    direction = trade.position.direction
    sign, tick = direction.sign, instrument.tick
    nearest: Decimal | None = None
    for level in _structure(view, direction):
        new_stop = _stop_behind(level, view, direction, rules, instrument)
        short_of = new_stop + tick * sign
        behind = rounded_back(instrument, level, direction)
        moves_from = behind if (behind - short_of) * sign > 0 else short_of
        is_nearest = nearest is None or (nearest - moves_from) * sign > 0
        if is_nearest and is_tighter(trade, new_stop, moves_from, instrument):
            nearest = moves_from
    return nearest


def _stop_behind(
    level: float, view: StructureView, direction: Direction, rules: ExitRules, instrument: Instrument
) -> Decimal:
    buffer = rules.trailing_buffer_atr * view.base.atr
    return rounded_back(instrument, level - buffer * direction.sign, direction)


def _is_behind(level: float, price: Decimal, direction: Direction) -> bool:
    return price >= level if direction is Direction.LONG else price <= level


def _structure(view: StructureView, direction: Direction) -> tuple[float, ...]:
    """Give the levels whose loss would end the move; none while the base frame has no ATR."""
    if not view.base.atr > 0.0:
        return ()
    edges = [far_edge(zone, direction) for zone in supporting_zones(view, direction)]
    pools = [pool.level for pool in pools_behind(view, direction)]
    if view.dealing_range is None:
        return (*edges, *pools)
    bottom, top = view.dealing_range
    return (*edges, *pools, bottom if direction is Direction.LONG else top)
