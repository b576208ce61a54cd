"""Exit 1: the position's risk capital is gone."""

from decimal import Decimal

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.standing import Standing
from domain.position.closed_trade import ExitReason


def forced_liquidation(standing: Standing, rules: ExitRules) -> CloseAll | None:
    """Leave when the loss reaches the smaller of the initial margin and 1.25 R; nothing suppresses it.

    So it also catches a resident stop that failed to act.
    """
    capital = risk_capital(standing, rules)
    if -standing.profit < capital:
        return None
    detail = f"loss {-standing.profit:.2f} of at most {capital:.2f}"
    return CloseAll(ExitReason.FORCED_LIQUIDATION, detail)


def risk_capital(standing: Standing, rules: ExitRules) -> Decimal:
    """Give the loss at which nothing may hold the position any longer."""
    return min(rules.forced_loss_of_margin * standing.margin, rules.forced_loss_in_r * standing.risk)
