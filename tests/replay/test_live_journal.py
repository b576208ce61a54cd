"""What was decided live is decided again, bit by bit, from the journal alone."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from domain.tape import (
    AccountCompared,
    CandleClosed,
    ConnectionChanged,
    OrderFilled,
    PriceMoved,
    SessionEnding,
    SessionOpened,
    TimePassed,
)
from tests.replay.live_room import Play, Played, live, paper, replayed
from tests.virtual_time import run

TO_THE_TARGET = (60_300.0,) * 4 + (
    60_100.0,
    59_900.0,
    60_300.0,
    60_600.0,
    60_900.0,
    61_300.0,
    61_900.0,
    61_900.0,
)
TO_A_LOSS = (60_300.0,) * 4 + (60_100.0, 59_900.0, 59_700.0, 59_000.0, 59_000.0, 59_000.0, 59_000.0)
HELD_AT_THE_END = (60_300.0,) * 4 + (60_100.0, 59_900.0, *(60_050.0,) * 10)


def session(play: Play, prices: tuple[float, ...], folder: Path, minutes: float) -> Played:
    return run(lambda: play(prices, folder / "live.journal", minutes * 60))


@pytest.mark.parametrize("play", [live, paper])
@pytest.mark.parametrize(
    ("prices", "minutes", "exit_reasons"),
    [
        (TO_THE_TARGET, 10.9, {"target"}),
        (TO_A_LOSS, 9.9, {"stop", "forced_liquidation"}),
        (HELD_AT_THE_END, 8.0, {"session_end"}),
    ],
)
def test_a_live_session_replays_bit_for_bit(
    play: Play, prices: tuple[float, ...], minutes: float, exit_reasons: set[str], tmp_path: Path
) -> None:
    played = session(play, prices, tmp_path, minutes)
    recorded, tally = replayed(played)
    assert recorded.is_whole
    assert recorded.compared == tally.events == played.tally.events
    assert tally.trades == 1
    [trade] = run(played.store.trades)
    assert trade.exit_reason in exit_reasons
    assert played.desk.is_idle


def test_a_live_tape_is_in_order_tells_everything_and_comes_to_the_venues_wallet(tmp_path: Path) -> None:
    played = session(live, TO_A_LOSS, tmp_path, 9.9)
    events = played.events()
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(events))
    kinds = Counter(type(event) for event in events)
    for kind in (SessionOpened, CandleClosed, PriceMoved, OrderFilled, AccountCompared, ConnectionChanged):
        assert kinds[kind] >= 1
    assert kinds[TimePassed] > 500
    assert kinds[SessionEnding] == 1
    assert played.desk.wallet == played.venue.exchange.wallet().balance
    assert not played.venue.exchange.open_stops(None)
    assert not [call for call in played.venue.calls if "kline" in call.lower()]
