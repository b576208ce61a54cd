from decimal import Decimal

import pytest

from application.entry_review import EntryReview, PlannedEntry
from domain.learning.belief import Belief
from domain.market.trading_costs import TradingCosts
from domain.orders.order import OrderKind
from domain.orders.order_validator import OrderValidator
from domain.position.track_record import TrackRecord
from domain.refusal import Refusal, RefusalReason
from domain.risk.gate_limits import GateLimits
from domain.risk.leverage import LeverageRules
from domain.risk.portfolio import Portfolio
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.setup.setup import Setup
from domain.setup.setup_rules import EntryStyle
from tests.application.drill import BTC, SIZING, TEN_O_CLOCK, WALLET, Drill, instrument

NOTHING_OPEN = Portfolio(
    equity=WALLET,
    day_start_equity=WALLET,
    peak_equity=WALLET,
    exposures=(),
    losses_in_a_row=0,
    last_loss_at_ms=None,
    data_at_ms=TEN_O_CLOCK,
    is_reconciled=True,
)
NO_MODEL = Belief(None, "no_model")


def a_setup() -> Setup:
    drill = Drill()
    drill.offer()
    plan = drill.book().plan
    assert plan is not None
    return plan.setup


def reviewed(
    belief: Belief = NO_MODEL,
    style: EntryStyle = EntryStyle.POST_ONLY_LIMIT,
    portfolio: Portfolio = NOTHING_OPEN,
) -> PlannedEntry | Refusal:
    planner = TradePlanner(SIZING, LeverageRules(), TradingCosts(), may_explore=True)
    review = EntryReview(planner, RiskGate(GateLimits(), OrderValidator()), style)
    return review.review(
        a_setup(), belief, TrackRecord(), portfolio, instrument(BTC), Decimal("100.5"), TEN_O_CLOCK
    )


def test_an_entry_comes_with_its_plan_and_the_arithmetic_in_words() -> None:
    answer = reviewed()
    assert isinstance(answer, PlannedEntry)
    assert answer.approved.order.quantity == answer.plan.quantity == 10
    assert answer.plan.is_exploration
    assert answer.words.startswith("belief: no_model; equity 10000.00")


def test_a_belief_sizes_the_trade_and_names_its_source() -> None:
    answer = reviewed(Belief(0.6, "champion-7"))
    assert isinstance(answer, PlannedEntry)
    assert answer.plan.confidence == 0.6
    assert answer.plan.quantity == 2
    assert "belief: champion-7" in answer.words


@pytest.mark.parametrize(
    ("style", "kind", "price"),
    [
        (EntryStyle.POST_ONLY_LIMIT, OrderKind.POST_ONLY_LIMIT, Decimal(100)),
        (EntryStyle.MARKET, OrderKind.MARKET, None),
    ],
)
def test_the_style_decides_the_kind_of_order(
    style: EntryStyle, kind: OrderKind, price: Decimal | None
) -> None:
    answer = reviewed(style=style)
    assert isinstance(answer, PlannedEntry)
    assert (answer.approved.order.kind, answer.approved.order.price) == (kind, price)


def test_waiting_is_planned_at_the_makers_fee_and_taking_at_the_takers() -> None:
    waiting, taking = reviewed(), reviewed(style=EntryStyle.MARKET)
    assert isinstance(waiting, PlannedEntry)
    assert isinstance(taking, PlannedEntry)
    assert taking.plan.planned_loss - waiting.plan.planned_loss == 1000 * Decimal("0.0004")


def test_what_the_planner_refuses_never_meets_the_gate() -> None:
    answer = reviewed(Belief(0.5, "champion-7"), portfolio=NOTHING_OPEN._replace(is_reconciled=False))
    assert isinstance(answer, Refusal)
    assert answer.reason is RefusalReason.NO_EDGE


def test_what_the_gate_refuses_is_refused() -> None:
    answer = reviewed(portfolio=NOTHING_OPEN._replace(is_reconciled=False))
    assert isinstance(answer, Refusal)
    assert answer.reason is RefusalReason.BOOK_NOT_RECONCILED


def test_the_same_setup_is_reviewed_the_same_way() -> None:
    assert reviewed() == reviewed()
