from decimal import Decimal

import pytest

from application.decision import EquityMark
from application.session_report import build_report, max_drawdown
from application.session_tally import SessionTally
from domain.halt import TradingHalt
from tests.application.sample_trades import LOST, WON, refusal

START = Decimal(1000)
NET = WON.net_pnl + LOST.net_pnl


def marks(*equities: int) -> list[EquityMark]:
    return [EquityMark(at_ms, Decimal(equity), Decimal(equity)) for at_ms, equity in enumerate(equities)]


def test_totals_add_up_to_the_last_digit() -> None:
    report = build_report(SessionTally(), [WON, LOST], [], START, START + NET)
    assert report.totals.net_pnl == NET == report.totals.end_wallet - report.totals.start_wallet
    assert report.totals.gross_pnl - report.totals.fees + report.totals.funding == NET
    assert (report.totals.trades, report.totals.wins) == (2, 1)


def test_trades_that_do_not_explain_the_wallet_halt() -> None:
    with pytest.raises(TradingHalt, match="wallet moved by"):
        build_report(SessionTally(), [WON, LOST], [], START, START + NET + Decimal("0.00000001"))


def test_what_moved_the_wallet_beside_trading_is_told_apart() -> None:
    tally = SessionTally(outside=Decimal(-12))
    report = build_report(tally, [WON, LOST], [], START, START + NET - 12)
    assert (report.totals.net_pnl, report.totals.outside) == (NET, Decimal(-12))
    with pytest.raises(TradingHalt, match="-12 outside"):
        build_report(tally, [WON, LOST], [], START, START + NET)


def test_groups_split_the_same_trades() -> None:
    report = build_report(SessionTally(), [WON, LOST, LOST], [], START, START + NET + LOST.net_pnl)
    assert [(group.name, group.trades) for group in report.by_symbol] == [("BTCUSDT", 1), ("ETHUSDT", 2)]
    assert [(group.name, group.wins) for group in report.by_exit] == [("stop", 0), ("target", 1)]
    assert [group.name for group in report.by_setup] == [
        "order_block_return long",
        "order_block_return short",
    ]
    assert sum(group.net_pnl for group in report.by_exit) == report.totals.net_pnl
    assert report.by_exit[0].mean_r == Decimal("-1.0500")


def test_refusals_are_counted_by_reason_most_frequent_first() -> None:
    told = [refusal(1, "no_edge"), refusal(2, "drawdown"), refusal(3, "drawdown")]
    entry = told[0]._replace(kind="entry")
    report = build_report(SessionTally(), [], [*told, entry], START, START)
    assert list(report.refusals.items()) == [("drawdown", 2), ("no_edge", 1)]
    assert report.totals.refusals == 3


def test_a_session_without_trades_has_a_report() -> None:
    report = build_report(SessionTally(), [], [], START, START)
    assert report.totals.mean_r == 0
    assert report.by_exit == ()


def test_drawdown_is_measured_from_the_highest_peak_before() -> None:
    assert max_drawdown(marks(100, 120, 90, 130, 110)) == Decimal("0.25")


def test_no_fall_is_no_drawdown() -> None:
    assert max_drawdown(marks(1, 2, 3)) == 0
    assert max_drawdown([]) == 0


def test_a_worthless_account_has_no_peak_to_fall_from() -> None:
    assert max_drawdown(marks(0, 0)) == 0


def test_every_piece_that_was_closed_is_counted() -> None:
    report = build_report(SessionTally(), [WON, LOST, LOST], [], START, START + NET + LOST.net_pnl)
    assert list(report.exits.items()) == [("stop", 2), ("partial_profit", 1), ("target", 1)]
