import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exits.exit_decision import Moment, MoveStop
from domain.exits.exit_rules import ExitRules, ThresholdUnit
from domain.exits.standing import standing_of
from domain.exits.trailing import is_trailing, trailing, trails_from
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.structure.structure_view import Pool, StructureView, Zone, ZoneKind
from tests.trade_samples import (
    GAP,
    INSTRUMENT,
    NO_COSTS,
    VIEW,
    a_plan,
    a_trade,
    flipped,
    mirrored,
    mirrored_trade,
)

RULES = ExitRules()
BARE = VIEW._replace(bullish_block=None, bullish_gap=None, dealing_range=None, pools_below=())


def asked(
    view: StructureView, price: str = "1040", trade: OpenTrade | None = None, rules: ExitRules = RULES
) -> MoveStop | None:
    trade, at = trade or a_trade(), Decimal(price)
    standing = standing_of(trade, Moment(0, at, view), NO_COSTS)
    return trailing(trade, view, at, standing, rules, INSTRUMENT)


def new_stop(view: StructureView, price: str = "1040", trade: OpenTrade | None = None) -> Decimal | None:
    decision = asked(view, price, trade)
    return None if decision is None else decision.new_stop


def test_the_stop_goes_half_an_average_range_behind_the_nearest_structure() -> None:
    assert asked(VIEW) == MoveStop(
        ExitReason.TRAILING_STOP, Decimal(1019), "profit 1.60 R, stop behind structure"
    )


def test_the_mirrored_trade_trails_to_the_mirrored_level() -> None:
    short = mirrored_trade(a_trade())
    assert new_stop(mirrored(VIEW), str(flipped(Decimal(1040))), short) == flipped(Decimal(1019))


@pytest.mark.parametrize(("price", "trails"), [("1038.75", False), ("1039", True)])
def test_it_begins_at_one_and_a_half_r(price: str, trails: bool) -> None:
    assert (asked(VIEW, price) is not None) is trails


@pytest.mark.parametrize(("price", "trails"), [("1039.25", False), ("1039.50", True)])
def test_the_threshold_may_count_in_percent_of_margin(price: str, trails: bool) -> None:
    rules = replace(RULES, trailing_from=Decimal(3), trailing_unit=ThresholdUnit.PERCENT_OF_MARGIN)
    trade = a_trade(a_plan(planned_loss="1"))
    assert (asked(VIEW, price, trade, rules) is not None) is trails


@pytest.mark.parametrize(
    ("structure", "stop"),
    [
        ({"bullish_block": Zone(ZoneKind.ORDER_BLOCK, 1020.0, 1025.0, 0)}, "1018"),
        ({"bullish_gap": GAP}, "1019"),
        ({"pools_below": (Pool(1026.0, 1), Pool(1018.0, 1))}, "1024"),
        ({"pools_below": (Pool(1041.0, 1), Pool(1030.0, 1))}, "1028"),
        ({"dealing_range": (1022.0, 1060.0)}, "1020"),
        ({"dealing_range": (1022.1, 1060.0)}, "1020"),
    ],
)
def test_each_kind_of_structure_holds_a_stop(structure: dict[str, object], stop: str) -> None:
    view = BARE._replace(**structure)  # type: ignore[arg-type]  # each by its own name
    assert new_stop(view) == Decimal(stop)
    assert new_stop(mirrored(view), "1008", mirrored_trade(a_trade())) == flipped(Decimal(stop))


@pytest.mark.parametrize("pools", [(1030.0, 1030.25), (1030.25, 1030.0), (1028.0, 1030.25)])
def test_of_several_structures_the_nearest_to_price_holds_the_stop(pools: tuple[float, float]) -> None:
    block = Zone(ZoneKind.ORDER_BLOCK, 1020.0, 1025.0, 0)
    view = BARE._replace(bullish_block=block, pools_below=tuple(Pool(level, 1) for level in pools))
    assert new_stop(view) == Decimal("1028.25")


def test_even_a_very_calm_market_is_trailed() -> None:
    calm = VIEW._replace(base=VIEW.base._replace(atr=0.05))
    assert new_stop(calm) == Decimal("1020.75")


def test_without_structure_or_its_measure_the_stop_stays() -> None:
    assert asked(BARE) is None
    assert asked(VIEW._replace(base=VIEW.base._replace(atr=math.nan))) is None
    assert asked(VIEW._replace(base=VIEW.base._replace(atr=0.0))) is None


@pytest.mark.parametrize(("stop", "moves"), [("1018.75", True), ("1019", False), ("1020", False)])
def test_it_never_loosens_and_moves_by_a_tick_or_more(stop: str, moves: bool) -> None:
    assert (asked(VIEW, trade=a_trade(stop=stop)) is not None) is moves


@pytest.mark.parametrize(("pool", "moves"), [(1040.0, True), (1040.25, False)])
def test_structure_that_price_has_lost_holds_no_stop(pool: float, moves: bool) -> None:
    view = BARE._replace(pools_below=(Pool(pool, 1),))
    assert (asked(view) is not None) is moves
    short = mirrored_trade(a_trade())
    assert (asked(mirrored(view), "1008", short) is not None) is moves


@pytest.mark.parametrize(("pool", "moves"), [(1039.75, True), (1040.0, False)])
def test_without_a_buffer_the_stop_stays_a_tick_short_of_the_price(pool: float, moves: bool) -> None:
    tight = replace(RULES, trailing_buffer_atr=0.0)
    assert (asked(BARE._replace(pools_below=(Pool(pool, 1),)), rules=tight) is not None) is moves


levels = st.integers(-200, 200).map(lambda n: 1024.0 + n / 4)


@given(st.lists(st.tuples(levels, levels, st.integers(0, 400)), max_size=12), st.booleans())
def test_over_any_walk_of_price_and_structure_the_stop_only_tightens(
    walk: list[tuple[float, float, int]], is_short: bool
) -> None:
    trade = mirrored_trade(a_trade()) if is_short else a_trade()
    sign = trade.position.direction.sign
    for pool, edge, ticks in walk:
        view = BARE._replace(pools_below=(Pool(pool, 1),), dealing_range=(edge, edge + 50.0))
        price = Decimal(1024) + Decimal(ticks) / 4
        if is_short:
            view, price = mirrored(view), flipped(price)
        moved = new_stop(view, str(price), trade)
        if moved is not None:
            assert (moved - trade.stop) * sign >= INSTRUMENT.tick
            assert (price - moved) * sign >= INSTRUMENT.tick
            assert moved % INSTRUMENT.tick == 0
            trade = replace(trade, stop=moved)


@given(st.lists(levels, max_size=4), st.integers(60, 400), levels, st.sampled_from([0.0, 0.5]), st.booleans())
def test_short_of_where_it_trails_from_no_stop_moves_and_two_ticks_on_one_does(
    pools: list[float], ticks: int, stop: float, buffer: float, is_short: bool
) -> None:
    rules = replace(RULES, trailing_buffer_atr=buffer)
    trade, view = a_trade(stop=str(stop)), BARE._replace(pools_below=tuple(Pool(level, 1) for level in pools))
    price = Decimal(1024) + Decimal(ticks) / 4
    if is_short:
        trade, view, price = mirrored_trade(trade), mirrored(view), flipped(price)
    sign = trade.position.direction.sign
    moves_from = trails_from(trade, view, rules, INSTRUMENT)
    moved = asked(view, str(price), trade, rules)
    assert is_trailing(standing_of(trade, Moment(0, price, view), NO_COSTS), rules)
    if moves_from is None or (price - moves_from) * sign <= -INSTRUMENT.tick:
        assert moved is None
    elif (price - moves_from) * sign >= 2 * INSTRUMENT.tick:
        assert moved is not None


def test_it_trails_from_the_nearest_structure_that_would_tighten_the_stop() -> None:
    view = BARE._replace(pools_below=(Pool(1050.0, 1), Pool(1045.0, 1), Pool(1010.0, 1)))
    assert trails_from(a_trade(), view, RULES, INSTRUMENT) == 1045
    assert trails_from(a_trade(stop="1043"), view, RULES, INSTRUMENT) == 1050
    assert trails_from(a_trade(stop="1048"), view, RULES, INSTRUMENT) is None
