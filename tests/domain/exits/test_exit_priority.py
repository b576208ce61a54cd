from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exits.exit_decision import CloseAll, CloseHalf, ExitDecision, Moment, MoveStop
from domain.exits.exit_priority import decide_exit
from domain.exits.exit_rules import ExitRules
from domain.market.trading_costs import TradingCosts
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.structure.structure_view import StructureView
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
LATE = CLOSE_MS + 120 * MINUTE
BROKEN = VIEW._replace(close=1020.0, higher=VIEW.higher._replace(trend=-1))
TURNED = VIEW._replace(higher=VIEW.higher._replace(trend=-1))


def scored(now: float, before: float | None = None) -> OpenTrade:
    """A trade with a confidence ten minutes ago and one now."""
    first = ScoredConfidence(LATER - 10 * MINUTE, now if before is None else before)
    plan = a_plan(confidence=first.confidence)
    return a_trade(plan, confidences=(first, ScoredConfidence(LATER, now)))


def decided(
    price: str,
    view: StructureView | None = VIEW,
    at_ms: int = LATER,
    trade: OpenTrade | None = None,
    costs: TradingCosts = NO_COSTS,
) -> ExitDecision | None:
    moment = Moment(at_ms, Decimal(price), view)
    return decide_exit(trade or a_trade(), moment, RULES, costs, INSTRUMENT)


def reason(
    price: str, view: StructureView | None = VIEW, at_ms: int = LATER, trade: OpenTrade | None = None
) -> ExitReason | None:
    decision = decided(price, view, at_ms, trade)
    return None if decision is None else decision.reason


def test_a_trade_in_order_is_held() -> None:
    assert decided("1025") is None
    assert decided("1025", None) is None


def test_when_everything_speaks_at_once_the_order_is_that_of_the_design() -> None:
    doubted = scored(0.1, before=0.9)
    assert reason("1000", BROKEN, LATE, doubted) is ExitReason.FORCED_LIQUIDATION
    assert reason("1044", BROKEN, LATE, doubted) is ExitReason.TIME_STOP
    assert reason("1044", BROKEN, LATER, doubted) is ExitReason.CONFIDENCE_DROP
    assert reason("1044", BROKEN, LATER) is ExitReason.THESIS_INVALIDATED
    assert reason("1044", TURNED, LATER) is ExitReason.COUNTER_TREND
    assert reason("1044", VIEW, LATER) is ExitReason.PARTIAL_PROFIT
    assert reason("1044", VIEW, LATER, a_trade(is_half_closed=True)) is ExitReason.TRAILING_STOP


def test_each_exit_acts_in_its_own_way() -> None:
    assert isinstance(decided("1044"), CloseHalf)
    assert isinstance(decided("1044", trade=a_trade(is_half_closed=True)), MoveStop)
    assert isinstance(decided("1020", BROKEN), CloseAll)


def test_without_structure_the_other_exits_still_act() -> None:
    assert reason("1000", None) is ExitReason.FORCED_LIQUIDATION
    assert reason("1025", None, LATE) is ExitReason.TIME_STOP
    assert reason("1030", None, trade=scored(0.1, 0.9)) is ExitReason.CONFIDENCE_DROP
    assert reason("1044", None) is ExitReason.PARTIAL_PROFIT
    assert reason("1044", None, trade=a_trade(is_half_closed=True)) is None


def test_confidence_between_the_two_thresholds_stops_only_one_of_them() -> None:
    assert reason("1020", BROKEN, trade=scored(0.75)) is ExitReason.COUNTER_TREND
    assert reason("1020", BROKEN, trade=scored(0.69)) is ExitReason.THESIS_INVALIDATED
    assert reason("1020", BROKEN, trade=scored(0.80)) is None


EAGER = replace(RULES, smart_hold_confidence=0.6)


def at_the_pool(
    rules: ExitRules, view: StructureView, confidence: float, at_ms: int = LATER
) -> ExitReason | None:
    near = view._replace(pools_below=(VIEW.pools_below[0]._replace(level=1017.0),))
    moment = Moment(at_ms, Decimal(1017), near)
    decision = decide_exit(scored(confidence), moment, rules, NO_COSTS, INSTRUMENT)
    return None if decision is None else decision.reason


def test_smart_hold_suppresses_the_two_exits_on_structure_and_nothing_else() -> None:
    assert at_the_pool(RULES, BROKEN, 0.65) is ExitReason.THESIS_INVALIDATED
    assert at_the_pool(EAGER, BROKEN, 0.65) is None
    assert at_the_pool(RULES, TURNED, 0.65) is ExitReason.COUNTER_TREND
    assert at_the_pool(EAGER, TURNED, 0.65) is None
    assert at_the_pool(EAGER, BROKEN, 0.65, LATE) is ExitReason.TIME_STOP
    tight = replace(EAGER, forced_loss_of_margin=Decimal("0.01"))
    assert at_the_pool(tight, BROKEN, 0.65) is ExitReason.FORCED_LIQUIDATION


prices = st.integers(-120, 160).map(lambda n: Decimal(1024) + Decimal(n) / 4)


@given(
    prices,
    st.sampled_from([VIEW, BROKEN, TURNED]),
    st.sampled_from([LATER, LATE]),
    st.sampled_from([None, 0.3, 0.75, 0.9]),
    st.booleans(),
)
def test_the_mirrored_trade_does_the_mirrored_thing(
    price: Decimal, view: StructureView, at_ms: int, confidence: float | None, is_half_closed: bool
) -> None:
    trade = a_trade() if confidence is None else scored(confidence, before=0.9)
    trade = replace(trade, is_half_closed=is_half_closed)
    long = decided(str(price), view, at_ms, trade)
    short = decided(str(flipped(price)), mirrored(view), at_ms, mirrored_trade(trade))
    if isinstance(long, CloseHalf | MoveStop):
        long = long._replace(new_stop=flipped(long.new_stop))
    assert long == short


@given(prices, st.sampled_from([VIEW, BROKEN, TURNED]), st.booleans())
def test_no_decision_ever_loosens_the_stop_or_puts_it_beyond_the_price(
    price: Decimal, view: StructureView, is_half_closed: bool
) -> None:
    trade = a_trade(is_half_closed=is_half_closed, fee="0.5")
    decision = decided(str(price), view, trade=trade, costs=COSTS)
    if isinstance(decision, CloseHalf | MoveStop):
        assert trade.stop <= decision.new_stop < price


@pytest.mark.parametrize("trade", [a_trade(), scored(0.9), a_trade(is_half_closed=True)])
def test_the_two_unconditional_exits_ask_nobody(trade: OpenTrade) -> None:
    assert reason("1000", VIEW, LATER, trade) is ExitReason.FORCED_LIQUIDATION
    assert reason("1024", VIEW, LATE, trade) is ExitReason.TIME_STOP
