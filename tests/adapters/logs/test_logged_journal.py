"""What of a session is written into the log."""

import io
from decimal import Decimal

import pytest
from hypothesis import given

from adapters.logs.log import open_log
from adapters.logs.logged_journal import LoggedJournal
from adapters.memory.journal import MemoryJournal
from adapters.system.clock import TapeClock
from application.ports.journal import JournalFailed
from domain.connection_events import AccountCompared, ConnectionChanged, TimePassed
from domain.market.direction import Side
from domain.orders.fill import Fill
from domain.orders.order_events import OrderFilled, OrderRejected
from domain.tape import Event, PriceMoved
from tests.tape_events import ANY_EVENT

FILL = Fill(
    fill_id="f1",
    order_id="s1-entry",
    symbol="BTCUSDT",
    side=Side.BUY,
    price=Decimal("1E+2"),
    quantity=Decimal("0.1"),
    fee=Decimal("0.01"),
    realized_pnl=Decimal(0),
    is_maker=True,
    is_last=True,
    at_ms=5,
)


def lines_of(*events: Event, level: str = "warning") -> list[str]:
    stream = io.StringIO()
    journal = LoggedJournal(MemoryJournal({}), open_log(TapeClock(0), level=level, stream=stream))
    for event in events:
        journal.record(event)
    return [line.partition("event=")[2] for line in stream.getvalue().splitlines()]


def test_a_lost_connection_is_a_warning_and_so_is_its_return() -> None:
    first, lost, back = (ConnectionChanged(at_ms, "klines", at_ms != 2) for at_ms in (1, 2, 3))
    assert lines_of(first, lost, back) == [
        '"connection lost" feed=klines',
        '"connection is back" feed=klines',
    ]
    assert lines_of(first, level="info") == ["connected feed=klines"]


def test_a_feed_that_never_stood_is_not_lost() -> None:
    down, up = (ConnectionChanged(1, "klines", is_up) for is_up in (False, True))
    assert not lines_of(down, up)
    assert lines_of(down, up, level="info") == ['"not connected yet" feed=klines', "connected feed=klines"]
    assert lines_of(down, up, down) == ['"connection lost" feed=klines']


def test_a_feed_that_stays_lost_is_told_until_it_is_back() -> None:
    up, down = (ConnectionChanged(1, "klines", is_up) for is_up in (True, False))
    assert lines_of(up, down, down, up, up) == [
        '"connection lost" feed=klines',
        '"connection lost" feed=klines',
        '"connection is back" feed=klines',
    ]


def test_a_refused_order_is_a_warning_with_the_venue_s_reason() -> None:
    rejected = OrderRejected(7, "BTCUSDT", "s1-entry", "Margin is insufficient.", may_retry=False)
    (line,) = lines_of(rejected)
    assert line == (
        '"order rejected" symbol=BTCUSDT order_id=s1-entry reason="Margin is insufficient." may_retry=false'
    )


def test_a_fill_is_told_with_its_own_figures() -> None:
    (line,) = lines_of(OrderFilled(5, "BTCUSDT", FILL), level="info")
    assert "price=100 quantity=0.1 fee=0.01" in line
    assert "order_id=s1-entry symbol=BTCUSDT side=buy" in line


def test_prices_and_the_passing_of_time_are_never_written() -> None:
    assert not lines_of(PriceMoved(1, "BTCUSDT", 1.0), TimePassed(2), level="debug")


def test_comparisons_are_for_those_who_look_closely() -> None:
    compared = AccountCompared(1, Decimal(5), (), ("a",), 0)
    assert not lines_of(compared, level="info")
    assert len(lines_of(compared, level="debug")) == 1


def test_what_the_journal_could_not_keep_is_not_told() -> None:
    class FullDisk(MemoryJournal):
        def record(self, event: Event) -> None:
            raise JournalFailed(f"no room for {type(event).__name__}")

    stream = io.StringIO()
    journal = LoggedJournal(FullDisk({}), open_log(TapeClock(0), level="debug", stream=stream))
    with pytest.raises(JournalFailed):
        journal.record(ConnectionChanged(1, "klines", is_up=False))
    assert not stream.getvalue()


@given(ANY_EVENT)
def test_any_event_is_handed_on_and_told_in_one_line_at_most(event: Event) -> None:
    kept, stream = MemoryJournal({}), io.StringIO()
    journal = LoggedJournal(kept, open_log(TapeClock(0), level="debug", stream=stream))
    journal.record(event)
    journal.note(b"{}")
    assert [(entry.event, entry.decision) for entry in kept.entries()] == [(event, b"{}")]
    assert len(stream.getvalue().splitlines()) <= 1
    assert journal.is_kept is kept.is_kept
