from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.position.open_trade import OpenTrade
from domain.risk.cross_margin_guard import CrossMarginRules, worst_loser
from tests.trade_samples import SETUP, a_plan, a_trade, mirrored_setup

RULES = CrossMarginRules()
NOW = 1_000_000


def trade(symbol: str, quantity: str = "1", *, is_short: bool = False) -> OpenTrade:
    setup = replace(mirrored_setup(SETUP) if is_short else SETUP, symbol=symbol)
    return a_trade(a_plan(setup, quantity=quantity, leverage=2))


HELD = [(trade("A"), Decimal(1030)), (trade("B"), Decimal(1000)), (trade("C", is_short=True), Decimal(1010))]
MARGIN = Decimal(3 * 512)


def named(equity: Decimal, last_closed_at_ms: int | None = None) -> str | None:
    return worst_loser(HELD, equity, last_closed_at_ms, NOW, RULES)


def test_the_worst_loser_is_named_when_margin_is_over_its_share_of_equity() -> None:
    assert named(Decimal(1500)) == "B"


def test_exactly_the_share_is_allowed() -> None:
    edge = MARGIN / Decimal("0.85")
    assert named(edge + Decimal("0.01")) is None
    assert named(edge - Decimal("0.01")) == "B"
    assert (
        worst_loser(HELD[:1], Decimal(640), None, NOW, replace(RULES, max_margin_fraction=Decimal("0.8")))
        is None
    )


@pytest.mark.parametrize(("ago_ms", "name"), [(0, None), (119_999, None), (120_000, "B"), (500_000, "B")])
def test_it_acts_once_in_two_minutes(ago_ms: int, name: str | None) -> None:
    assert named(Decimal(1500), NOW - ago_ms) == name


def test_the_loss_is_counted_in_money_not_in_price() -> None:
    held = [(trade("A", "3"), Decimal(1020)), (trade("B"), Decimal(1014))]
    assert worst_loser(held, Decimal(100), None, NOW, RULES) == "A"


def test_where_nobody_loses_the_smallest_profit_goes() -> None:
    held = [(trade("A"), Decimal(1040)), (trade("B"), Decimal(1030))]
    assert worst_loser(held, Decimal(100), None, NOW, RULES) == "B"


def test_equal_losers_go_by_name() -> None:
    held = [(trade("B"), Decimal(1000)), (trade("A"), Decimal(1000))]
    assert worst_loser(held, Decimal(100), None, NOW, RULES) == "A"


def test_without_positions_nothing_is_closed_even_without_equity() -> None:
    assert worst_loser([], Decimal(-1), None, NOW, RULES) is None


@pytest.mark.parametrize(
    "change",
    [{"max_margin_fraction": Decimal(0)}, {"max_margin_fraction": Decimal("1.01")}, {"pause_ms": -1}],
)
def test_absurd_numbers_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(RULES, **change)


def test_the_defaults_are_those_of_the_design_and_the_ends_are_allowed() -> None:
    assert CrossMarginRules(Decimal("0.85"), 120_000) == RULES
    assert CrossMarginRules(Decimal(1), 0).pause_ms == 0
