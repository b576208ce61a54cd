"""What the simulated venue charges, and how it misbehaves."""

from dataclasses import dataclass
from decimal import Decimal

from domain.market.funding import FUNDING_INTERVAL_MS
from domain.market.trading_costs import TradingCosts


@dataclass(frozen=True, slots=True)
class VenueTerms:
    """Fees and slippage, funding, the fee of a forced close.

    `stuck_stop_every` n above zero lets every n-th triggered stop hang without acting, as the
    venue's demo system did in October 2026.
    """

    costs: TradingCosts = TradingCosts()  # noqa: RUF009 - frozen, so shared safely
    funding_rate_per_interval: Decimal = Decimal("0.0001")
    funding_interval_ms: int = FUNDING_INTERVAL_MS
    liquidation_fee: Decimal = Decimal("0.0125")
    stuck_stop_every: int = 0
