"""A trade the structure offers."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.market.direction import Direction
from domain.structure.structure_view import Features, Zone


class SetupKind(StrEnum):
    """Which zone the entry leans on."""

    ORDER_BLOCK_RETURN = "order_block_return"
    GAP_RETURN = "gap_return"


@dataclass(frozen=True, slots=True)
class Setup:
    """An entry with its stop, its target and the reasons for it.

    `setup_id` is a function of symbol, side and time, at most 30 characters, so that an order id
    built on it fits the venue's 36. `features` are the twelve as the engine gave them, not yet
    turned into the trade's direction.
    """

    setup_id: str
    symbol: str
    direction: Direction
    kind: SetupKind
    found_at_ms: int
    entry: Decimal
    stop: Decimal
    target: Decimal
    zone: Zone
    reasons: tuple[str, ...]
    features: Features
    higher_trend: int

    @property
    def stop_distance(self) -> Decimal:
        """How far the stop lies from the entry, in price."""
        return abs(self.entry - self.stop)
