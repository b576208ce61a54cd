"""What the venue did while nobody was there, told and booked by the session that takes over."""

import asyncio
from pathlib import Path

import pytest

from adapters.venue.faults import FaultSwitch
from tests.replay.live_room import Market
from tests.takeover.cut_room import lives
from tests.takeover.test_cut_off_and_taken_over import (
    END_S,
    MOMENTS,
    TO_THE_TARGET,
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
