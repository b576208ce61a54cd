from adapters.binance.venue_clock import VenueClock
from tests.adapters.binance.hand_clock import HandClock


def test_the_venue_spoke_half_way_through_the_round_trip() -> None:
    ours = HandClock(1_000_000)
    clock = VenueClock(ours)
    assert (clock.now_ms(), clock.offset_ms) == (1_000_000, 0)
    clock.set_by(1_000_500, round_trip_ms=200.0)
    assert (clock.now_ms(), clock.offset_ms) == (1_000_600, 600)
    ours.at_ms += 50
    assert clock.now_ms() == 1_000_650


def test_a_venue_may_be_behind() -> None:
    clock = VenueClock(HandClock(1_000_000))
    clock.set_by(400_000, round_trip_ms=0.0)
    assert clock.now_ms() == 400_000
