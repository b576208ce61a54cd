from dataclasses import replace
from decimal import Decimal
from math import inf

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.learning.shadow_calm import (
    AT_PEACE,
    NEVER_MS,
    RESTLESS,
    ShadowCalm,
    common_calm,
    moved_on,
    shadow_calm,
    sleeps_through_bar,
)
from domain.learning.shadow_trade import ShadowStep, ShadowTerms, ShadowTrade, after_candle, shadow_by
from domain.market.candle import Candle
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import StructureView
from tests.domain.learning.test_shadow_trade import (
    AT_MARKET,
    CALM_VIEW,
    TERMS,
    entered,
    flipped_step,
    led,
    step,
)
from tests.trade_samples import CLOSE_MS, COSTS, MINUTE, SETUP, a_plan, mirrored_setup

TWO_HOURS = CLOSE_MS + MINUTE + 120 * MINUTE
ODD_VIEWS = st.sampled_from([CALM_VIEW, CALM_VIEW._replace(close=1020.0), None])


def a_short() -> ShadowTrade:
    shadow = after_candle(
        shadow_by(a_plan(mirrored_setup(SETUP))), flipped_step(step(0, 1025, 1025, 1023, 1024)), TERMS
    )
    assert isinstance(shadow, ShadowTrade)
    return shadow


def test_an_entry_that_waits_minds_only_prices_through_it() -> None:
    assert shadow_calm(shadow_by(a_plan()), TERMS) == ShadowCalm(1023.75, inf, NEVER_MS)
    short = shadow_by(a_plan(mirrored_setup(SETUP)))
    assert shadow_calm(short, TERMS) == ShadowCalm(-inf, 1024.25, NEVER_MS)
    assert shadow_calm(short, AT_MARKET) == RESTLESS


def test_a_trade_minds_its_stop_its_exits_and_the_time() -> None:
    assert shadow_calm(entered(), TERMS) == ShadowCalm(1014.0, 1033.75, TWO_HOURS)
    assert shadow_calm(a_short(), TERMS) == ShadowCalm(1014.25, 1034.0, TWO_HOURS)


def test_a_trade_that_is_about_to_act_minds_everything() -> None:
    leaving = led(entered(), step(1, 1034))
    assert isinstance(leaving, ShadowTrade)
    assert shadow_calm(leaving, TERMS) == RESTLESS
    assert shadow_calm(replace(entered(), calm=None), TERMS) == RESTLESS


@pytest.mark.parametrize(
    ("low", "high", "minute", "holds"),
    [(11, 19, 9, True), (10, 19, 9, False), (11, 20, 9, False), (11, 19, 10, False)],
)
def test_calm_holds_strictly_inside(low: float, high: float, minute: int, holds: bool) -> None:
    candle = Candle(0, 15.0, high, low, 15.0, 1.0)
    assert ShadowCalm(10.0, 20.0, 10 * MINUTE).holds(candle, minute * MINUTE) is holds
    assert AT_PEACE.holds(candle, minute)
    assert not RESTLESS.holds(candle, minute)


def test_what_several_have_in_common_is_the_least_of_it() -> None:
    assert common_calm([]) == AT_PEACE
    calms = [ShadowCalm(1.0, 9.0, 50), ShadowCalm(-inf, 5.0, NEVER_MS), ShadowCalm(2.0, 7.0, 60)]
    assert common_calm(calms) == ShadowCalm(2.0, 5.0, 50)
    assert common_calm([*calms, RESTLESS]) == RESTLESS


def test_a_bar_wakes_whom_structure_or_belief_concern() -> None:
    waiting, held = shadow_by(a_plan()), entered()
    broken = CALM_VIEW._replace(close=1020.0)
    for shadow in (waiting, held):
        assert sleeps_through_bar(shadow, CALM_VIEW, None, TERMS)
        assert not sleeps_through_bar(shadow, broken, None, TERMS)
    assert sleeps_through_bar(waiting, CALM_VIEW, 0.6, TERMS)
    assert not sleeps_through_bar(held, CALM_VIEW, 0.6, TERMS)
    assert not sleeps_through_bar(waiting, None, None, TERMS)
    assert sleeps_through_bar(held, None, 0.6, TERMS)
    assert not sleeps_through_bar(replace(held, calm=None), CALM_VIEW, None, TERMS)


@st.composite
def restless_markets(draw: st.DrawFn) -> list[ShadowStep]:
    """Candles that drift a little each, with funding, bars and gaps between them."""
    steps, minute, price = [], 0, 1025.0
    for _ in range(draw(st.integers(1, 40))):
        minute += draw(st.sampled_from([1] * 19 + [2]))
        opened, price = price, price + draw(st.integers(-12, 12)) / 4
        high = max(opened, price) + draw(st.integers(0, 4)) / 4
        low = min(opened, price) - draw(st.integers(0, 4)) / 4
        view: StructureView | None = draw(ODD_VIEWS) if draw(st.booleans()) else CALM_VIEW
        confidence = draw(st.sampled_from([None, None, 0.9, 0.5]))
        rate = draw(st.sampled_from(["0"] * 9 + ["0.001"]))
        told = step(
            minute,
            opened,
            high,
            low,
            price,
            view=view,
            is_bar=minute % 5 == 4,
            confidence=confidence,
            rate=rate,
        )
        steps.append(told)
    return steps


terms_of = st.builds(
    ShadowTerms,
    st.builds(SetupRules, entry=st.sampled_from(EntryStyle)),
    st.just(TERMS.exits),
    st.sampled_from([TERMS.costs, COSTS]),
    st.just(TERMS.instrument),
)


@given(restless_markets(), terms_of, st.booleans(), st.sampled_from([None, 0.9]))
@example([step(1, 1025), step(2, 1025), step(3, 1025, is_bar=True)], TERMS, False, None)
def test_a_calm_candle_only_moves_a_shadow_on(
    steps: list[ShadowStep], terms: ShadowTerms, is_short: bool, confidence: float | None
) -> None:
    plan = a_plan(mirrored_setup(SETUP) if is_short else SETUP, confidence=confidence)
    shadow = shadow_by(plan)
    for one in map(flipped_step, steps) if is_short else steps:
        after = after_candle(shadow, one, terms)
        if is_calm(shadow, one, terms):
            close = terms.instrument.nearest_price(one.candle.close)
            assert after == moved_on(shadow, one.closed_at_ms, close)
        if not isinstance(after, ShadowTrade):
            return
        shadow = after


def is_calm(shadow: ShadowTrade, one: ShadowStep, terms: ShadowTerms) -> bool:
    """Whether candle and bar say that nothing can happen, where neither gap nor funding does."""
    if one.candle.open_time_ms != shadow.next_open_ms or one.funding_rate != Decimal(0):
        return False
    if not shadow_calm(shadow, terms).holds(one.candle, one.closed_at_ms):
        return False
    return not one.is_bar or sleeps_through_bar(shadow, one.view, one.confidence, terms)
