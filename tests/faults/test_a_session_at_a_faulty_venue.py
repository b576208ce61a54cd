"""The whole service trades while nearly every fault strikes, and an independent referee finds nothing."""

from pathlib import Path

import pytest

from adapters.venue.faults import FAULTS, NOT_IN_SCHEDULES, FaultSwitch
from adapters.venue.venue_server import VenueServer
from domain.setup.setup_rules import EntryStyle
from tests.adapters.venue.house import START_MS, SYMBOL, Trader, at_venue, hearing_user, made_up, venue_of
from tests.faults.eager_desk import eager_desk
from tests.faults.log_of_a_run import log_of
from tests.faults.referee import Broken, Referee, WatchedFaults
from tests.faults.watched_session import schedule_of, watched

MINUTES = 30
pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize(
    ("seed", "entry"),
    [(1, EntryStyle.POST_ONLY_LIMIT), (5, EntryStyle.POST_ONLY_LIMIT), (4, EntryStyle.MARKET)],
)
def test_no_invariant_breaks_while_nearly_every_fault_strikes(
    seed: int, entry: EntryStyle, tmp_path: Path
) -> None:
    played = watched(seed, MINUTES, entry, tmp_path)
    assert played.referee.broken == []
    assert played.desk.trades
    assert played.referee.looks_holding > played.referee.looks // 3
    assert played.referee.silences
    assert len([name for name in FAULTS if played.faults.struck[name]]) > 30


def test_every_fault_after_which_a_session_can_go_on_has_its_window() -> None:
    assert {switch.name for switch in schedule_of(1, MINUTES)} == FAULTS.keys() - NOT_IN_SCHEDULES


def broken_by(name: str, after_s: int, folder: Path) -> list[str]:
    """What breaks in a quarter of an hour in which one fault strikes and nothing else."""
    from_ms = START_MS + after_s * 1_000
    schedule = [FaultSwitch(name, 1.0, from_ms, from_ms + 60_000)]
    played = watched(1, 15, EntryStyle.POST_ONLY_LIMIT, folder, schedule)
    assert played.faults.struck[name]
    return [broken.words for broken in played.referee.broken]


def window(name: str, from_s: int, until_s: int) -> FaultSwitch:
    return FaultSwitch(name, 1.0, START_MS + from_s * 1_000, START_MS + until_s * 1_000)


@pytest.mark.parametrize("seed", [6, 8])
def test_a_lot_that_grows_while_something_is_held_or_entered_leaves_nothing_bare(
    seed: int, tmp_path: Path
) -> None:
    times = ((250, 400), (400, 700), (700, 1_000))
    grids = [window("contract_grid_changes", *span) for span in times]
    schedule = [*grids, window("stop_refused_after_fill", 0, 2_000)]
    played = watched(seed, 20, EntryStyle.POST_ONLY_LIMIT, tmp_path, schedule)
    assert played.referee.broken == []
    assert played.desk.seen["InstrumentChanged"] == 3
    assert played.desk.closing
    assert played.faults.struck["stop_refused_after_fill"]


def test_what_hangs_at_the_venue_is_told_and_protects_nothing(tmp_path: Path) -> None:
    schedule = [window("stop_stuck", 60, 2_400), window("stop_rejected", 60, 2_400)]
    played = watched(3, 40, EntryStyle.POST_ONLY_LIMIT, tmp_path, schedule)
    assert played.referee.broken == []
    assert played.referee.most_stuck == played.faults.struck["stop_stuck"] > 2
    assert played.referee.most_weight < 400


def test_another_position_mode_halts_trading(tmp_path: Path) -> None:
    (words,) = broken_by("position_mode_changed", 48, tmp_path)
    assert words.startswith("trading halted: the position mode was changed from outside, to hedge mode")


def test_a_position_in_a_contract_that_settles_keeps_its_stop(tmp_path: Path) -> None:
    (words,) = broken_by("contract_settling", 330, tmp_path)
    assert words.startswith(f"left at the venue: {SYMBOL}, {SYMBOL}.L.")
    assert "-s" in words


def test_a_session_plays_the_same_for_the_same_seed(tmp_path: Path) -> None:
    lines = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        told = log_of(watched(2, 10, EntryStyle.POST_ONLY_LIMIT, folder), 0.0)
        lines.append([line for line in told if not line.startswith("searched")])
    assert lines[0] == lines[1]


def found_by_a_referee(actions: str, step_ms: int = 1_000) -> list[Broken]:
    """What a referee says of somebody who trades by hand beside a desk that knows of nothing."""
    faults = WatchedFaults()
    market = made_up(minutes=200)
    venue = venue_of(market, faults=faults, step_ms=step_ms)
    referee = Referee(venue, eager_desk(market[1], 1, EntryStyle.MARKET), faults)

    async def scene(server: VenueServer, trader: Trader) -> None:
        async with hearing_user(server, trader):
            for word in actions.split():
                if word.isdigit():
                    for _ in range(int(word)):
                        await server.run(venue.now_ms() + step_ms)
                        referee.look()
                elif word == "klines":
                    await trader.ask("GET", "/fapi/v1/klines", symbol=SYMBOL, interval="1m")
                elif word == "keep":
                    await trader.ask("PUT", "/fapi/v1/listenKey")
                elif word == "protect":
                    await trader.stop(quantity="0.010", triggerPrice="10000", reduceOnly="true")
                elif word == "silence":
                    faults.silenced_ms, faults.last = venue.now_ms(), "too_many_requests"
                    referee.look()
                else:
                    await trader.buy(word[1:], newClientOrderId=f"{SYMBOL}.L.lq3w5c00-e")
            referee.finish()

    at_venue(scene, venue)
    return referee.broken


def invariants(actions: str, step_ms: int = 1_000) -> set[int]:
    return {broken.invariant for broken in found_by_a_referee(actions, step_ms)}


def test_the_referee_sees_a_position_without_a_stop_after_three_seconds() -> None:
    assert 1 not in invariants("b0.010 3")
    assert 1 in invariants("b0.010 6")
    assert 1 not in invariants("b0.010 protect 6")


def test_the_referee_sees_a_book_that_is_not_the_venues_after_ten_seconds() -> None:
    late = [broken for broken in found_by_a_referee("b0.010 protect 9") if broken.words.startswith(SYMBOL)]
    assert not late
    words = " ".join(broken.words for broken in found_by_a_referee("b0.010 protect 14"))
    assert f"{SYMBOL} differs for" in words
    assert "orphan" in words
    assert "wallet differs" not in words


def test_the_referee_sees_an_id_that_was_executed_twice_and_fills_that_nobody_booked() -> None:
    assert {2, 4} <= invariants("b0.010 b0.010 1")
    assert 2 not in invariants("b0.010 1")


def test_the_referee_sees_a_cap_exceeded() -> None:
    assert 6 not in invariants("b0.080 1")
    assert 6 in invariants("b0.090 1")


def test_the_referee_sees_candles_asked_for_and_a_silence_broken() -> None:
    assert not invariants("2") & {7, 9}
    assert 7 in invariants("klines")
    assert 9 in invariants("silence 1 keep 1")
    assert 9 not in invariants("silence 7 keep 1")


def test_the_referee_sees_a_position_that_outlived_two_hours() -> None:
    two_hours = "b0.010 protect 50 keep 50 keep 19"
    assert 5 not in invariants(two_hours, step_ms=60_000)
    assert 5 in invariants(f"{two_hours} 4", step_ms=60_000)


def test_moments_are_the_venues() -> None:
    moments = [broken.at_ms for broken in found_by_a_referee("b0.010 6") if broken.invariant == 1]
    assert START_MS + 3_000 < moments[0] < START_MS + 20_000
