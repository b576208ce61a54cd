"""A symbol's grid of prices and quantities; the one place where charts become money."""

from dataclasses import dataclass
from decimal import Decimal

from domain.market.leverage_bracket import CAUTIOUS_BRACKETS, LeverageBracket


@dataclass(frozen=True, slots=True)
class Instrument:
    """The venue's rules for one symbol; all of them from the venue, or inferred from a tape."""

    symbol: str
    tick: Decimal
    lot: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    max_market_quantity: Decimal
    min_notional: Decimal
    brackets: tuple[LeverageBracket, ...] = CAUTIOUS_BRACKETS
