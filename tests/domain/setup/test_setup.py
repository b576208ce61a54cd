from dataclasses import replace
from decimal import Decimal

from tests.trade_samples import SETUP, mirrored_setup


def test_the_stop_distance_is_the_same_for_a_long_and_its_mirror() -> None:
    assert SETUP.stop_distance == mirrored_setup(SETUP).stop_distance == Decimal(10)


def test_reward_to_risk_counts_from_the_entry() -> None:
    assert SETUP.reward_to_risk == mirrored_setup(SETUP).reward_to_risk == Decimal(2)
    assert replace(SETUP, target=Decimal(1029)).reward_to_risk == Decimal("0.5")
