from dataclasses import replace
from decimal import Decimal

import pytest

from domain.market.leverage_bracket import LeverageBracket
from domain.market.trading_costs import TradingCosts
from domain.position.track_record import TrackRecord
from domain.refusal import Refusal, RefusalReason
from domain.risk.leverage import LeverageRules
from domain.risk.planned_loss import planned_loss
from domain.risk.position_sizer import SizingRules
from domain.risk.trade_planner import PlannedTrade, TradePlanner
from tests.trade_samples import INSTRUMENT, SETUP, mirrored_setup

COSTS = TradingCosts()
EXPLORER = TradePlanner(SizingRules(), LeverageRules(), COSTS, may_explore=True)
STRICT = TradePlanner(SizingRules(), LeverageRules(), COSTS, may_explore=False)
EQUITY = Decimal(10_240)
NEW = TrackRecord()
SEASONED = TrackRecord(closed_trades=60, recent_wins=(True,) * 35 + (False,) * 15)


def planned(
    confidence: float | None,
    planner: TradePlanner = EXPLORER,
    record: TrackRecord = NEW,
    *,
    is_maker: bool = True,
) -> PlannedTrade:
    answer = planner.plan(SETUP, confidence, EQUITY, record, INSTRUMENT, is_maker_entry=is_maker)
    assert isinstance(answer, PlannedTrade)
    return answer


def refusal(
    confidence: float | None, planner: TradePlanner = EXPLORER, equity: Decimal = EQUITY
) -> RefusalReason:
    answer = planner.plan(SETUP, confidence, equity, NEW, INSTRUMENT, is_maker_entry=True)
    assert isinstance(answer, Refusal)
    return answer.reason


def test_without_a_confidence_the_trade_explores_at_a_quarter() -> None:
    plan, sizing, leverage = planned(None)
    assert plan.is_exploration
    assert plan.confidence is None
    assert plan.kelly_multiplier == 0.25
    assert (plan.quantity, plan.leverage) == (Decimal("0.125"), 1)
    assert plan.initial_margin == sizing.margin == 128
    assert leverage.times == 1
    assert plan.setup is SETUP


def test_with_a_confidence_kelly_decides_and_it_is_no_exploration() -> None:
    plan, _, leverage = planned(0.75, STRICT, SEASONED)
    assert not plan.is_exploration
    assert (plan.confidence, plan.kelly_multiplier) == (0.75, 1.0)
    assert plan.leverage == leverage.times == 11
    assert plan.quantity == 5


@pytest.mark.parametrize("is_maker", [True, False])
def test_the_planned_loss_knows_how_the_entry_pays(is_maker: bool) -> None:
    plan = planned(None, is_maker=is_maker).plan
    assert plan.planned_loss == planned_loss(
        SETUP.entry, SETUP.stop, plan.quantity, COSTS, is_maker_entry=is_maker
    )


def test_exploration_may_be_off() -> None:
    answer = STRICT.plan(SETUP, None, EQUITY, NEW, INSTRUMENT, is_maker_entry=True)
    assert answer == Refusal(
        RefusalReason.EXPLORATION_OFF, "no model has proven itself and exploration is off"
    )


def test_no_edge_and_too_small_are_told() -> None:
    assert refusal(0.5) is RefusalReason.NO_EDGE
    assert refusal(None, equity=Decimal(100)) is RefusalReason.TOO_SMALL


def test_liquidation_too_near_is_told() -> None:
    harsh = (LeverageBracket(Decimal(0), Decimal("Infinity"), 20, Decimal("0.985"), Decimal(0)),)
    answer = EXPLORER.plan(
        mirrored_setup(SETUP), None, EQUITY, NEW, replace(INSTRUMENT, brackets=harsh), is_maker_entry=True
    )
    assert isinstance(answer, Refusal)
    assert answer.reason is RefusalReason.LIQUIDATION_TOO_NEAR


def test_size_and_leverage_are_told_together() -> None:
    answer = planned(None)
    r = f"R = {answer.plan.planned_loss:.2f}"
    assert answer.in_words() == f"{answer.sizing.in_words()}; {answer.leverage.in_words()}; {r}"
