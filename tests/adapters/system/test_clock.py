import time

import pytest

from adapters.system.clock import TapeClock, WallClock
from domain.halt import TradingHalt


def test_the_tape_clock_shows_the_last_event() -> None:
    clock = TapeClock()
    clock.advance_to(5)
    clock.advance_to(7)
    assert clock.now_ms() == 7


def test_the_tape_clock_starts_where_it_is_told() -> None:
    assert TapeClock(at_ms=42).now_ms() == 42


def test_a_tape_that_goes_back_in_time_halts_trading_and_leaves_the_clock() -> None:
    clock = TapeClock(at_ms=10)
    with pytest.raises(TradingHalt, match="from 10 to 9 ms"):
        clock.advance_to(9)
    assert clock.now_ms() == 10


def test_the_wall_clock_ignores_events() -> None:
    clock = WallClock()
    before = time.time_ns() // 1_000_000
    clock.advance_to(before + 10_000_000_000)
    assert before <= clock.now_ms() <= time.time_ns() // 1_000_000
