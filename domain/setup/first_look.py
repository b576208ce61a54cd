"""Whether the structure could offer a trade at all, before any price is put on the tick."""

from domain.market.direction import Direction
from domain.setup.confirmation import confirmations
from domain.setup.entry_zone import entry_zones
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_view import StructureView


def may_offer_entry(view: StructureView, rules: SetupRules) -> bool:
    """Tell whether there is anything that may become a setup; where not, `find_setup` finds none."""
    return any(_may_offer(view, direction, rules) for direction in Direction)


def _may_offer(view: StructureView, direction: Direction, rules: SetupRules) -> bool:
    if view.features is None or view.dealing_range is None or not view.base.atr > 0.0:
        return False
    if view.higher.trend == -direction.sign or not confirmations(view, direction, rules):
        return False
    return bool(entry_zones(view, direction, rules))
