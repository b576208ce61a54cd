from decimal import Decimal

from domain.risk.drawdown import daily_loss, drawdown
from domain.risk.portfolio import Portfolio


def portfolio(equity: int, day_start: int = 1000, peak: int = 2000) -> Portfolio:
    return Portfolio(Decimal(equity), Decimal(day_start), Decimal(peak), (), 0, None, 0, is_reconciled=True)


def test_the_daily_loss_counts_from_midnight() -> None:
    assert daily_loss(portfolio(950)) == Decimal("0.05")
    assert daily_loss(portfolio(1100)) == Decimal("-0.1")


def test_the_drawdown_counts_from_the_peak() -> None:
    assert drawdown(portfolio(1500)) == Decimal("0.25")
    assert drawdown(portfolio(2000)) == 0


def test_an_account_that_had_nothing_has_lost_it_all() -> None:
    assert daily_loss(portfolio(10, day_start=0)) == drawdown(portfolio(10, peak=0)) == 1
    assert daily_loss(portfolio(10, day_start=-5)) == 1


def test_the_smallest_account_is_measured_too() -> None:
    tiny = portfolio(0)._replace(day_start_equity=Decimal("0.5"), equity=Decimal("0.4"))
    assert daily_loss(tiny) == Decimal("0.2")
