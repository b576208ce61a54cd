"""A position, changed by fills only."""

from dataclasses import dataclass
from decimal import Decimal

from domain.market.direction import Direction


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol; never both ways at once.

    `open_cost` is what the open quantity cost (price times quantity). Sums are exact: realised
    P&L is rounded to eight decimals on partial closes and the remainder stays in `open_cost`, so
    that a whole life adds up to the cash that moved. `fees` are what the wallet paid, `funding`
    what it received.
    """

    symbol: str
    direction: Direction
    quantity: Decimal
    open_cost: Decimal
    opened_at_ms: int
    entered_quantity: Decimal
    entered_cost: Decimal
    exited_quantity: Decimal
    exited_cost: Decimal
    realized_pnl: Decimal
    fees: Decimal
    funding: Decimal
