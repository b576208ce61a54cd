"""The venue's time, stepped and paced."""

import asyncio

import pytest

from adapters.venue.venue_clock import PacedClock, SteppedClock


class HandTime:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_paced_time_runs_with_its_factor(speed: float) -> None:
    time = HandTime()
    clock = PacedClock(5_000, speed, time.monotonic, time.sleep)
    time.now_s += 2.0
    assert clock.now_ms() == 5_000 + int(2_000 * speed)
    at_ms = clock.now_ms() + 600
    asyncio.run(clock.wait_until(at_ms))
    assert clock.now_ms() == pytest.approx(at_ms, abs=1)
    before_s = time.now_s
    asyncio.run(clock.wait_until(at_ms - 500))
    assert time.now_s == before_s


def test_stepped_time_jumps_and_never_goes_back() -> None:
    clock = SteppedClock(1_000)
    asyncio.run(clock.wait_until(9_000))
    assert clock.now_ms() == 9_000
    asyncio.run(clock.wait_until(4_000))
    assert clock.now_ms() == 9_000
