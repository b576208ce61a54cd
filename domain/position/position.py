"""A position, changed by fills only."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from domain.halt import TradingHalt
from domain.market.direction import Direction, side_that_opens
from domain.orders.fill import Fill

ZERO: Final = Decimal(0)
_CENT_OF_A_CENT: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol; never both ways at once.

    `open_cost` is what the open quantity cost (price times quantity). Sums are exact: realised
    P&L is rounded to eight decimals on partial closes and the remainder stays in `open_cost`, so
    that a whole life adds up to the cash that moved.
    """

    symbol: str
    direction: Direction
    quantity: Decimal
    open_cost: Decimal
    opened_at_ms: int
    bought_quantity: Decimal
    bought_cost: Decimal
    sold_quantity: Decimal
    sold_cost: Decimal
    realized_pnl: Decimal
    fees: Decimal
    funding: Decimal
