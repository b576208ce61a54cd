from decimal import Decimal

from domain.market.trading_costs import TradingCosts


def test_leaving_at_market_costs_the_taker_fee_and_slippage() -> None:
    assert TradingCosts().market_exit == Decimal("0.0006")
    assert TradingCosts(taker_fee=Decimal("0.001"), slippage=Decimal("0.002")).market_exit == Decimal("0.003")
