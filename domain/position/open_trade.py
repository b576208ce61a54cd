"""A position together with the plan it follows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from domain.position.position import Position
from domain.position.trade_plan import TradePlan


class ScoredConfidence(NamedTuple):
    """What was believed from a moment on, None where there was no model."""

    at_ms: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class OpenTrade:
    """An open position, its plan, and where its resident stop and target now stand.

    `confidences` are re-scored at base bars, oldest first: what exit 3 compares with, and all since.
    """

    plan: TradePlan
    position: Position
    stop: Decimal
    target: Decimal
    is_half_closed: bool = False
    confidences: tuple[ScoredConfidence, ...] = ()
