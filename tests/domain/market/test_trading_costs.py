from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.market.trading_costs import TradingCosts


def test_leaving_at_market_costs_the_taker_fee_and_the_slippage() -> None:
    costs = TradingCosts(Decimal("0.0002"), Decimal("0.0005"), Decimal("0.0001"))
    assert costs.market_exit == Decimal("0.0006")


def test_a_maker_may_be_paid() -> None:
    assert TradingCosts(maker_fee=Decimal("-0.0001")).maker_fee < 0


@pytest.mark.parametrize(
    "change",
    [
        {"maker_fee": Decimal("0.06")},
        {"maker_fee": Decimal("-0.02")},
        {"taker_fee": Decimal("0.06")},
        {"taker_fee": Decimal("NaN")},
        {"slippage": Decimal("-0.0001")},
        {"slippage": Decimal("0.2")},
    ],
)
def test_rates_that_no_venue_has_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(TradingCosts(), **change)
