"""What is at stake already, entries in flight included."""

from decimal import Decimal

from domain.market.direction import Direction
from domain.risk.portfolio import Portfolio


def notional_towards(direction: Direction, portfolio: Portfolio) -> Decimal:
    """Give the notional of everything that profits one way."""
    return sum((e.notional for e in portfolio.exposures if e.direction is direction), Decimal(0))


def margin_in_use(portfolio: Portfolio) -> Decimal:
    """Give the margin of everything that is open or in flight."""
    return sum((exposure.margin for exposure in portfolio.exposures), Decimal(0))


def is_busy(symbol: str, portfolio: Portfolio) -> bool:
    """Tell whether a symbol is held or being entered."""
    return any(exposure.symbol == symbol for exposure in portfolio.exposures)
