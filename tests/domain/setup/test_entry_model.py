import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Direction
from domain.setup.entry_model import find_setup, spoiled
from domain.setup.setup import Setup, SetupKind
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import Pool, StructureView, Zone, ZoneKind
from tests.trade_samples import (
    BASE_STEP,
    BLOCK,
    CLOSE_MS,
    FEATURES,
    GAP,
    INSTRUMENT,
    MINUTE,
    OPEN_MS,
    SETUP,
    SYMBOL,
    VIEW,
    flipped,
    mirrored,
    mirrored_setup,
)

RULES = SetupRules()
RELAXED = SetupRules(is_relaxed=True)
LEVEL_FREE = SetupRules(min_stop_fraction=Decimal("0.000001"), max_stop_fraction=Decimal("0.5"))
CHANGED = VIEW._replace(sweep=0.0, base=VIEW.base._replace(is_last_event_choch=True))


def found(view: StructureView = VIEW, rules: SetupRules = RULES) -> Setup | None:
    return find_setup(SYMBOL, view, INSTRUMENT, rules)


def levels(view: StructureView, rules: SetupRules = RULES) -> tuple[str, str, str] | None:
    setup = found(view, rules)
    return None if setup is None else (str(setup.entry), str(setup.stop), str(setup.target))


def test_a_swept_low_with_displacement_above_a_gap_in_discount_is_a_long() -> None:
    setup = found()
    assert setup is not None
    assert setup.direction is Direction.LONG
    assert setup.kind is SetupKind.GAP_RETURN
    assert setup.zone == GAP
    assert setup.found_at_ms == CLOSE_MS
    assert setup.setup_id.startswith("BTCUSDT.L.")
    assert setup.features == FEATURES
    assert setup.higher_trend == 1
    assert (setup.entry, setup.stop, setup.target) == (Decimal(1023), Decimal(999), Decimal(1050))


def test_the_reasons_are_told_in_the_order_a_trader_would() -> None:
    setup = found()
    assert setup is not None
    assert setup.reasons == (
        "sell-side liquidity swept 5 bars ago",
        "displacement up 3 bars ago",
        "return into a fair value gap from 1021 to 1023",
        "entry at 36 % of the dealing range",
        "stop 999.00, target 1050.00",
        "higher trend up",
    )


def test_the_mirror_image_is_a_short() -> None:
    setup = found(mirrored(VIEW), LEVEL_FREE)
    assert setup is not None
    assert setup.setup_id.startswith("BTCUSDT.S.")
    assert setup.reasons[-1] == "higher trend down"
    assert (setup.entry, setup.stop, setup.target) == (
        flipped(Decimal(1023)),
        flipped(Decimal(999)),
        flipped(Decimal(1050)),
    )


quarters = st.integers(-160, 160).map(lambda n: 1024.0 + n / 4)
steps = st.integers(1, 80).map(lambda n: n / 4)


@st.composite
def zones(draw: st.DrawFn, close: float, sign: int) -> Zone | None:
    """A zone on the side it supports, its near edge a little behind the close or ahead of it."""
    if draw(st.integers(0, 3)) == 0:
        return None
    near = close - sign * draw(st.integers(-8, 24)) / 4
    far = near - sign * draw(steps) / 4
    return Zone(draw(st.sampled_from(ZoneKind)), min(near, far), max(near, far), OPEN_MS)


@st.composite
def charts(draw: st.DrawFn) -> StructureView:
    signs, ages = st.sampled_from([-1, 0, 1]), st.sampled_from([*range(9), 30, None])
    frame = st.builds(
        VIEW.base._replace,
        trend=signs,
        last_event=signs,
        is_last_event_choch=st.booleans(),
        event_age_bars=ages,
        atr=st.sampled_from([1.0, 2.0, 4.0]),
    )
    close = draw(quarters)
    pools = st.lists(steps, max_size=3).map(sorted)
    return VIEW._replace(
        open_time_ms=OPEN_MS + draw(st.integers(0, 2)) * BASE_STEP,
        close=close,
        base=draw(frame),
        middle=draw(frame),
        higher=draw(frame),
        displacement=draw(st.sampled_from([-1, 1])),
        displacement_age_bars=draw(ages),
        sweep=draw(st.sampled_from([-0.75, 0.0, 0.75])),
        sweep_age_bars=draw(ages),
        bullish_block=draw(zones(close, 1)),
        bearish_block=draw(zones(close, -1)),
        bullish_gap=draw(zones(close, 1)),
        bearish_gap=draw(zones(close, -1)),
        dealing_range=(close - draw(steps), close + draw(steps)),
        pools_above=tuple(Pool(close + step, 1) for step in draw(pools)),
        pools_below=tuple(Pool(close - step, 1) for step in draw(pools)),
    )


@given(charts(), st.booleans(), st.sampled_from(EntryStyle))
def test_a_mirrored_chart_gives_the_mirrored_setup(
    view: StructureView, is_relaxed: bool, entry: EntryStyle
) -> None:
    rules = replace(LEVEL_FREE, is_relaxed=is_relaxed, entry=entry, zone_reach_atr=20.0)
    setup, reflection = found(view, rules), found(mirrored(view), rules)
    if setup is None:
        assert reflection is None
        return
    assert reflection is not None
    assert replace(mirrored_setup(setup), setup_id="", reasons=()) == replace(
        reflection, setup_id="", reasons=()
    )


@given(charts(), st.booleans())
def test_every_setup_keeps_the_rules_on_stop_and_target(view: StructureView, is_relaxed: bool) -> None:
    rules = SetupRules(is_relaxed=is_relaxed, zone_reach_atr=20.0)
    setup = found(view, rules)
    if setup is None:
        return
    sign = setup.direction.sign
    assert (setup.entry - setup.stop) * sign > 0
    assert (setup.target - setup.entry) * sign > 0
    assert setup.entry * Decimal("0.003") <= setup.stop_distance <= setup.entry * Decimal("0.03")
    assert setup.stop_distance >= 2 * Decimal(view.base.atr)
    assert Decimal("0.8") <= abs(setup.target - setup.entry) / setup.stop_distance <= 5
    assert (Decimal(view.close) - setup.entry) * sign >= 0
    for price in (setup.entry, setup.stop, setup.target):
        assert price % INSTRUMENT.tick == 0


@pytest.mark.parametrize(
    "missing",
    [
        {"features": None},
        {"dealing_range": None},
        {"base": VIEW.base._replace(atr=math.nan)},
        {"base": VIEW.base._replace(atr=0.0)},
        {"higher": VIEW.higher._replace(trend=-1)},
        {"sweep": -0.75},
        {"displacement": -1},
        {"bullish_gap": None, "bullish_block": None},
    ],
)
def test_without_any_one_of_these_there_is_no_setup(missing: dict[str, object]) -> None:
    assert found(VIEW._replace(**missing)) is None  # type: ignore[arg-type]  # each by its own name


@pytest.mark.parametrize("atr", [math.nan, 0.0])
@pytest.mark.parametrize("entry", EntryStyle)
def test_even_inside_a_zone_the_base_frame_must_be_measured(atr: float, entry: EntryStyle) -> None:
    inside = VIEW._replace(close=1022.0, base=VIEW.base._replace(atr=atr))
    assert found(inside, replace(RULES, entry=entry)) is None


@pytest.mark.parametrize(("trend", "told"), [(0, "higher trend not known"), (1, "higher trend up")])
def test_a_higher_trend_that_is_not_known_is_not_against(trend: int, told: str) -> None:
    setup = found(VIEW._replace(higher=VIEW.higher._replace(trend=trend)))
    assert setup is not None
    assert setup.reasons[-1] == told
    assert setup.higher_trend == trend


def test_the_nearer_zone_is_taken_and_the_other_where_the_nearer_does_not_do() -> None:
    swapped = VIEW._replace(bullish_block=BLOCK._replace(bottom=1022.0, top=1023.5))
    nearer = found(swapped)
    assert nearer is not None
    assert nearer.kind is SetupKind.ORDER_BLOCK_RETURN
    in_premium = VIEW._replace(dealing_range=(1000.0, 1043.0), pools_above=(Pool(1060.0, 1),))
    other = found(in_premium)
    assert other is not None
    assert other.zone == BLOCK


def test_a_breaker_is_leaned_on_like_a_block() -> None:
    breaker = BLOCK._replace(kind=ZoneKind.BREAKER)
    setup = found(VIEW._replace(bullish_gap=None, bullish_block=breaker))
    assert setup is not None
    assert setup.kind is SetupKind.ORDER_BLOCK_RETURN
    assert "return into a breaker from 1016 to 1020" in setup.reasons
    block = found(VIEW._replace(bullish_gap=None))
    assert block is not None
    assert "return into an order block from 1016 to 1020" in block.reasons


@pytest.mark.parametrize(("reach", "is_found"), [(0.25, True), (0.24, False)])
def test_the_zone_must_be_within_reach(reach: float, is_found: bool) -> None:
    assert (found(rules=replace(RULES, zone_reach_atr=reach)) is not None) is is_found


def test_inside_the_zone_the_entry_is_the_close_on_the_passive_side() -> None:
    assert levels(VIEW._replace(close=1022.1)) == ("1022.00", "998.75", "1050.00")
    assert levels(VIEW._replace(close=1023.0)) == levels(VIEW)
    assert levels(VIEW._replace(close=1021.0)) == ("1021.00", "999.00", "1050.00")


def test_barely_outside_the_zone_the_entry_is_its_edge() -> None:
    off_tick = VIEW._replace(close=1023.03, bullish_gap=GAP._replace(top=1022.98))
    assert levels(off_tick) == ("1022.75", "998.75", "1050.00")


def test_a_zone_that_was_closed_through_supports_nothing() -> None:
    assert found(VIEW._replace(close=1020.75, bullish_block=None)) is None


def test_a_market_entry_waits_for_price_to_be_inside() -> None:
    at_market = replace(RULES, entry=EntryStyle.MARKET)
    assert found(rules=at_market) is None
    assert found(VIEW._replace(close=1023.05), at_market) is None
    assert levels(VIEW._replace(close=1023.0), at_market) == levels(VIEW)


@pytest.mark.parametrize(("top", "is_found"), [(1046.0, True), (1045.95, False)])
def test_the_entry_lies_in_the_lower_half_or_on_the_middle(top: float, is_found: bool) -> None:
    view = VIEW._replace(dealing_range=(1000.0, top), bullish_block=None)
    assert (found(view) is not None) is is_found
    assert found(view, RELAXED) is not None


def test_without_a_sweep_the_stop_lies_beyond_the_zone() -> None:
    wide = CHANGED._replace(bullish_gap=GAP._replace(bottom=1011.0))
    assert levels(wide) == ("1023.00", "1010.00", "1050.00")


def test_the_stop_is_two_average_ranges_away_or_more() -> None:
    assert levels(CHANGED) == ("1023.00", "1015.00", "1030.00")


def test_a_stop_nearer_than_the_least_share_of_price_is_widened_to_it() -> None:
    calm = CHANGED._replace(base=CHANGED.base._replace(atr=1.0))
    assert levels(calm) == ("1023.00", "1019.75", "1030.00")


@pytest.mark.parametrize(("bottom", "is_found"), [(993.5, True), (993.25, False)])
def test_a_stop_further_than_the_largest_share_of_price_is_no_setup(bottom: float, is_found: bool) -> None:
    view = VIEW._replace(dealing_range=(bottom, 1064.0), bullish_block=None)
    assert (found(view) is not None) is is_found


@pytest.mark.parametrize(("bottom", "is_found"), [(971.0, True), (970.75, False)])
def test_exactly_the_largest_share_of_price_is_allowed(bottom: float, is_found: bool) -> None:
    deep = GAP._replace(bottom=bottom, top=1000.0)
    view = CHANGED._replace(close=1001.0, bullish_gap=deep, bullish_block=None, dealing_range=(960.0, 1064.0))
    assert levels(view) == (("1000.00", "970.00", "1030.00") if is_found else None)


def test_a_sweep_that_ended_inside_the_zone_leaves_the_stop_beyond_the_zone() -> None:
    inside = VIEW._replace(dealing_range=(1021.5, 1064.0), bullish_block=None)
    assert levels(inside) == ("1023.00", "1015.00", "1030.00")


def ahead(*pools: float, top: float = 1064.0) -> StructureView:
    return CHANGED._replace(pools_above=tuple(Pool(level, 1) for level in pools), dealing_range=(1000.0, top))


def test_the_target_is_the_first_pool_that_pays_enough() -> None:
    assert levels(ahead(1029.25, 1029.5, 1050.0)) == ("1023.00", "1015.00", "1029.50")


def test_exactly_the_least_reward_is_enough() -> None:
    wide = ahead(1030.75, 1031.0)._replace(bullish_gap=GAP._replace(bottom=1014.0))
    assert levels(wide) == ("1023.00", "1013.00", "1031.00")


def test_a_target_off_the_tick_is_rounded_towards_the_entry() -> None:
    assert levels(ahead(1029.45, 1031.2)) == ("1023.00", "1015.00", "1031.00")


def test_a_pool_beyond_five_times_the_risk_is_cut_to_it() -> None:
    assert levels(ahead(1063.25)) == ("1023.00", "1015.00", "1063.00")
    assert levels(ahead(1062.75)) == ("1023.00", "1015.00", "1062.75")


def test_without_a_pool_that_pays_the_range_edge_is_the_target() -> None:
    assert levels(ahead(1024.0, top=1050.0)) == ("1023.00", "1015.00", "1050.00")
    assert levels(ahead(top=1050.0)) == ("1023.00", "1015.00", "1050.00")
    assert levels(mirrored(ahead(top=1050.0)), LEVEL_FREE) == ("1025.00", "1033.00", "998.00")


def test_where_nothing_ahead_pays_there_is_no_setup() -> None:
    near = CHANGED._replace(
        close=1001.0,
        bullish_gap=GAP._replace(bottom=1000.0, top=1002.0),
        bullish_block=None,
        pools_above=(),
        dealing_range=(999.0, 1005.0),
    )
    assert found(near) is None
    assert found(near._replace(dealing_range=(999.0, 1007.5))) is not None


def test_when_both_sides_are_offered_none_is_taken() -> None:
    bearish = GAP._replace(bottom=1040.0, top=1042.0)
    both = VIEW._replace(
        higher=VIEW.higher._replace(trend=0),
        bearish_gap=bearish,
        displacement=-1,
        pools_below=(Pool(1004.0, 1),),
    )
    loose = replace(RELAXED, zone_reach_atr=5.0)
    assert found(both, loose) is None
    only_long, only_short = (
        both._replace(bearish_gap=None),
        both._replace(bullish_gap=None, bullish_block=None),
    )
    one, other = found(only_long, loose), found(only_short, loose)
    assert one is not None
    assert other is not None
    assert (one.direction, other.direction) == (Direction.LONG, Direction.SHORT)


def test_the_calmest_market_and_the_narrowest_range_are_still_told() -> None:
    calm = CHANGED._replace(
        base=CHANGED.base._replace(atr=0.05), close=1022.5, dealing_range=(1022.48, 1022.56)
    )
    setup = found(calm)
    assert setup is not None
    assert "entry at 25 % of the dealing range" in setup.reasons


def test_an_empty_dealing_range_tells_its_middle() -> None:
    flat = VIEW._replace(dealing_range=(1030.0, 1030.0), sweep=0.0, base=CHANGED.base)
    setup = found(flat)
    assert setup is not None
    assert "entry at 50 % of the dealing range" in setup.reasons


AFTER = VIEW._replace(open_time_ms=OPEN_MS + BASE_STEP)


@pytest.mark.parametrize("is_short", [False, True])
def test_a_setup_stands_while_nothing_speaks_against_it(is_short: bool) -> None:
    setup, view = (mirrored_setup(SETUP), mirrored(AFTER)) if is_short else (SETUP, AFTER)
    assert spoiled(setup, view, RULES) is None


SPOILERS = [
    (AFTER._replace(close=1020.75), "price closed through the zone"),
    (AFTER._replace(higher=VIEW.higher._replace(trend=-1)), "the higher trend turned against the trade"),
    (
        AFTER._replace(
            open_time_ms=OPEN_MS + 15 * MINUTE,
            middle=VIEW.middle._replace(last_event=-1, is_last_event_choch=True, event_age_bars=0),
        ),
        "the middle frame changed character against the trade",
    ),
    (AFTER._replace(close=1044.0), "price ran to the target without us"),
    (AFTER._replace(open_time_ms=OPEN_MS + 12 * BASE_STEP), "not filled within 12 bars"),
]


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize(("view", "reason"), SPOILERS)
def test_each_spoiler_is_named(view: StructureView, reason: str, is_short: bool) -> None:
    setup, chart = (mirrored_setup(SETUP), mirrored(view)) if is_short else (SETUP, view)
    assert spoiled(setup, chart, RULES) == reason


def test_just_short_of_each_spoiler_the_setup_stands() -> None:
    assert spoiled(SETUP, AFTER._replace(close=1021.0), RULES) is None
    assert spoiled(SETUP, AFTER._replace(close=1043.75), RULES) is None
    assert spoiled(SETUP, AFTER._replace(higher=VIEW.higher._replace(trend=0)), RULES) is None
    assert spoiled(SETUP, AFTER._replace(open_time_ms=OPEN_MS + 11 * BASE_STEP), RULES) is None


def test_a_higher_trend_that_was_against_from_the_start_did_not_turn() -> None:
    against = AFTER._replace(higher=VIEW.higher._replace(trend=-1))
    assert spoiled(replace(SETUP, higher_trend=-1), against, RULES) is None
