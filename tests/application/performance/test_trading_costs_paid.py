from dataclasses import replace
from decimal import Decimal

import pytest

from application.performance.trading_costs_paid import CostsPaid, costs_paid
from tests.application.performance.sample_reports import a_trade, trades_of


def test_costs_are_what_lies_between_gross_and_net() -> None:
    paid = costs_paid(trades_of([1.0, -1.0, 0.5, -0.25]))
    assert (paid.fees, paid.funding) == (Decimal("1.6"), Decimal("0.4"))
    assert paid.net_r == pytest.approx(0.0625)
    assert paid.costs_r == pytest.approx(0.05)
    assert paid.gross_r == pytest.approx(0.1125)


def test_funding_that_was_received_is_no_cost() -> None:
    assert costs_paid([replace(a_trade(), funding=Decimal(2))]).funding == -2


def test_a_trade_that_gave_nothing_at_all_counts_nothing() -> None:
    assert costs_paid([a_trade(net_r=0.0)]).gross_r == 0.0


def test_nothing_was_paid_for_nothing() -> None:
    assert costs_paid([]) == CostsPaid(Decimal(0), Decimal(0), 0.0, 0.0)
