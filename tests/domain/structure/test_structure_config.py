import pytest

from domain.structure.average_true_range import AverageTrueRangeRules
from domain.structure.displacement import DisplacementRules
from domain.structure.liquidity import LiquidityRules
from domain.structure.order_block import OrderBlockRules
from domain.structure.structure_config import LARGEST_EXACT, STANDARD, StructureConfig, numbers_in
from domain.structure.swing import SwingRules


def test_the_standard_is_five_minutes_a_quarter_and_an_hour() -> None:
    assert (STANDARD.base_step_ms, STANDARD.middle_step_ms, STANDARD.higher_step_ms) == (
        300_000,
        900_000,
        3_600_000,
    )


def test_every_rule_counts_among_the_numbers() -> None:
    numbers = dict(numbers_in(STANDARD))
    assert numbers["reset_after_steps"] == 12
    assert numbers["swing.reach_bars"] == 5
    assert numbers["fair_value_gap.min_size_atr"] == 0.1
    assert len(numbers) == 28


def test_other_timeframes_fit_when_each_is_a_multiple_of_the_one_below() -> None:
    assert StructureConfig(60_000, 300_000, 900_000).higher_step_ms == 900_000
    assert StructureConfig(60_000, 60_000, 60_000).middle_step_ms == 60_000


@pytest.mark.parametrize("steps", [(300_000, 400_000, 1_200_000), (300_000, 900_000, 1_000_000)])
def test_timeframes_that_do_not_fit_are_refused(steps: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="whole multiple"):
        StructureConfig(*steps)


def test_a_number_that_is_not_above_zero_is_named() -> None:
    with pytest.raises(ValueError, match="base_step_ms must be above zero, not 0"):
        StructureConfig(base_step_ms=0)
    with pytest.raises(ValueError, match=r"swing\.reach_bars must be above zero"):
        StructureConfig(swing=SwingRules(reach_bars=0))
    with pytest.raises(ValueError, match=r"displacement\.min_body_atr"):
        StructureConfig(displacement=DisplacementRules(min_body_atr=-1.5))
    with pytest.raises(ValueError, match=r"order_block\.kept"):
        StructureConfig(order_block=OrderBlockRules(kept=0), liquidity=LiquidityRules(kept=0))


def test_a_whole_number_that_a_float_cannot_tell_from_the_next_is_refused() -> None:
    assert StructureConfig(swing=SwingRules(reach_bars=LARGEST_EXACT)).swing.reach_bars == 2**53
    with pytest.raises(ValueError, match=r"swing\.reach_bars is too large: 9007199254740993"):
        StructureConfig(swing=SwingRules(reach_bars=LARGEST_EXACT + 1))


def test_a_config_spells_every_number_exactly() -> None:
    spelt = str(STANDARD).split(" ")
    assert len(spelt) == 28
    assert spelt[0] == f"base_step_ms={(300000.0).hex()}"
    assert f"fair_value_gap.min_size_atr={(0.1).hex()}" in spelt
    assert str(StructureConfig(reset_after_steps=13)) != str(STANDARD)


def test_an_average_of_one_bar_is_refused_because_a_flat_bar_has_no_range() -> None:
    with pytest.raises(ValueError, match=r"period_bars must be at least 2"):
        StructureConfig(average_true_range=AverageTrueRangeRules(period_bars=1))
    shortest = StructureConfig(average_true_range=AverageTrueRangeRules(period_bars=2))
    assert shortest.average_true_range.period_bars == 2
