from decimal import Decimal

import pytest

from domain.exits.confidence_drop import confidence_drop, judged_anew, may_drop, with_score
from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.standing import Standing
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import ScoredConfidence
from tests.trade_samples import CLOSE_MS, MINUTE, a_plan, a_trade

RULES = ExitRules()
NOW = CLOSE_MS + 20 * MINUTE


def asked(
    now: float | None, *before: tuple[int, float], profit: str = "1", entry: float | None = None
) -> CloseAll | None:
    """Ask with the confidence now and earlier ones, each so many minutes old, oldest first."""
    scores = tuple(ScoredConfidence(NOW - age * MINUTE, confidence) for age, confidence in before)
    trade = a_trade(a_plan(confidence=entry), confidences=scores)
    return confidence_drop(trade, NOW, Standing(Decimal(profit), Decimal(20), Decimal(100), now), RULES)


@pytest.mark.parametrize(
    ("before", "now", "takes"),
    [(0.8, 0.64, True), (0.8, 0.65, False), (0.8, 0.0, True), (0.8, 0.9, False), (0.0, 0.0, False)],
)
def test_a_fall_by_a_fifth_takes_the_profit(before: float, now: float, takes: bool) -> None:
    assert (asked(now, (5, before)) is not None) is takes


@pytest.mark.parametrize(("profit", "takes"), [("0.01", True), ("0", False), ("-1", False)])
def test_only_a_net_profit_is_taken(profit: str, takes: bool) -> None:
    assert (asked(0.1, (5, 0.8), profit=profit) is not None) is takes


def test_it_compares_with_the_latest_score_that_is_five_minutes_old() -> None:
    assert asked(0.6, (10, 0.9), (5, 0.7), (0, 0.6)) is None
    assert asked(0.6, (10, 0.7), (5, 0.9), (0, 0.6)) is not None
    assert asked(0.6, (10, 0.9), (4, 0.6)) is not None


def test_before_any_score_is_old_enough_the_entrys_own_confidence_counts() -> None:
    assert asked(0.6, (4, 0.6), entry=0.8) is not None
    assert asked(0.6, (4, 0.6), entry=0.7) is None
    assert asked(0.6, (4, 0.6)) is None


def test_an_entry_younger_than_five_minutes_has_nothing_to_compare_with() -> None:
    trade = a_trade(a_plan(confidence=0.9))
    standing = Standing(Decimal(1), Decimal(20), Decimal(100), 0.1)
    early = CLOSE_MS + 5 * MINUTE - 1
    assert confidence_drop(trade, early, standing, RULES) is None
    assert confidence_drop(trade, early + 1, standing, RULES) is not None


def test_without_a_model_it_is_silent() -> None:
    assert asked(None, (5, 0.9)) is None


def test_it_names_itself_and_its_figures() -> None:
    assert asked(0.6, (5, 0.8), profit="5") == CloseAll(
        ExitReason.CONFIDENCE_DROP, "confidence fell from 0.80 to 0.60 at 0.25 R"
    )


def remembered(*minutes: int, rules: ExitRules = RULES) -> list[int]:
    """Score a trade at these minutes and tell which of them it still knows."""
    trade = a_trade()
    for minute in minutes:
        trade = with_score(trade, ScoredConfidence(minute * MINUTE, 0.9), rules)
    return [score.at_ms // MINUTE for score in trade.confidences]


def test_scores_are_remembered_until_a_younger_one_is_old_enough() -> None:
    assert remembered(0) == [0]
    assert remembered(0, 4) == [0, 4]
    assert remembered(0, 4, 5, 9, 10) == [5, 9, 10]


def test_after_a_hole_or_on_long_bars_the_score_before_is_still_known() -> None:
    assert remembered(0, 45) == [0, 45]
    assert remembered(0, 15, 30, 45) == [30, 45]


def test_a_longer_comparison_remembers_for_longer() -> None:
    rules = ExitRules(confidence_drop_over_ms=30 * MINUTE)
    assert remembered(*range(0, 60, 5), rules=rules) == [25, 30, 35, 40, 45, 50, 55]


@pytest.mark.parametrize(
    ("entry", "scores", "now", "may"),
    [
        (0.9, (), 0.9, False),
        (0.9, (), 0.7, True),
        (None, (0.9, 0.7), 0.7, True),
        (None, (0.8, 0.7), 0.7, False),
        (0.9, (0.9,), None, False),
    ],
)
def test_it_may_act_once_confidence_is_a_fifth_below_any_that_is_known(
    entry: float | None, scores: tuple[float, ...], now: float | None, may: bool
) -> None:
    known = tuple(ScoredConfidence(NOW - MINUTE, score) for score in scores)
    trade = a_trade(a_plan(confidence=entry), confidences=known)
    assert may_drop(trade, now, RULES) is may


def test_another_model_is_not_compared_with_the_one_before() -> None:
    trade = a_trade(a_plan(confidence=0.9), confidences=(ScoredConfidence(NOW - 5 * MINUTE, 0.9),))
    again = judged_anew(trade, 0.5)
    standing = Standing(Decimal(1), Decimal(20), Decimal(100), 0.5)
    assert confidence_drop(trade, NOW, standing, RULES) is not None
    assert confidence_drop(again, NOW, standing, RULES) is None
    assert not may_drop(judged_anew(a_trade(a_plan(confidence=None)), 0.5), 0.5, RULES)


def test_a_trade_whose_model_was_sent_away_has_nothing_to_compare_with() -> None:
    alone = judged_anew(a_trade(a_plan(confidence=0.9)), None)
    standing = Standing(Decimal(1), Decimal(20), Decimal(100), 0.1)
    assert confidence_drop(alone, NOW, standing, RULES) is None
