"""What holders of longs and shorts pay each other."""

from decimal import Decimal
from typing import Final

from domain.market.timeframe import HOUR_MS
from domain.market.wallet_unit import in_wallet_units

FUNDING_INTERVAL_MS: Final = 8 * HOUR_MS


def next_funding_ms(after_ms: int, interval_ms: int = FUNDING_INTERVAL_MS) -> int:
    """Give the first funding moment strictly after a moment; intervals count from 00:00 UTC."""
    return after_ms - after_ms % interval_ms + interval_ms


def funding_payment(signed_quantity: Decimal, mark: Decimal, rate: Decimal) -> Decimal:
    """Give what the wallet receives: -(signed quantity) x mark x rate, to eight decimals.

    A long has a positive quantity and pays while the rate is above zero.
    """
    return in_wallet_units(-signed_quantity * mark * rate)
