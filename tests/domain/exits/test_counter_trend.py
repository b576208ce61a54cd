from dataclasses import replace

import pytest

from domain.exits.counter_trend import counter_trend
from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.position.closed_trade import ExitReason
from tests.trade_samples import SETUP, VIEW, a_plan, a_trade, mirrored, mirrored_trade

RULES = ExitRules()


def asked(
    trend_at_entry: int, trend_now: int, confidence: float | None = None, *, is_short: bool = False
) -> CloseAll | None:
    trade = a_trade(a_plan(replace(SETUP, higher_trend=trend_at_entry)))
    view = VIEW._replace(higher=VIEW.higher._replace(trend=trend_now))
    if is_short:
        return counter_trend(mirrored_trade(trade), mirrored(view), confidence, RULES)
    return counter_trend(trade, view, confidence, RULES)


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize(
    ("before", "now", "leaves"),
    [
        (1, -1, True),
        (0, -1, True),
        (-1, -1, False),
        (1, 1, False),
        (1, 0, False),
        (0, 1, False),
        (-1, 1, False),
        (-1, 0, False),
        (0, 0, False),
    ],
)
def test_it_leaves_when_the_higher_trend_turned(before: int, now: int, leaves: bool, is_short: bool) -> None:
    assert (asked(before, now, is_short=is_short) is not None) is leaves


@pytest.mark.parametrize(
    ("confidence", "leaves"), [(None, True), (0.0, True), (0.799, True), (0.80, False), (1.0, False)]
)
def test_confidence_keeps_the_trade_and_without_a_model_structure_decides(
    confidence: float | None, leaves: bool
) -> None:
    assert (asked(1, -1, confidence) is not None) is leaves


def test_it_names_itself() -> None:
    assert asked(1, -1) == CloseAll(ExitReason.COUNTER_TREND, "the higher trend turned against the trade")
