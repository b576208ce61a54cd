from decimal import Decimal

import pytest

from domain.exits.exit_decision import Moment
from domain.exits.exit_rules import ThresholdUnit
from domain.exits.open_profit import open_profit
from domain.exits.standing import Standing, believed, standing_of
from domain.position.open_trade import ScoredConfidence
from tests.trade_samples import COSTS, a_plan, a_trade

MOMENT = Moment(0, Decimal(1034), None)


def test_a_trade_stands_at_its_net_profit_r_and_margin() -> None:
    trade = a_trade(fee="0.5")
    standing = standing_of(trade, MOMENT, COSTS)
    profit = open_profit(trade, Decimal(1034), COSTS)
    assert standing == Standing(profit, Decimal(20), Decimal(1024), None)


def test_the_latest_score_is_what_is_believed_and_before_any_the_entrys_own() -> None:
    plan = a_plan(confidence=0.6)
    scores = (ScoredConfidence(1, 0.7), ScoredConfidence(2, 0.9), ScoredConfidence(3, 0.8))
    assert standing_of(a_trade(plan), MOMENT, COSTS).confidence == 0.6
    assert standing_of(a_trade(plan, confidences=scores), MOMENT, COSTS).confidence == 0.8
    assert believed(a_trade(plan, confidences=scores)) == 0.8


def test_thresholds_count_in_r_or_in_percent_of_margin() -> None:
    standing = Standing(Decimal(0), Decimal(20), Decimal(500), None)
    assert standing.amount(Decimal("1.5"), ThresholdUnit.R) == 30
    assert standing.amount(Decimal("1.5"), ThresholdUnit.PERCENT_OF_MARGIN) == Decimal("7.5")


@pytest.mark.parametrize(("risk", "words"), [("20", "-1.50 R"), ("0", "-30.00")])
def test_profit_is_told_in_r_where_there_is_one(risk: str, words: str) -> None:
    assert Standing(Decimal(-30), Decimal(risk), Decimal(1), None).profit_in_words == words
