import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.exits.exit_rules import ExitRules, ThresholdUnit


@pytest.mark.parametrize(
    "change",
    [
        {"forced_loss_of_margin": Decimal(0)},
        {"forced_loss_of_margin": Decimal("1.01")},
        {"forced_loss_in_r": Decimal("0.99")},
        {"longest_hold_ms": 0},
        {"confidence_drop": 0.0},
        {"confidence_drop": 1.01},
        {"confidence_drop_over_ms": 0},
        {"thesis_confidence": -0.1},
        {"thesis_confidence": 1.1},
        {"counter_trend_confidence": math.nan},
        {"counter_trend_confidence": 1.1},
        {"partial_profit_at": Decimal(0)},
        {"trailing_from": Decimal(0)},
        {"trailing_buffer_atr": -0.1},
        {"smart_hold_from": Decimal(0)},
        {"smart_hold_to": Decimal("0.49")},
        {"smart_hold_confidence": -0.1},
        {"smart_hold_confidence": 1.1},
        {"pool_reach_atr": -0.1},
        {"longest_bare_ms": 0},
        {"most_stop_refusals": 0},
        {"exit_retry_ms": 999},
    ],
)
def test_absurd_numbers_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(ExitRules(), **change)


def test_the_defaults_are_those_of_the_design() -> None:
    rules = ExitRules()
    assert (rules.forced_loss_of_margin, rules.forced_loss_in_r) == (Decimal(1), Decimal("1.25"))
    assert rules.longest_hold_ms == 7_200_000
    assert (rules.confidence_drop, rules.confidence_drop_over_ms) == (0.20, 300_000)
    assert (rules.thesis_confidence, rules.counter_trend_confidence) == (0.70, 0.80)
    assert (rules.partial_profit_at, rules.trailing_from) == (Decimal(1), Decimal("1.5"))
    assert (rules.smart_hold_from, rules.smart_hold_to) == (Decimal("0.5"), Decimal("0.99"))
    assert rules.smart_hold_confidence == 0.80
    assert (rules.trailing_buffer_atr, rules.pool_reach_atr) == (0.5, 0.5)
    assert (rules.longest_bare_ms, rules.most_stop_refusals, rules.exit_retry_ms) == (3_000, 3, 1_000)
    assert {rules.partial_profit_unit, rules.trailing_unit, rules.smart_hold_unit} == {ThresholdUnit.R}


def test_the_units_are_spelled_as_in_the_settings() -> None:
    assert [unit.value for unit in ThresholdUnit] == ["r", "percent_of_margin"]


def test_the_ends_of_every_range_are_allowed() -> None:
    rules = ExitRules(
        forced_loss_in_r=Decimal(1),
        longest_hold_ms=1,
        confidence_drop=1.0,
        confidence_drop_over_ms=1,
        thesis_confidence=0.0,
        counter_trend_confidence=1.0,
        trailing_buffer_atr=0.0,
        smart_hold_from=Decimal(1),
        smart_hold_to=Decimal(1),
        smart_hold_confidence=1.0,
        pool_reach_atr=0.0,
        longest_bare_ms=1,
        most_stop_refusals=1,
        exit_retry_ms=1_000,
    )
    assert rules.smart_hold_from == rules.smart_hold_to
    other = ExitRules(thesis_confidence=1.0, counter_trend_confidence=0.0, smart_hold_confidence=0.0)
    assert other.thesis_confidence == 1.0
