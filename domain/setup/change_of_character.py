"""When the middle frame last changed its character."""

from domain.market.direction import Direction
from domain.market.timeframe import bucket_start_ms
from domain.structure.structure_view import StructureView


def middle_event_closed_at_ms(view: StructureView) -> int | None:
    """Tell when the middle bar of the last break closed, or None before the first break."""
    age, step_ms = view.middle.event_age_bars, view.middle.step_ms
    return None if age is None else bucket_start_ms(view.closed_at_ms, step_ms) - age * step_ms


def turned_against(view: StructureView, direction: Direction, since_ms: int) -> bool:
    """Tell whether the middle frame changed character against the trade after a moment.

    Only the last break is known: a change that a further break has already confirmed counts when
    it was asked about at its own bar.
    """
    middle = view.middle
    if not middle.is_last_event_choch or middle.last_event != -direction.sign:
        return False
    closed_at_ms = middle_event_closed_at_ms(view)
    return closed_at_ms is not None and closed_at_ms > since_ms
