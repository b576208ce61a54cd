from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exits.exit_rules import ExitRules
from domain.learning.shadow_trade import (
    NeverEntered,
    ShadowStep,
    ShadowTerms,
    ShadowTrade,
    after_candle,
    shadow_by,
    shadow_of,
)
from domain.market.candle import Candle
from domain.market.instrument import Instrument
from domain.market.timeframe import HOUR_MS
from domain.position.closed_trade import ClosedTrade, ExitReason
from domain.refusal import Refusal, RefusalReason
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import StructureView
from tests.trade_samples import (
    CLOSE_MS,
    COSTS,
    INSTRUMENT,
    MINUTE,
    MIRROR,
    NO_COSTS,
    SETUP,
    VIEW,
    a_plan,
    mirrored,
    mirrored_setup,
)

TERMS = ShadowTerms(SetupRules(), ExitRules(), NO_COSTS, INSTRUMENT)
AT_MARKET = TERMS._replace(setup=SetupRules(entry=EntryStyle.MARKET))
CALM_VIEW = VIEW._replace(close=1030.0)

Ended = ShadowTrade | ClosedTrade | NeverEntered


def candle(minute: int, prices: tuple[float, float, float, float]) -> Candle:
    return Candle(CLOSE_MS + minute * MINUTE, *prices, 10.0)


def step(
    minute: int,
    *prices: float,
    view: StructureView | None = CALM_VIEW,
    is_bar: bool = False,
    confidence: float | None = None,
    rate: str = "0",
) -> ShadowStep:
    """A candle of open, high, low and close, or one that never moved."""
    opened, high, low, close = prices if len(prices) == 4 else prices * 4
    told = candle(minute, (opened, high, low, close))
    return ShadowStep(told, told.open_time_ms + MINUTE, view, is_bar, confidence, Decimal(rate))


def led(shadow: ShadowTrade, *steps: ShadowStep, terms: ShadowTerms = TERMS) -> Ended:
    for one in steps:
        after = after_candle(shadow, one, terms)
        if not isinstance(after, ShadowTrade):
            return after
        shadow = after
    return shadow


def entered(terms: ShadowTerms = TERMS, confidence: float | None = None) -> ShadowTrade:
    """A long of 2 at 1024, stop at 1014, target at 1044, R = 20, filled inside the first candle."""
    shadow = led(shadow_by(a_plan(confidence=confidence)), step(0, 1025, 1025, 1023, 1024), terms=terms)
    assert isinstance(shadow, ShadowTrade)
    assert shadow.trade is not None
    return shadow


def closed(after: Ended) -> tuple[tuple[ExitReason, ...], float, float, int]:
    assert isinstance(after, ClosedTrade)
    minute = (after.closed_at_ms - CLOSE_MS) // MINUTE
    return after.exit_reasons, float(after.exit_price), float(after.r_multiple), minute


def test_a_shadow_waits_until_its_limit_is_traded_through() -> None:
    waiting = led(shadow_by(a_plan()), step(0, 1025, 1026, 1024, 1025))
    assert isinstance(waiting, ShadowTrade)
    assert waiting.trade is None
    assert waiting.last_price == 1025
    trade = entered().trade
    assert trade is not None
    assert trade.position.entry_price == 1024
    assert trade.position.opened_at_ms == CLOSE_MS + MINUTE


def test_a_limit_that_the_open_jumped_over_fills_at_its_own_price() -> None:
    shadow = led(shadow_by(a_plan()), step(0, 1022, 1023, 1021, 1022))
    assert isinstance(shadow, ShadowTrade)
    assert shadow.trade is not None
    assert shadow.trade.position.entry_price == 1024
    assert shadow.trade.position.opened_at_ms == CLOSE_MS


def test_a_market_entry_fills_at_the_next_open() -> None:
    shadow = led(shadow_by(a_plan()), step(0, 1026), terms=AT_MARKET)
    assert isinstance(shadow, ShadowTrade)
    assert shadow.trade is not None
    assert shadow.trade.position.entry_price == 1026


def test_stop_and_target_in_one_candle_are_the_stop() -> None:
    after = led(entered(), step(1, 1024, 1050, 1010, 1030))
    assert closed(after) == ((ExitReason.STOP,), 1014, -1, 2)


def test_the_target_ends_the_trade_at_its_level() -> None:
    after = led(entered(), step(1, 1024, 1045, 1020, 1044))
    assert closed(after) == ((ExitReason.TARGET,), 1044, 2, 2)


@pytest.mark.parametrize(
    ("opened", "reason", "price"), [(1000.0, ExitReason.STOP, 1000), (1050.0, ExitReason.TARGET, 1050)]
)
def test_what_the_open_jumps_over_trades_at_the_open(opened: float, reason: ExitReason, price: int) -> None:
    after = led(entered(), step(1, opened))
    assert closed(after)[:2] == ((reason,), price)
    assert isinstance(after, ClosedTrade)
    assert after.closed_at_ms == CLOSE_MS + MINUTE


def test_the_candle_of_the_entry_may_stop_it_but_its_high_may_have_come_before() -> None:
    assert closed(led(shadow_by(a_plan()), step(0, 1025, 1026, 1013, 1020)))[0] == (ExitReason.STOP,)
    assert isinstance(led(shadow_by(a_plan()), step(0, 1025, 1050, 1023, 1030)), ShadowTrade)
    assert closed(led(shadow_by(a_plan()), step(0, 1025, 1050, 1023, 1044)))[0] == (ExitReason.TARGET,)


def test_an_open_that_jumps_over_entry_and_stop_enters_and_leaves_there() -> None:
    assert closed(led(shadow_by(a_plan()), step(0, 1000)))[:2] == ((ExitReason.STOP,), 1000)


def test_after_two_hours_it_is_left_at_the_next_open() -> None:
    steps = [step(minute, 1026) for minute in range(1, 123)]
    after = led(entered(), *steps)
    assert closed(after)[0] == (ExitReason.TIME_STOP,)
    assert isinstance(after, ClosedTrade)
    assert after.closed_at_ms - after.opened_at_ms == 2 * HOUR_MS


def test_after_a_gap_the_exits_are_asked_at_the_open_first() -> None:
    after = led(entered(), step(180, 1026))
    assert closed(after)[0] == (ExitReason.TIME_STOP,)
    assert isinstance(after, ClosedTrade)
    assert after.closed_at_ms == CLOSE_MS + 180 * MINUTE
    assert isinstance(led(shadow_by(a_plan()), step(5, 1026)), ShadowTrade)


def test_half_is_taken_at_one_r_and_the_rest_breaks_even() -> None:
    halved = led(entered(), step(1, 1024, 1034, 1024, 1034), step(2, 1034))
    assert isinstance(halved, ShadowTrade)
    assert halved.trade is not None
    assert halved.trade.is_half_closed
    assert (float(halved.trade.stop), float(halved.trade.position.quantity)) == (1024, 1)
    after = led(halved, step(3, 1034, 1034, 1020, 1021))
    assert closed(after)[:3] == (
        (ExitReason.PARTIAL_PROFIT, ExitReason.BREAK_EVEN_STOP),
        1029,
        0.5,
    )


def test_half_taken_behind_a_stop_that_is_tighter_already_keeps_its_name() -> None:
    shadow = entered()
    assert shadow.trade is not None
    tight = replace(
        shadow, trade=replace(shadow.trade, stop=Decimal(1030)), stop_reason=ExitReason.TRAILING_STOP
    )
    after = led(tight, step(1, 1034), step(2, 1034), step(3, 1029))
    assert closed(after)[0] == (ExitReason.PARTIAL_PROFIT, ExitReason.TRAILING_STOP)


def test_where_half_is_too_small_the_stop_moves_to_break_even() -> None:
    coarse = TERMS._replace(instrument=replace(INSTRUMENT, min_quantity=Decimal("1.5")))
    moved = led(entered(), step(1, 1034), terms=coarse)
    assert isinstance(moved, ShadowTrade)
    assert moved.stop_reason is ExitReason.BREAK_EVEN_STOP
    assert moved.leaving is None
    assert closed(led(moved, step(2, 1020), terms=coarse))[0] == (ExitReason.BREAK_EVEN_STOP,)


def test_a_stop_that_trails_says_so() -> None:
    view = CALM_VIEW._replace(bullish_gap=VIEW.bullish_gap and VIEW.bullish_gap._replace(bottom=1036.0))
    rules = TERMS._replace(exits=ExitRules(partial_profit_at=Decimal(9)))
    trailed = led(entered(rules), step(1, 1040, view=view), terms=rules)
    assert isinstance(trailed, ShadowTrade)
    assert trailed.trade is not None
    assert trailed.trade.stop == 1034
    assert closed(led(trailed, step(2, 1033), terms=rules))[0] == (ExitReason.TRAILING_STOP,)


def test_structure_ends_it_when_the_zone_is_closed_through() -> None:
    broken = VIEW._replace(close=1020.0)
    after = led(entered(), step(1, 1020, view=broken, is_bar=True), step(2, 1019, view=broken))
    assert closed(after)[:2] == ((ExitReason.THESIS_INVALIDATED,), 1019)


def test_belief_is_scored_at_base_bars_and_a_fall_of_it_takes_the_profit() -> None:
    terms = TERMS._replace(exits=ExitRules(confidence_drop_over_ms=MINUTE))
    shadow = led(
        entered(terms, confidence=0.9),
        step(1, 1026, is_bar=True, confidence=0.9),
        step(2, 1026, confidence=0.1),
        terms=terms,
    )
    assert isinstance(shadow, ShadowTrade)
    assert shadow.trade is not None
    assert [score.confidence for score in shadow.trade.confidences] == [0.9]
    assert shadow.leaving is None
    fallen = led(shadow, step(3, 1026, is_bar=True, confidence=0.5), step(4, 1027), terms=terms)
    assert closed(fallen)[:2] == ((ExitReason.CONFIDENCE_DROP,), 1027)


def test_without_a_view_no_belief_is_scored() -> None:
    shadow = led(entered(), step(1, 1026, view=None, is_bar=True, confidence=0.5))
    assert isinstance(shadow, ShadowTrade)
    assert shadow.trade is not None
    assert shadow.trade.confidences == ()


def test_an_entry_is_withdrawn_when_the_setup_is_spoiled() -> None:
    ran = CALM_VIEW._replace(close=1044.0)
    after = led(shadow_by(a_plan()), step(0, 1026, view=ran), step(1, 1030, view=ran, is_bar=True))
    assert after == NeverEntered(CLOSE_MS + 2 * MINUTE, "price ran to the target without us")
    lost = led(shadow_by(a_plan()), step(0, 1030, view=None, is_bar=True))
    assert lost == NeverEntered(CLOSE_MS + MINUTE, "the structure is not known any more")
    assert isinstance(led(shadow_by(a_plan()), step(0, 1030, is_bar=True)), ShadowTrade)


def test_funding_is_paid_at_the_last_price_by_who_holds() -> None:
    paid = led(entered(), step(1, 1026, rate="0.001"))
    assert isinstance(paid, ShadowTrade)
    assert paid.trade is not None
    assert paid.trade.position.funding == Decimal("-2.048")
    assert isinstance(led(shadow_by(a_plan()), step(0, 1030, rate="0.001")), ShadowTrade)


def test_all_costs_are_in_the_result() -> None:
    terms = TERMS._replace(costs=COSTS)
    after = led(entered(terms), step(1, 1024, 1045, 1020, 1044, rate="0.001"), terms=terms)
    assert isinstance(after, ClosedTrade)
    assert after.exit_price == Decimal("1043.75")
    assert after.fees == Decimal("0.4096") + Decimal("1.04375")
    assert after.net_pnl == Decimal("39.5") - after.fees - Decimal("2.048")


def test_calm_spares_the_exits_and_changes_nothing() -> None:
    calm = entered().calm
    assert calm is not None
    for minute in range(1, 4):
        spared = led(entered(), *(step(one, 1025) for one in range(1, minute + 1)))
        assert isinstance(spared, ShadowTrade)
        assert spared.calm == calm
    kept = led(entered(), step(1, 1025, is_bar=True))
    assert isinstance(kept, ShadowTrade)
    assert kept.calm == calm


prices = st.integers(4020, 4180).map(lambda ticks: ticks / 4)


@st.composite
def walks(draw: st.DrawFn) -> list[ShadowStep]:
    found = []
    for minute in range(draw(st.integers(1, 30))):
        opened, close, one, other = (draw(prices) for _ in range(4))
        low, high = min(opened, close, one, other), max(opened, close, one, other)
        found.append(step(minute, opened, high, low, close, is_bar=minute % 5 == 4))
    return found


def flipped_step(one: ShadowStep) -> ShadowStep:
    told = one.candle
    opened, high, low, close = (
        2.0 * MIRROR - price for price in (told.open, told.low, told.high, told.close)
    )
    upside_down = told._replace(open=opened, high=high, low=low, close=close)
    return one._replace(candle=upside_down, view=None if one.view is None else mirrored(one.view))


@given(walks(), st.booleans())
def test_a_short_on_the_mirrored_chart_ends_alike(steps: list[ShadowStep], is_market: bool) -> None:
    terms = AT_MARKET if is_market else TERMS
    long = led(shadow_by(a_plan()), *steps, terms=terms)
    short = led(shadow_by(a_plan(mirrored_setup(SETUP))), *map(flipped_step, steps), terms=terms)
    assert type(short) is type(long)
    if isinstance(long, ClosedTrade) and isinstance(short, ClosedTrade):
        assert (short.r_multiple, short.exit_reasons) == (long.r_multiple, long.exit_reasons)
        assert short.closed_at_ms == long.closed_at_ms


def test_a_shadow_of_a_setup_has_a_size_of_its_own_and_no_leverage() -> None:
    shadow = shadow_of(SETUP, TERMS)
    assert isinstance(shadow, ShadowTrade)
    plan = shadow.plan
    assert plan.quantity == Decimal("9.765")
    assert (plan.leverage, plan.initial_margin) == (1, Decimal("9.765") * 1024)
    assert plan.planned_loss == Decimal("97.65")
    assert plan.is_exploration
    believed = shadow_of(SETUP, TERMS, confidence=0.7)
    assert isinstance(believed, ShadowTrade)
    assert (believed.plan.confidence, believed.plan.is_exploration) == (0.7, False)
    at_market = shadow_of(SETUP, AT_MARKET._replace(costs=COSTS))
    waiting = shadow_of(SETUP, TERMS._replace(costs=COSTS))
    assert isinstance(at_market, ShadowTrade)
    assert isinstance(waiting, ShadowTrade)
    assert at_market.plan.planned_loss > waiting.plan.planned_loss


def test_its_half_is_never_too_small() -> None:
    coarse = TERMS._replace(instrument=replace(INSTRUMENT, min_quantity=Decimal(50)))
    shadow = shadow_of(SETUP, coarse)
    assert isinstance(shadow, ShadowTrade)
    assert shadow.plan.quantity == 100


@pytest.mark.parametrize(
    "grid",
    [
        replace(INSTRUMENT, max_quantity=Decimal("0.0001")),
        replace(INSTRUMENT, max_quantity=Decimal("0.001"), min_notional=Decimal(2000)),
    ],
)
def test_what_the_venue_would_not_take_has_no_shadow(grid: Instrument) -> None:
    refused = shadow_of(SETUP, TERMS._replace(instrument=grid))
    assert isinstance(refused, Refusal)
    assert refused.reason is RefusalReason.TOO_SMALL
