"""The smallest amount a wallet books."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

WALLET_UNIT: Final = Decimal("0.00000001")


def in_wallet_units(amount: Decimal) -> Decimal:
    """Round an amount or an average price to eight decimals, half to even; zero is never negative."""
    return amount.quantize(WALLET_UNIT, rounding=ROUND_HALF_EVEN) + 0
