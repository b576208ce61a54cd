from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.risk.cool_down import CoolDownRules
from domain.risk.gate_limits import GateLimits


@pytest.mark.parametrize(
    "change",
    [
        {"max_positions": 0},
        {"max_position_notional": Decimal(0)},
        {"max_position_notional": Decimal("10.01")},
        {"max_exposure_per_direction": Decimal("-0.1")},
        {"max_exposure_per_direction": Decimal("100.1")},
        {"max_total_margin": Decimal("1.01")},
        {"max_total_margin": Decimal(0)},
        {"max_daily_loss": Decimal("NaN")},
        {"max_daily_loss": Decimal("1.01")},
        {"max_drawdown": Decimal(0)},
        {"max_drawdown": Decimal("1.01")},
        {"max_data_age_ms": -1},
    ],
)
def test_absurd_numbers_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(GateLimits(), **change)


def test_the_ends_of_every_range_are_allowed() -> None:
    one = Decimal(1)
    limits = GateLimits(1, Decimal(10), Decimal(100), one, one, one, 0, CoolDownRules(1, 0))
    assert limits.max_positions == 1


def test_half_of_equity_is_the_most_for_one_position() -> None:
    assert GateLimits().max_position_notional == Decimal("0.50")
    assert GateLimits().cool_down == CoolDownRules()
