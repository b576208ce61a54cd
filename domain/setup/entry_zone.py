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
    near: list[tuple[float, EntryZone]] = []
    for zone in supporting_zones(view, direction):
        distance, level = _way_to(zone, view, direction)
        is_standing = distance <= reach and not is_closed_through(zone, view, direction)
        if is_standing and (rules.is_relaxed or _is_cheap(level, view, direction)):
            near.append((distance, EntryZone(zone, level)))
    return [found for _, found in sorted(near, key=_distance)]


def _distance(pair: tuple[float, EntryZone]) -> float:
    return pair[0]


def _way_to(zone: Zone, view: StructureView, direction: Direction) -> tuple[float, float]:
    """Give how far price is from a zone, and where it would be entered from there."""
    edge = near_edge(zone, direction)
    distance = (view.close - edge) * direction.sign
    return (distance, edge) if distance > 0.0 else (0.0, view.close)


def _is_cheap(level: float, view: StructureView, direction: Direction) -> bool:
    """Tell whether a level lies in the dealing range's half that favours the trade, or on its middle."""
    if view.dealing_range is None:
        return False
    bottom, top = view.dealing_range
    return ((level - bottom) - (top - level)) * direction.sign <= 0.0
