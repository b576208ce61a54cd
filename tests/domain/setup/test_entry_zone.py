import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Direction
from domain.setup.entry_zone import EntryZone, entry_zones
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import StructureView, Zone, ZoneKind
from tests.trade_samples import VIEW, mirrored

LONG = Direction.LONG
RULES = SetupRules(zone_reach_atr=3.0)
RELAXED = SetupRules(is_relaxed=True)
GAP = Zone(ZoneKind.FAIR_VALUE_GAP, 96.0, 98.0, 0)
BLOCK = Zone(ZoneKind.ORDER_BLOCK, 92.0, 94.0, 0)
CHART = VIEW._replace(
    close=100.0,
    base=VIEW.base._replace(atr=2.0),
    bullish_gap=GAP,
    bullish_block=BLOCK,
    dealing_range=(80.0, 130.0),
)


def found(view: StructureView, rules: SetupRules = RULES) -> list[EntryZone]:
    return entry_zones(view, LONG, rules)


def test_zones_in_reach_come_nearest_first_with_their_near_edge_as_entry() -> None:
    assert found(CHART) == [EntryZone(GAP, 98.0), EntryZone(BLOCK, 94.0)]


def test_inside_a_zone_the_entry_lies_at_the_close() -> None:
    assert found(CHART._replace(close=97.0))[0] == EntryZone(GAP, 97.0)
    assert found(CHART._replace(close=98.0))[0] == EntryZone(GAP, 98.0)


def test_of_two_zones_price_is_in_the_block_comes_first() -> None:
    both = CHART._replace(close=93.0, bullish_gap=GAP._replace(bottom=92.5))
    assert [one.zone.kind for one in found(both)] == [ZoneKind.ORDER_BLOCK, ZoneKind.FAIR_VALUE_GAP]


def test_reach_is_measured_in_average_ranges_of_the_base_frame() -> None:
    assert [one.zone for one in found(CHART._replace(close=100.1))] == [GAP]
    assert found(CHART._replace(close=104.1)) == []


def test_a_market_entry_must_be_inside() -> None:
    market = SetupRules(entry=EntryStyle.MARKET)
    assert found(CHART, market) == []
    assert found(CHART._replace(close=98.0), market) == [EntryZone(GAP, 98.0)]


def test_a_zone_that_was_closed_through_is_none() -> None:
    assert GAP in [one.zone for one in found(CHART._replace(close=96.0))]
    assert GAP not in [one.zone for one in found(CHART._replace(close=95.9))]


@pytest.mark.parametrize(("top", "is_cheap"), [(116.0, True), (115.9, False)])
def test_a_strict_entry_lies_in_the_cheap_half(top: float, is_cheap: bool) -> None:
    chart = CHART._replace(bullish_block=None, dealing_range=(80.0, top))
    assert bool(found(chart)) is is_cheap
    assert found(chart, RELAXED) == [EntryZone(GAP, 98.0)]


def test_without_a_dealing_range_nothing_is_cheap() -> None:
    assert found(CHART._replace(dealing_range=None)) == []


@given(st.floats(90.0, 110.0), st.floats(81.0, 140.0), st.booleans())
def test_a_short_sees_the_mirror_image(close: float, top: float, is_relaxed: bool) -> None:
    rules = SetupRules(is_relaxed=is_relaxed)
    chart = CHART._replace(close=close, dealing_range=(80.0, top))
    shorts = entry_zones(mirrored(chart), Direction.SHORT, rules)
    assert [one.zone.kind for one in shorts] == [one.zone.kind for one in found(chart, rules)]
