"""What a trade costs beside being wrong."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TradingCosts:
    """Rates as fractions of notional; the venue's own figures replace the fees once known."""

    maker_fee: Decimal = Decimal("0.0002")
    taker_fee: Decimal = Decimal("0.0005")
    slippage: Decimal = Decimal("0.0001")

    @property
    def market_exit(self) -> Decimal:
        """The cost of leaving at market: taker fee and slippage."""
        return self.taker_fee + self.slippage
