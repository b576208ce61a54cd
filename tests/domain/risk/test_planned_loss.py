from decimal import Decimal

from domain.market.trading_costs import TradingCosts
from domain.risk.planned_loss import planned_loss

COSTS = TradingCosts(maker_fee=Decimal("0.0002"), taker_fee=Decimal("0.0005"), slippage=Decimal("0.0001"))


def test_a_maker_entry_pays_the_maker_fee_and_the_stop_pays_taker_and_slippage() -> None:
    loss = planned_loss(Decimal(1000), Decimal(990), Decimal(2), COSTS, is_maker_entry=True)
    assert loss == Decimal(20) + Decimal("0.4") + Decimal("1.188")


def test_a_market_entry_pays_taker_and_slippage_twice() -> None:
    loss = planned_loss(Decimal(1000), Decimal(990), Decimal(2), COSTS, is_maker_entry=False)
    assert loss == Decimal(20) + Decimal("1.2") + Decimal("1.188")


def test_a_short_loses_upwards() -> None:
    loss = planned_loss(Decimal(1000), Decimal(1010), Decimal(1), COSTS, is_maker_entry=True)
    assert loss == Decimal(10) + Decimal("0.2") + Decimal("0.606")
