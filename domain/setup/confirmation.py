"""What must have happened before a return into a zone is worth a trade."""

from typing import NamedTuple

from domain.market.direction import Direction
from domain.setup.change_of_character import middle_event_closed_at_ms
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_view import StructureView


class Confirmation(NamedTuple):
    """One thing that happened in the trade's direction, `age_bars` base bars ago.

    A displacement no older than `earliest_bars` came with it or after it.
    """

    what: str
    age_bars: int
    earliest_bars: int
    is_sweep: bool = False

    def in_words(self) -> str:
        """Say it as a trader would."""
        return f"{self.what} {self.age_bars} {'bar' if self.age_bars == 1 else 'bars'} ago"


def confirmations(view: StructureView, direction: Direction, rules: SetupRules) -> tuple[Confirmation, ...]:
    """Give what confirms a trade of this direction; empty when it is not enough.

    Strict: a displacement, and before or with it a liquidity sweep or a change of character on the
    base or middle frame. Relaxed: any one of them.
    """
    displacement = _displacement(view, direction, rules)
    if displacement is None and not rules.is_relaxed:
        return ()
    triggers = _triggers(view, direction, rules)
    if displacement is None:
        return triggers
    if rules.is_relaxed:
        return (*triggers, displacement)
    followed = tuple(trigger for trigger in triggers if displacement.age_bars <= trigger.earliest_bars)
    return (*followed, displacement) if followed else ()


def _displacement(view: StructureView, direction: Direction, rules: SetupRules) -> Confirmation | None:
    age = view.displacement_age_bars
    if age is None or age > rules.displacement_max_age_bars or view.displacement != direction.sign:
        return None
    return Confirmation(f"displacement {_way(direction)}", age, age)


def _triggers(view: StructureView, direction: Direction, rules: SetupRules) -> tuple[Confirmation, ...]:
    found = (_sweep(view, direction), _base_change(view, direction), _middle_change(view, direction))
    oldest = rules.trigger_max_age_bars
    return tuple(trigger for trigger in found if trigger is not None and trigger.age_bars <= oldest)


def _sweep(view: StructureView, direction: Direction) -> Confirmation | None:
    age = view.sweep_age_bars
    if age is None or view.sweep * direction.sign <= 0.0:
        return None
    swept = "sell-side" if direction is Direction.LONG else "buy-side"
    return Confirmation(f"{swept} liquidity swept", age, age, is_sweep=True)


def _base_change(view: StructureView, direction: Direction) -> Confirmation | None:
    base = view.base
    if base.event_age_bars is None or not base.is_last_event_choch or base.last_event != direction.sign:
        return None
    return Confirmation(
        f"change of character {_way(direction)} on the base frame", base.event_age_bars, base.event_age_bars
    )


def _middle_change(view: StructureView, direction: Direction) -> Confirmation | None:
    middle = view.middle
    closed_at_ms = middle_event_closed_at_ms(view)
    if closed_at_ms is None or not middle.is_last_event_choch or middle.last_event != direction.sign:
        return None
    age = (view.closed_at_ms - closed_at_ms) // view.base.step_ms
    earliest = age + middle.step_ms // view.base.step_ms - 1
    return Confirmation(f"change of character {_way(direction)} on the middle frame", age, earliest)


def _way(direction: Direction) -> str:
    return "up" if direction is Direction.LONG else "down"
