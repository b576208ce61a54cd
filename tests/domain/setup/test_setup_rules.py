import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.setup.setup_rules import EntryStyle, SetupRules


def test_the_defaults_are_those_of_the_design() -> None:
    rules = SetupRules()
    assert not rules.is_relaxed
    assert rules.entry is EntryStyle.POST_ONLY_LIMIT
    assert rules.min_stop_atr == 2.0
    assert (rules.min_stop_fraction, rules.max_stop_fraction) == (Decimal("0.003"), Decimal("0.03"))
    assert (rules.min_reward_to_risk, rules.max_reward_to_risk) == (Decimal("0.8"), Decimal(5))


@pytest.mark.parametrize(
    "change",
    [
        {"entry_lifetime_bars": 0},
        {"trigger_max_age_bars": -1},
        {"displacement_max_age_bars": -1},
        {"zone_reach_atr": -0.1},
        {"zone_reach_atr": math.nan},
        {"zone_reach_atr": 1000.1},
        {"stop_buffer_atr": -0.1},
        {"stop_buffer_atr": 1000.1},
        {"min_stop_atr": math.inf},
        {"min_stop_atr": -1.0},
        {"min_stop_atr": 1000.1},
        {"min_stop_fraction": Decimal(0)},
        {"min_stop_fraction": Decimal("0.031")},
        {"max_stop_fraction": Decimal("0.51")},
        {"max_stop_fraction": Decimal("NaN")},
        {"min_reward_to_risk": Decimal(0)},
        {"min_reward_to_risk": Decimal("5.1")},
        {"max_reward_to_risk": Decimal("Infinity")},
        {"max_reward_to_risk": Decimal("1000.1")},
    ],
)
def test_absurd_numbers_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(SetupRules(), **change)


def test_the_ends_of_every_range_are_allowed() -> None:
    rules = SetupRules(
        entry_lifetime_bars=1,
        trigger_max_age_bars=0,
        displacement_max_age_bars=0,
        zone_reach_atr=0.0,
        stop_buffer_atr=0.0,
        min_stop_atr=0.0,
        min_stop_fraction=Decimal("0.5"),
        max_stop_fraction=Decimal("0.5"),
        min_reward_to_risk=Decimal(5),
        max_reward_to_risk=Decimal(5),
    )
    assert rules.min_stop_fraction == rules.max_stop_fraction
    far = SetupRules(
        zone_reach_atr=1000.0, stop_buffer_atr=1000.0, min_stop_atr=1000.0, max_reward_to_risk=Decimal(1000)
    )
    assert far.max_reward_to_risk == 1000
