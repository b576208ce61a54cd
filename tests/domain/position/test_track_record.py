from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.position.closed_trade import ClosedTrade
from domain.position.track_record import TrackRecord
from tests.trade_records import TRADE


def trade(net_pnl: str | Decimal, closed_at_ms: int = 0) -> ClosedTrade:
    return replace(TRADE, net_pnl=Decimal(net_pnl), closed_at_ms=closed_at_ms)


def record_of(*net_pnls: str | Decimal) -> TrackRecord:
    record = TrackRecord()
    for at_ms, net_pnl in enumerate(net_pnls):
        record = record.after(trade(net_pnl, at_ms))
    return record


def test_nothing_was_traded_yet() -> None:
    assert TrackRecord() == TrackRecord(
        closed_trades=0, recent_wins=(), losses_in_a_row=0, last_loss_at_ms=None
    )


def test_a_trade_is_won_when_anything_is_left_of_it() -> None:
    assert record_of("0.00000001", "0", "-1").recent_wins == (True, False, False)


def test_losses_in_a_row_end_with_a_win_and_the_last_loss_is_remembered() -> None:
    assert record_of("1").last_loss_at_ms is None
    lost = record_of("-1", "1", "-1", "-1")
    assert (lost.losses_in_a_row, lost.last_loss_at_ms) == (2, 3)
    won = lost.after(trade("1", 9))
    assert (won.losses_in_a_row, won.last_loss_at_ms) == (0, 3)


@given(st.lists(st.decimals(-5, 5, places=2), max_size=70))
def test_the_last_fifty_are_kept_and_all_are_counted(net_pnls: list[Decimal]) -> None:
    record = record_of(*net_pnls)
    assert record.closed_trades == len(net_pnls)
    assert record.recent_wins == tuple(net_pnl > 0 for net_pnl in net_pnls[-50:])
