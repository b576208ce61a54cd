"""What the venue says it traded for us."""

from decimal import Decimal
from typing import NamedTuple

from domain.market.direction import Side


class Fill(NamedTuple):
    """One execution, all figures the venue's own.

    `fee` is what was taken from the wallet, in quote currency (a rebate is negative).
    `realized_pnl` is before fees, zero on fills that open. `is_last` marks the fill that completes
    its order.
    """

    fill_id: str
    order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    realized_pnl: Decimal
    is_maker: bool
    is_last: bool
    at_ms: int
