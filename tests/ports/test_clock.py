"""One suite for every clock."""

import pytest

from adapters.system.clock import TapeClock, WallClock
from application.ports.clock import Clock

AT_MS = 1_700_000_000_000


@pytest.fixture(params=[TapeClock, WallClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_an_event_of_the_same_moment_is_taken(clock: Clock) -> None:
    clock.advance_to(AT_MS)
    clock.advance_to(AT_MS)
    assert clock.now_ms() >= AT_MS


def test_time_is_whole_milliseconds_and_does_not_go_back(clock: Clock) -> None:
    clock.advance_to(AT_MS)
    before = clock.now_ms()
    clock.advance_to(AT_MS + 1)
    assert isinstance(before, int)
    assert clock.now_ms() >= before
