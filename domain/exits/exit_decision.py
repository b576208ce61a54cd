"""What an exit rule asks for."""

from decimal import Decimal
from typing import NamedTuple

from domain.position.closed_trade import ExitReason
from domain.structure.structure_view import StructureView


class Moment(NamedTuple):
    """Everything an exit rule may look at beside the trade itself.

    `view` is the structure at the last closed base bar, None while it is not known.
    """

    at_ms: int
    price: Decimal
    view: StructureView | None


class CloseAll(NamedTuple):
    """Close what is left, at market."""

    reason: ExitReason
    detail: str


class CloseHalf(NamedTuple):
    """Close half at market, once, and move the resident stop."""

    reason: ExitReason
    new_stop: Decimal
    detail: str


class MoveStop(NamedTuple):
    """Tighten the resident stop."""

    reason: ExitReason
    new_stop: Decimal
    detail: str


ExitDecision = CloseAll | CloseHalf | MoveStop
