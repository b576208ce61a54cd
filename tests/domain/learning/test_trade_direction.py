from domain.learning.trade_direction import EVEN_FEATURES, ODD_INDEXES, in_trade_direction
from domain.market.direction import Direction
from domain.structure.structure_view import FEATURE_NAMES
from tests.trade_samples import FEATURES, VIEW, mirrored


def test_a_long_takes_the_features_as_they_are() -> None:
    assert in_trade_direction(FEATURES, Direction.LONG) is FEATURES


def test_a_short_sees_the_mirrored_chart() -> None:
    assert in_trade_direction(FEATURES, Direction.SHORT) == mirrored(VIEW).features


def test_turning_twice_changes_nothing() -> None:
    turned = in_trade_direction(FEATURES, Direction.SHORT)
    assert in_trade_direction(turned, Direction.SHORT) == FEATURES


def test_nine_features_are_odd_and_three_are_even() -> None:
    assert ODD_INDEXES == (0, 1, 2, 3, 4, 5, 6, 7, 11)
    assert {FEATURE_NAMES[i] for i in (8, 9, 10)} == set(EVEN_FEATURES)
