"""How much of the account is gone, since the morning and since its best day."""

from decimal import Decimal
from typing import Final

from domain.risk.portfolio import Portfolio

_ALL: Final = Decimal(1)


def daily_loss(portfolio: Portfolio) -> Decimal:
    """Give the fraction of the equity at 00:00 UTC that is lost; negative on a winning day."""
    return _share_lost(portfolio.day_start_equity, portfolio.equity)


def drawdown(portfolio: Portfolio) -> Decimal:
    """Give the fraction of the peak equity that is lost."""
    return _share_lost(portfolio.peak_equity, portfolio.equity)


def _share_lost(before: Decimal, now: Decimal) -> Decimal:
    """Give the lost fraction; an account that had nothing has lost it all."""
    return (before - now) / before if before > 0 else _ALL
