from decimal import Decimal

import pytest

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.forced_liquidation import forced_liquidation, risk_capital
from domain.exits.standing import Standing
from domain.position.closed_trade import ExitReason

RULES = ExitRules()


def at(profit: str, risk: str = "20", margin: str = "100") -> CloseAll | None:
    return forced_liquidation(Standing(Decimal(profit), Decimal(risk), Decimal(margin), 0.99), RULES)


@pytest.mark.parametrize(
    ("profit", "risk", "margin", "leaves"),
    [
        ("-25", "20", "100", True),
        ("-24.99", "20", "100", False),
        ("-10", "20", "10", True),
        ("-9.99", "20", "10", False),
        ("25", "20", "100", False),
        ("0", "20", "100", False),
    ],
)
def test_the_loss_reaches_the_smaller_of_margin_and_a_quarter_more_than_r(
    profit: str, risk: str, margin: str, leaves: bool
) -> None:
    assert (at(profit, risk, margin) is not None) is leaves


def test_it_names_itself_and_its_figures() -> None:
    assert at("-30") == CloseAll(ExitReason.FORCED_LIQUIDATION, "loss 30.00 of at most 25.00")


def test_the_shares_are_settings() -> None:
    strict = ExitRules(forced_loss_of_margin=Decimal("0.5"), forced_loss_in_r=Decimal(2))
    standing = Standing(Decimal(-30), Decimal(20), Decimal(60), None)
    assert forced_liquidation(standing, strict) is not None
    assert forced_liquidation(standing._replace(margin=Decimal(61)), strict) is None


def test_the_loss_it_names_is_the_risk_capital() -> None:
    assert risk_capital(Standing(Decimal(0), Decimal(20), Decimal(100), None), RULES) == 25
    assert risk_capital(Standing(Decimal(0), Decimal(20), Decimal(10), None), RULES) == 10
