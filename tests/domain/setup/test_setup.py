from decimal import Decimal

from tests.trade_samples import SETUP, mirrored_setup


def test_the_stop_distance_is_the_same_for_a_long_and_its_mirror() -> None:
    assert SETUP.stop_distance == mirrored_setup(SETUP).stop_distance == Decimal(10)
