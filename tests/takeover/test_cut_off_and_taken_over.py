"""Wherever a session is cut off, the next one takes it over, and nothing that must always hold is broken."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from domain.orders.order import OrderPurpose
from domain.tape import OrderFilled, SessionEnding, SessionOpened, SessionResumed
from tests.takeover.cut_room import (
    LONGEST_BARE_MS,
    AfterWire,
    BeforeJournal,
    BeforeNote,
    BeforeWire,
    CancelBeforeWire,
    Cutter,
    Lives,
    lives,
)
from tests.virtual_time import run

TO_THE_TARGET = (
    *(60_300.0,) * 4,
    *(60_100.0, 59_900.0, 60_300.0, 60_600.0, 60_900.0, 61_300.0, 61_900.0),
    *(61_900.0,) * 8,
)
"""Down to an entry at 60,000, half taken home on the way up, the rest at the target."""
END_S = 15.9 * 60

ORDER, RESIDENT = "/fapi/v1/order", "/fapi/v1/algoOrder"


def before_wire(purpose: OrderPurpose, times: int = 1) -> Cutter:
    return Cutter(lambda thing: thing == BeforeWire(purpose), times)


def after_wire(path: str, times: int = 1) -> Cutter:
    return Cutter(lambda thing: thing == AfterWire("POST", path), times)


def before_a_fill_is_written(times: int) -> Cutter:
    return Cutter(
        lambda thing: isinstance(thing, BeforeJournal) and isinstance(thing.event, OrderFilled), times
    )


def before_what_a_fill_means_is_written(times: int) -> Cutter:
    return Cutter(lambda thing: isinstance(thing, BeforeNote) and isinstance(thing.event, OrderFilled), times)


MOMENTS = {
    "an entry was decided on, and never sent": lambda: before_wire(OrderPurpose.ENTRY),
    "an entry was sent, and not answered": lambda: after_wire(ORDER),
    "an entry filled, and nobody wrote that down": lambda: before_a_fill_is_written(1),
    "an entry filled, and nobody wrote down what to do": lambda: before_what_a_fill_means_is_written(1),
    "a stop was decided on, and never sent": lambda: before_wire(OrderPurpose.STOP),
    "a stop was sent, and not answered": lambda: after_wire(RESIDENT),
    "a target was sent, and not answered": lambda: after_wire(RESIDENT, 2),
    "an exit was decided on, and never sent": lambda: before_wire(OrderPurpose.EXIT),
    "an exit was sent, and not answered": lambda: after_wire(ORDER, 2),
    "an exit filled, and nobody wrote that down": lambda: before_a_fill_is_written(2),
    "a stop is to be replaced, and the new one was never sent": lambda: before_wire(OrderPurpose.STOP, 2),
    "a stop is replaced, and the new one was not answered": lambda: after_wire(RESIDENT, 3),
    "a stop is replaced, and the old one never taken away": lambda: Cutter(
        lambda thing: isinstance(thing, CancelBeforeWire)
    ),
    "the target filled, and nobody wrote that down": lambda: before_a_fill_is_written(3),
}


def check(lived: Lives, times: int) -> None:
    """Check everything that must hold after any session, however often it was cut off."""
    exchange, events = lived.venue.exchange, lived.events()
    assert not [one for one in exchange.positions() if one.amount]
    assert not exchange.open_orders(None)
    assert not exchange.open_stops(None)
    assert lived.desk.wallet == exchange.wallet().balance
    told = Counter(event.fill.fill_id for event in events if isinstance(event, OrderFilled))
    assert told == Counter(str(trade.trade_id) for trade in exchange.trades(None))
    trades = run(lived.store.trades)
    assert sum((trade.net_pnl for trade in trades), Decimal(10_000)) == exchange.wallet().balance
    assert lived.longest_bare_ms <= LONGEST_BARE_MS
    assert lived.most_entries <= 1
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(events))
    kinds = Counter(type(event) for event in events)
    assert (kinds[SessionOpened], kinds[SessionResumed], kinds[SessionEnding]) == (1, times, 1)
    recorded, desk = lived.replay()
    assert recorded.is_whole
    assert recorded.compared == lived.tally.events == len(events)
    assert desk.wallet == lived.desk.wallet


@pytest.mark.parametrize("down_s", [5.0, 130.0])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_session_that_was_cut_off_is_taken_over(moment: str, down_s: float, tmp_path: Path) -> None:
    cut = MOMENTS[moment]()
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], down_s, END_S))
    check(lived, 1)
