"""What a trade costs beside being wrong."""

from dataclasses import dataclass
from decimal import Decimal

from domain.allowed_range import require_within


@dataclass(frozen=True, slots=True)
class TradingCosts:
    """Rates as fractions of notional; the venue's own figures replace the fees once known.

    Raises ValueError for rates that no venue has.
    """

    maker_fee: Decimal = Decimal("0.0002")
    taker_fee: Decimal = Decimal("0.0005")
    slippage: Decimal = Decimal("0.0001")

    def __post_init__(self) -> None:
        require_within("maker_fee", self.maker_fee, -0.01, 0.05)
        require_within("taker_fee", self.taker_fee, -0.01, 0.05)
        require_within("slippage", self.slippage, 0, 0.1)

    @property
    def market_exit(self) -> Decimal:
        """The cost of leaving at market: taker fee and slippage."""
        return self.taker_fee + self.slippage
