"""A session's report as a person reads it."""

from decimal import Decimal

import pytest

from adapters.terminal.session_tables import print_tables, session_tables
from application.session_report import build_report
from application.session_tally import SessionTally
from tests.application.sample_trades import LOST, WON, refusal

START = Decimal(1000)
NET = WON.net_pnl + LOST.net_pnl


def test_every_table_with_something_in_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tally = SessionTally(outside=Decimal("-12.5"))
    trades, refusals = [WON, LOST], [refusal(1, "drawdown")]
    report = build_report(tally, trades, refusals, START, START + NET + Decimal("-12.5"))
    print_tables(session_tables(report))
    told = " ".join(capsys.readouterr().out.split())
    for title in ("totals", "by symbol", "by exit", "by setup", "every exit", "setups refused, by reason"):
        assert title in told
    assert "beside trading" in told
    assert "-12.50" in told


def test_a_table_that_would_be_empty_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables(session_tables(build_report(SessionTally(), [], [], START, START)))
    told = " ".join(capsys.readouterr().out.split())
    assert "setups refused" in told
    for title in ("by symbol", "by exit", "by setup", "every exit", "by reason", "beside trading"):
        assert title not in told
