"""When the middle frame last changed its character."""

from domain.market.direction import Direction
from domain.market.timeframe import bucket_start_ms
from domain.structure.structure_view import StructureView


def middle_event_closed_at_ms(view: StructureView, base_step_ms: int, middle_step_ms: int) -> int | None:
    """Tell when the middle bar of the last break closed, or None before the first break."""
    age = view.middle.event_age_bars
    if age is None:
        return None
    return bucket_start_ms(view.open_time_ms + base_step_ms, middle_step_ms) - age * middle_step_ms


def turned_against(
    view: StructureView, direction: Direction, since_ms: int, base_step_ms: int, middle_step_ms: int
) -> bool:
    """Tell whether the middle frame changed character against the trade after a moment.

    Only the last break is known: a change that a further break has already confirmed counts when
    it was asked about at its own bar.
    """
    middle = view.middle
    if not middle.is_last_event_choch or middle.last_event != -direction.sign:
        return False
    closed_at_ms = middle_event_closed_at_ms(view, base_step_ms, middle_step_ms)
    return closed_at_ms is not None and closed_at_ms > since_ms
