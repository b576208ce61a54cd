"""What the venue did while nobody was there, told and booked by the session that takes over."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.venue.faults import FaultSwitch
from domain.tape import SessionResumed
from tests.replay.live_room import Market
from tests.takeover.cut_room import LONGEST_BARE_MS, lives
from tests.takeover.test_cut_off_and_taken_over import (
    END_S,
    MOMENTS,
    RESIDENT,
    TO_A_LOSS,
    TO_THE_TARGET,
    after_wire,
    before_a_fill_is_written,
    check,
)
from tests.virtual_time import run

pytestmark = pytest.mark.timeout(120)


def test_a_position_that_came_and_went_meanwhile_is_booked_whole(tmp_path: Path) -> None:
    """An entry fills and its position is liquidated minutes before anybody looks: both are flat then."""

    async def liquidate(market: Market, _path: Path) -> None:
        now_ms = market.venue.now_ms()
        market.venue.faults.set(FaultSwitch("foreign_liquidation", 1.0, now_ms, now_ms + 20_000))
        await asyncio.sleep(15)
        assert not any(one.amount for one in market.venue.exchange.positions())

    cut = before_a_fill_is_written(1)
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], 200.0, END_S, liquidate))
    check(lived, 1)
    [trade] = run(lived.store.trades)
    assert trade.exit_reason == "venue_liquidation"


@pytest.mark.parametrize(
    "moment",
    [
        "an entry filled, and nobody wrote down what to do",
        "a stop was sent, and not answered",
        "an exit was decided on, and never sent",
    ],
)
def test_rules_that_became_coarser_meanwhile_are_obeyed(moment: str, tmp_path: Path) -> None:
    async def grow(market: Market, _path: Path) -> None:
        now_ms = market.venue.now_ms()
        market.venue.faults.set(FaultSwitch("contract_grid_changes", 1.0, now_ms, now_ms + 5_000))

    cut = MOMENTS[moment]()
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], 10.0, END_S, grow))
    check(lived, 1)


def test_a_stop_that_fired_and_hangs_meanwhile_is_not_taken_for_protection(tmp_path: Path) -> None:
    async def hang(market: Market, _path: Path) -> None:
        now_ms = market.venue.now_ms()
        market.venue.faults.set(FaultSwitch("stop_stuck", 1.0, now_ms, now_ms + 600_000))

    cut = after_wire(RESIDENT, 2)
    lived = run(lambda: lives(TO_A_LOSS, tmp_path / "journal", [cut], 900.0, 30 * 60, hang))
    assert lived.venue.faults.struck["stop_stuck"]
    [trade] = run(lived.store.trades)
    resumed_ms = next(event.at_ms for event in lived.events() if isinstance(event, SessionResumed))
    assert trade.closed_at_ms - resumed_ms <= LONGEST_BARE_MS
    assert lived.longest_bare_ms <= LONGEST_BARE_MS
    assert not [one for one in lived.venue.exchange.positions() if one.amount]


def test_a_session_cut_off_again_while_its_stops_close_whatever_is_held_goes_on(tmp_path: Path) -> None:
    """The lot grows in the first silence; the second comes when the target that closes all is on its way."""
    is_grown = False

    async def grow_once(market: Market, _path: Path) -> None:
        nonlocal is_grown
        if not is_grown:
            is_grown, now_ms = True, market.venue.now_ms()
            market.venue.faults.set(FaultSwitch("contract_grid_changes", 1.0, now_ms, now_ms + 5_000))

    cuts = [after_wire(RESIDENT, 2), after_wire(RESIDENT, 2)]
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", cuts, 5.0, END_S, grow_once))
    check(lived, 2)


@pytest.mark.parametrize("amount", ["250", "-250"])
def test_what_was_paid_in_or_out_meanwhile_is_booked(amount: str, tmp_path: Path) -> None:
    async def pay(market: Market, _path: Path) -> None:
        market.venue.exchange.deposit(Decimal(amount))
        await asyncio.sleep(1)

    cut = after_wire(RESIDENT, 2)
    lived = run(lambda: lives(TO_THE_TARGET, tmp_path / "journal", [cut], 5.0, END_S, pay))
    check(lived, 1)
    assert lived.tally.outside == Decimal(amount)
