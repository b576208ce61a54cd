"""Wherever a session is cut off, the next one takes it over, and nothing that must always hold is broken."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.binance.wire.order_requests import place
from adapters.binance.wire.outcome import Done
from adapters.venue.faults import FaultSwitch
from domain.halt import TradingHalt
from domain.market.direction import Side
from domain.orders.order import Order, OrderKind, OrderPurpose
from domain.tape import OrderFilled, SessionEnding, SessionOpened, SessionResumed
from tests.adapters.venue.house import SYMBOL
from tests.replay.live_room import Market
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

pytestmark = pytest.mark.timeout(120)

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
    earned = sum((trade.net_pnl for trade in trades), lived.tally.outside)
    assert Decimal(10_000) + earned == exchange.wallet().balance
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


def gets(path: str, times: int = 1) -> Cutter:
    return Cutter(lambda thing: thing == AfterWire("GET", path), times)


def test_a_takeover_that_is_cut_off_is_taken_over_too(tmp_path: Path) -> None:
    cuts = [
        after_wire(RESIDENT),
        gets("/fapi/v1/openOrders"),
        gets("/fapi/v3/positionRisk"),
        before_wire(OrderPurpose.EXIT),
        Cutter(lambda thing: isinstance(thing, BeforeJournal) and isinstance(thing.event, SessionResumed)),
        Cutter(lambda thing: isinstance(thing, BeforeNote) and isinstance(thing.event, SessionResumed)),
        before_a_fill_is_written(1),
    ]
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", cuts, 5.0, END_S))
    resumed = sum(isinstance(event, SessionResumed) for event in lived.events())
    check(lived, resumed)
    assert resumed == 3


HELD_FOR_HOURS = (*(60_300.0,) * 4, 60_100.0, 59_900.0, *(60_050.0, 60_060.0) * 90)
"""Down to an entry at 60,000, and then nowhere for three hours."""


def test_what_was_held_too_long_meanwhile_is_left_first_of_all(tmp_path: Path) -> None:
    cut, down_s = after_wire(RESIDENT, 2), 2.5 * 3_600
    lived = run(lambda: lives(HELD_FOR_HOURS, tmp_path / "journal", [cut], down_s, 170 * 60))
    check(lived, 1)
    [trade] = run(lived.store.trades)
    assert trade.exit_reason == "time_stop"
    resumed_ms = next(event.at_ms for event in lived.events() if isinstance(event, SessionResumed))
    assert 0 <= trade.closed_at_ms - resumed_ms <= 1_000


def test_the_limit_on_holding_counts_from_the_entry_of_before(tmp_path: Path) -> None:
    cut = after_wire(RESIDENT, 2)
    lived = run(lambda: lives(HELD_FOR_HOURS, tmp_path / "journal", [cut], 6_900.0, 130 * 60))
    check(lived, 1)
    [trade] = run(lived.store.trades)
    assert trade.exit_reason == "time_stop"
    held_ms = trade.closed_at_ms - trade.opened_at_ms
    assert 7_200_000 <= held_ms <= 7_205_000


TO_A_LOSS = (*(60_300.0,) * 4, 60_100.0, 59_900.0, 59_700.0, 58_500.0, *(58_500.0,) * 600)


def test_what_the_stop_closed_meanwhile_is_booked_as_it_happened(tmp_path: Path) -> None:
    """The price falls through the stop while nobody is there; the trade is told with its own time."""
    cut = after_wire(RESIDENT, 2)
    lived = run(lambda: lives(TO_A_LOSS, tmp_path / "journal", [cut], 3_600.0, 90 * 60))
    check(lived, 1)
    trades = run(lived.store.trades)
    assert trades[0].exit_reason == "stop"
    resumed_ms = next(event.at_ms for event in lived.events() if isinstance(event, SessionResumed))
    assert trades[0].closed_at_ms < resumed_ms - 3_000_000


def test_funding_of_the_time_in_between_is_booked_to_the_trade_it_was_paid_for(tmp_path: Path) -> None:
    """Nine hours without a word: funding at 08:00, then a stop."""
    prices = (*(60_300.0,) * 4, 60_100.0, 59_900.0, *(60_050.0, 60_060.0) * 240, 58_500.0, *(58_500.0,) * 90)
    cut = after_wire(RESIDENT, 2)
    lived = run(lambda: lives(prices, tmp_path / "journal", [cut], 9 * 3_600.0, 560 * 60))
    check(lived, 1)
    [trade] = run(lived.store.trades)
    assert trade.exit_reason == "stop"
    assert trade.funding != 0


def test_a_tail_that_was_torn_is_cut_and_what_it_held_is_asked_for(tmp_path: Path) -> None:
    async def tear(_market: Market, path: Path) -> None:
        with path.open("ab") as journal:
            journal.write(bytes.fromhex("30000000 deadbeef 1592"))

    cut = before_a_fill_is_written(1)
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], 5.0, END_S, tear))
    check(lived, 1)


def test_a_position_that_somebody_closed_by_hand_meanwhile_halts_trading(tmp_path: Path) -> None:
    async def close_by_hand(market: Market, _path: Path) -> None:
        [held] = [one for one in market.venue.exchange.positions() if one.amount]
        order = Order("by-hand", SYMBOL, Side.SELL, OrderKind.MARKET, OrderPurpose.EXIT, held.amount)
        assert isinstance(await market.client.send(place(order)), Done)

    cut = after_wire(RESIDENT, 2)
    with pytest.raises(ExceptionGroup) as halted:
        run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], 5.0, END_S, close_by_hand))
    assert halted.group_contains(TradingHalt, match=r"SIMAUSDT 0 there, \S+ here", depth=2)


FAULTS = {
    "unknown_executed": 0.5,
    "unknown_not_executed": 0.5,
    "cut_after_execution": 0.5,
    "too_many_requests": 0.1,
    "stop_name_not_kept": 1.0,
    "foreign_liquidation": 1.0,
    "cut_before_execution": 0.5,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_takeover_at_a_venue_where_something_goes_wrong_ends_as_well(name: str, tmp_path: Path) -> None:
    async def strike(market: Market, _path: Path) -> None:
        now_ms = market.venue.now_ms()
        market.venue.faults.set(FaultSwitch(name, FAULTS[name], now_ms, now_ms + 30_000))

    cut = MOMENTS["an exit was sent, and not answered"]()
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], 10.0, END_S, strike))
    assert lived.venue.faults.struck[name]
    check(lived, 1)
