from decimal import Decimal

import pytest

from domain.market.direction import Direction
from domain.setup.trade_side import (
    far_edge,
    is_closed_through,
    near_edge,
    pools_ahead,
    pools_behind,
    rounded_back,
    supporting_zones,
)
from domain.structure.structure_view import Zone, ZoneKind
from tests.trade_samples import BLOCK, GAP, INSTRUMENT, VIEW, mirrored

LONG, SHORT = Direction.LONG, Direction.SHORT
ZONE = Zone(ZoneKind.BREAKER, 10.0, 12.0, 0)


def test_a_long_leans_on_bullish_zones_and_a_short_on_bearish_ones() -> None:
    assert supporting_zones(VIEW, LONG) == (BLOCK, GAP)
    assert supporting_zones(VIEW, SHORT) == ()
    assert supporting_zones(VIEW._replace(bullish_block=None), LONG) == (GAP,)
    assert len(supporting_zones(mirrored(VIEW), SHORT)) == 2


def test_the_near_edge_is_where_price_comes_back_to() -> None:
    assert (near_edge(ZONE, LONG), far_edge(ZONE, LONG)) == (12.0, 10.0)
    assert (near_edge(ZONE, SHORT), far_edge(ZONE, SHORT)) == (10.0, 12.0)


@pytest.mark.parametrize(
    ("direction", "close", "is_through"),
    [(LONG, 9.9, True), (LONG, 10.0, False), (SHORT, 12.1, True), (SHORT, 12.0, False), (SHORT, 9.0, False)],
)
def test_a_close_on_the_edge_is_not_through(direction: Direction, close: float, is_through: bool) -> None:
    assert is_closed_through(ZONE, VIEW._replace(close=close), direction) is is_through


def test_pools_lie_ahead_of_one_side_and_behind_the_other() -> None:
    assert pools_ahead(VIEW, LONG) == pools_behind(VIEW, SHORT) == VIEW.pools_above
    assert pools_behind(VIEW, LONG) == pools_ahead(VIEW, SHORT) == VIEW.pools_below


def test_prices_are_rounded_back_to_where_the_trade_comes_from() -> None:
    assert rounded_back(INSTRUMENT, 10.3, LONG) == Decimal("10.25")
    assert rounded_back(INSTRUMENT, 10.3, SHORT) == Decimal("10.50")
    assert rounded_back(INSTRUMENT, 10.5, LONG) == rounded_back(INSTRUMENT, 10.5, SHORT) == Decimal("10.50")
