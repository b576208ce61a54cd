"""What the risk gate knows of the account."""

from decimal import Decimal
from typing import NamedTuple

from domain.market.direction import Direction


class Exposure(NamedTuple):
    """One open position or one entry in flight; an entry in flight counts as if it were filled."""

    symbol: str
    direction: Direction
    notional: Decimal
    margin: Decimal


class Portfolio(NamedTuple):
    """The account at the moment of a decision; amounts in quote currency.

    `day_start_equity` is the equity at 00:00 UTC. `peak_equity` is the highest at any day's start,
    closed trade or question to the gate. `data_at_ms` is the event time of the symbol's last closed
    candle.
    """

    equity: Decimal
    day_start_equity: Decimal
    peak_equity: Decimal
    exposures: tuple[Exposure, ...]
    losses_in_a_row: int
    last_loss_at_ms: int | None
    data_at_ms: int
    is_reconciled: bool
