"""Zones that an entry can lean on, and where in them it would lie."""

from typing import NamedTuple

from domain.market.direction import Direction
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.setup.trade_side import is_closed_through, near_edge, supporting_zones
from domain.structure.structure_view import StructureView, Zone


class EntryZone(NamedTuple):
    """A zone and the price at which it would be entered: its near edge, or the close when price is inside."""

    zone: Zone
    level: float


def entry_zones(view: StructureView, direction: Direction, rules: SetupRules) -> list[EntryZone]:
    """Give the zones price is in or close to, nearest first; a market entry must be inside.

    Strict rules want the entry in the dealing range's half that favours the trade, or on its middle.
    """
    reach = 0.0 if rules.entry is EntryStyle.MARKET else rules.zone_reach_atr * view.base.atr
    standing = [z for z in supporting_zones(view, direction) if not is_closed_through(z, view, direction)]
    near = [(distance, z) for z in standing if (distance := _distance_to(z, view, direction)) <= reach]
    nearest_first = sorted(near, key=lambda pair: pair[0])
    found = [EntryZone(z, near_edge(z, direction) if away > 0.0 else view.close) for away, z in nearest_first]
    return [one for one in found if rules.is_relaxed or _is_cheap(one.level, view, direction)]


def _distance_to(zone: Zone, view: StructureView, direction: Direction) -> float:
    return max(0.0, (view.close - near_edge(zone, direction)) * direction.sign)


def _is_cheap(level: float, view: StructureView, direction: Direction) -> bool:
    """Tell whether a level lies in the dealing range's half that favours the trade, or on its middle."""
    if view.dealing_range is None:
        return False
    bottom, top = view.dealing_range
    return ((level - bottom) - (top - level)) * direction.sign <= 0.0
