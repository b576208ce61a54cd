import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.exits.calm import Calm, calm_around, outlasts_bar
from domain.exits.confidence_drop import with_score
from domain.exits.exit_decision import Moment
from domain.exits.exit_priority import decide_exit
from domain.exits.exit_rules import ExitRules, ThresholdUnit
from domain.market.trading_costs import TradingCosts
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.structure.structure_view import Pool, StructureView
from tests.trade_samples import (
    CLOSE_MS,
    COSTS,
    INSTRUMENT,
    MINUTE,
    NO_COSTS,
    VIEW,
    a_plan,
    a_trade,
    flipped,
    mirrored,
    mirrored_trade,
)

RULES = ExitRules()
LATER = CLOSE_MS + 30 * MINUTE
OVERDUE = CLOSE_MS + 120 * MINUTE
TICK = float(INSTRUMENT.tick)
TURNED = VIEW._replace(higher=VIEW.higher._replace(trend=-1))
HALF = a_trade(is_half_closed=True)


def around(
    price: str,
    trade: OpenTrade | None = None,
    view: StructureView | None = VIEW,
    rules: ExitRules = RULES,
    costs: TradingCosts = NO_COSTS,
) -> Calm | None:
    return calm_around(trade or a_trade(), Moment(LATER, Decimal(price), view), rules, costs, INSTRUMENT)


def a_long_between(low: float, high: float, *, is_of_one_bar: bool = False) -> Calm:
    return Calm(low + TICK, high - TICK, OVERDUE, Decimal(low), is_of_one_bar)


def a_short_between(low: float, high: float, *, is_of_one_bar: bool = False) -> Calm:
    return Calm(low + TICK, high - TICK, OVERDUE, Decimal(high), is_of_one_bar)


def doubted(now: float, before: float) -> OpenTrade:
    """A trade of which less is believed than ten minutes ago."""
    first = ScoredConfidence(LATER - 10 * MINUTE, before)
    return a_trade(a_plan(confidence=before), confidences=(first, ScoredConfidence(LATER, now)))


@pytest.mark.parametrize(
    ("price", "at_ms", "holds"),
    [(100.5, 59, True), (100.0, 59, False), (101.0, 59, False), (100.5, 60, False), (math.nan, 59, False)],
)
def test_a_price_must_lie_between_and_the_moment_before(price: float, at_ms: int, holds: bool) -> None:
    assert Calm(100.0, 101.0, 60, Decimal(99), is_of_one_bar=False).holds(price, at_ms) is holds


def test_a_trade_is_calm_between_its_forced_close_and_its_partial_profit_less_a_tick() -> None:
    assert around("1024") == a_long_between(1011.5, 1034.0)


def test_the_mirrored_trade_is_calm_between_the_mirrored_prices() -> None:
    short = mirrored_trade(a_trade())
    assert around("1024", short, mirrored(VIEW)) == a_short_between(1014.0, 1036.5)


def test_a_trade_half_closed_is_calm_until_it_trails() -> None:
    assert around("1035", HALF) == a_long_between(1011.5, 1039.0)


def test_a_trailing_trade_is_calm_until_price_leaves_the_next_structure_behind() -> None:
    trailed = replace(HALF, stop=Decimal(1019))
    view = VIEW._replace(pools_below=(Pool(1045.0, 1),))
    assert around("1040", trailed, view) == a_long_between(1011.5, 1045.0, is_of_one_bar=True)
    short = mirrored_trade(trailed)
    assert around("1008", short, mirrored(view)) == a_short_between(1003.0, 1036.5, is_of_one_bar=True)


def test_where_nothing_is_left_to_take_every_better_price_is_calm() -> None:
    trailed = replace(HALF, stop=Decimal(1019))
    assert around("1040", trailed) == a_long_between(1011.5, math.inf, is_of_one_bar=True)
    assert around("1040", HALF, None) == a_long_between(1011.5, math.inf, is_of_one_bar=True)
    assert around("1008", mirrored_trade(HALF), None) == a_short_between(
        -math.inf, 1036.5, is_of_one_bar=True
    )


def test_a_trailing_trade_still_takes_its_partial_profit() -> None:
    late = replace(RULES, partial_profit_at=Decimal(2))
    trailed = replace(a_trade(), stop=Decimal(1019))
    assert around("1040", trailed, rules=late) == a_long_between(1011.5, 1044.0, is_of_one_bar=True)


def test_a_doubted_trade_is_calm_only_while_it_loses() -> None:
    assert around("1020", doubted(0.8, before=0.9)) == a_long_between(1011.5, 1034.0)
    assert around("1020", doubted(0.5, before=0.9)) == a_long_between(1011.5, 1024.0)


def test_there_is_no_calm_once_structure_asks_to_leave() -> None:
    assert around("1024", view=TURNED) is None
    assert around("1024", view=VIEW._replace(close=1020.0)) is None
    assert around("1024", view=None) is not None


def test_calm_goes_on_after_a_bar_that_gives_no_reason_to_leave() -> None:
    calm = around("1024")
    assert calm is not None
    assert outlasts_bar(calm, a_trade(), VIEW, RULES)
    assert outlasts_bar(calm, a_trade(), None, RULES)
    assert not outlasts_bar(calm, a_trade(), TURNED, RULES)
    assert not outlasts_bar(calm, doubted(0.5, before=0.9), VIEW, RULES)


def test_calm_that_leans_on_the_structure_of_a_bar_ends_with_the_next() -> None:
    calm = around("1040", replace(HALF, stop=Decimal(1019)))
    assert calm is not None
    assert not outlasts_bar(calm, a_trade(), VIEW, RULES)


shares = st.integers(1, 40).map(lambda n: Decimal(n) / 10)
levels = st.integers(-400, 600).map(lambda n: 1024.0 + n / 16)
units = st.sampled_from(ThresholdUnit)
rules_of_any_kind = st.builds(
    ExitRules,
    forced_loss_of_margin=st.sampled_from([Decimal("0.01"), Decimal(1)]),
    forced_loss_in_r=st.sampled_from([Decimal(1), Decimal("1.25"), Decimal(3)]),
    partial_profit_at=shares,
    partial_profit_unit=units,
    trailing_from=shares,
    trailing_unit=units,
    trailing_buffer_atr=st.sampled_from([0.0, 0.5, 2.0]),
    smart_hold_confidence=st.sampled_from([0.1, 0.8]),
)
views = st.builds(
    lambda trend, atr, close, edge, pools: VIEW._replace(
        close=close,
        base=VIEW.base._replace(atr=atr),
        higher=VIEW.higher._replace(trend=trend),
        dealing_range=(edge, edge + 60.0),
        pools_below=tuple(Pool(level, 1) for level in pools),
    ),
    st.sampled_from([1, 1, -1]),
    st.sampled_from([0.0, 0.3, 4.0]),
    levels,
    levels,
    st.lists(levels, max_size=3),
)
beliefs = st.sampled_from([None, 0.0, 0.5, 0.7, 0.9])
costs_of_any_kind = st.builds(
    TradingCosts,
    taker_fee=st.sampled_from([Decimal("-0.01"), Decimal(0), Decimal("0.00037"), Decimal("0.05")]),
    slippage=st.sampled_from([Decimal(0), Decimal("0.0001"), Decimal("0.1")]),
)


@st.composite
def trades(draw: st.DrawFn) -> OpenTrade:
    now, before, stop = draw(beliefs), draw(beliefs), draw(levels)
    scores = [] if now is None else [ScoredConfidence(LATER - 7 * MINUTE, 0.6), ScoredConfidence(LATER, now)]
    return a_trade(
        a_plan(leverage=draw(st.integers(1, 20)), confidence=before),
        stop=str(INSTRUMENT.price_at_or_below(stop)),
        is_half_closed=draw(st.booleans()),
        confidences=tuple(scores),
        fee=str(draw(st.integers(-300, 300)) / Decimal(37)),
    )


@given(
    trades(),
    beliefs,
    st.none() | views,
    st.none() | views,
    rules_of_any_kind,
    costs_of_any_kind,
    levels,
    st.floats(0.0, 1.0),
    st.integers(0, 119),
    st.booleans(),
)
@example(HALF, None, VIEW, VIEW, RULES, COSTS, 1035.0, 1.0, 119, False)
@example(HALF, None, VIEW, VIEW, RULES, COSTS, 1040.0, 1.0, 119, True)
def test_while_it_is_calm_no_exit_acts(
    trade: OpenTrade,
    belief: float | None,
    view: StructureView | None,
    next_view: StructureView | None,
    rules: ExitRules,
    costs: TradingCosts,
    seen: float,
    share: float,
    minute: int,
    is_short: bool,
) -> None:
    price = INSTRUMENT.nearest_price(seen)
    if is_short:
        trade, price = mirrored_trade(trade), flipped(price)
        view, next_view = (None if it is None else mirrored(it) for it in (view, next_view))
    calm = calm_around(trade, Moment(LATER, price, view), rules, costs, INSTRUMENT)
    if calm is None:
        return
    at_ms = CLOSE_MS + minute * MINUTE
    for last in prices_within(calm, share):
        assert_nothing_acts(calm, trade, Moment(at_ms, INSTRUMENT.nearest_price(last), view), rules, costs)
    if belief is not None:
        trade = with_score(trade, ScoredConfidence(LATER + 5 * MINUTE, belief), rules)
    if outlasts_bar(calm, trade, next_view, rules):
        for last in prices_within(calm, share):
            moment = Moment(at_ms, INSTRUMENT.nearest_price(last), next_view)
            assert_nothing_acts(calm, trade, moment, rules, costs)


def prices_within(calm: Calm, share: float) -> list[float]:
    """Give the outermost prices within the calm, and one in between."""
    low, high = max(calm.low, 1.0), min(calm.high, 3000.0)
    prices = (math.nextafter(low, math.inf), low + (high - low) * share, math.nextafter(high, 0.0))
    return [price for price in prices if calm.low < price < calm.high]


def assert_nothing_acts(
    calm: Calm, trade: OpenTrade, moment: Moment, rules: ExitRules, costs: TradingCosts
) -> None:
    assert decide_exit(trade, moment, rules, costs, INSTRUMENT) is None
    assert (moment.price - calm.worst) * trade.position.direction.sign > 0
