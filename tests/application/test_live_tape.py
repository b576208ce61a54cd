import asyncio
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.live_tape import LiveTape, LiveTapeRules
from application.news_inbox import NewsInbox
from domain.tape import (
    AccountUnsure,
    CandleClosed,
    ConnectionChanged,
    Event,
    OrderAccepted,
    PriceMoved,
    SessionEnding,
    SessionOpened,
    SessionResumed,
    TimePassed,
)
from tests.application.drill import BTC, a_candle
from tests.virtual_time import run

T0 = 1_700_000_000_000
OPENED = SessionOpened(T0, Decimal(10_000))


class LoopClock:
    """The loop's own time, as many times as fast as a test wants."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed

    def now_ms(self) -> int:
        return T0 + round(asyncio.get_running_loop().time() * 1_000 * self._speed)


class Holder:
    """A desk that is as busy as a test says."""

    def __init__(self, *, is_idle: bool = True) -> None:
        self.is_idle = is_idle


class Room:
    """A tape with an account, candles and prices to put news into."""

    def __init__(self, *, is_idle: bool = True, speed: float = 1.0, longest_ending_ms: int = 60_000) -> None:
        self.account, self.candles, self.prices = NewsInbox[Event](), NewsInbox[Event](), NewsInbox[Event]()
        self.desk = Holder(is_idle=is_idle)
        rules = LiveTapeRules(longest_ending_ms=longest_ending_ms, speed=speed)
        self.tape = LiveTape([self.account], [self.candles, self.prices], LoopClock(speed), self.desk, rules)

    async def rest(self) -> list[Event]:
        return [event async for event in self.tape]

    async def some(self, count: int) -> list[Event]:
        return [await anext(self.tape) for _ in range(count)]


def told_by(room: Room, *, until_stopped: bool = True) -> list[Event]:
    async def listen() -> list[Event]:
        if until_stopped:
            room.tape.stop()
        return await room.rest()

    return run(listen)


def price(at_ms: int) -> PriceMoved:
    return PriceMoved(at_ms, BTC, 100.0)


def candle(at_ms: int) -> CandleClosed:
    return CandleClosed(at_ms, BTC, a_candle(at_ms - 60_000, 100.0))


def test_the_account_comes_before_candles_and_candles_before_prices() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.prices.put(price(T0))
        room.candles.put(candle(T0))
        room.account.put(OPENED)
        room.account.put(AccountUnsure(T0, "new"))
        return await room.some(4)

    kinds = [type(event) for event in run(listen)]
    assert kinds == [SessionOpened, AccountUnsure, CandleClosed, PriceMoved]


def test_the_market_waits_until_the_session_is_open() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.prices.put(price(T0))
        room.account.put(ConnectionChanged(T0, "account", is_up=True))
        first = await room.some(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await room.some(1)
        room.account.put(OPENED)
        return first + await room.some(2)

    kinds = [type(event) for event in run(listen)]
    assert kinds == [ConnectionChanged, SessionOpened, PriceMoved]


def test_what_is_older_than_the_tape_is_told_at_the_tapes_time_and_keeps_its_own() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.account.put(OPENED)
        room.prices.put(price(T0 + 500))
        events = await room.some(2)
        room.candles.put(candle(T0))
        return events + await room.some(1)

    late = run(listen)[-1]
    assert isinstance(late, CandleClosed)
    assert (late.at_ms, late.candle.open_time_ms) == (T0 + 500, T0 - 60_000)


def test_time_is_told_once_a_second_when_nothing_else_happens() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.account.put(OPENED)
        return await room.some(4)

    assert run(listen) == [OPENED, *(TimePassed(T0 + second * 1_000) for second in (1, 2, 3))]


def test_time_is_told_even_while_prices_never_pause() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.account.put(OPENED)
        events = []
        for number in range(3_000):
            room.prices.put(price(T0 + number))
            events += await room.some(1)
            await asyncio.sleep(0.001)
        return events

    ticks = [event.at_ms for event in run(listen) if isinstance(event, TimePassed)]
    assert len(ticks) in (2, 3)


def test_a_second_of_a_faster_clock_is_shorter() -> None:
    async def listen() -> float:
        room = Room(speed=60.0)
        room.account.put(OPENED)
        await room.some(61)
        return asyncio.get_running_loop().time()

    assert run(listen) == pytest.approx(1.0, abs=0.1)


def test_news_wake_a_tape_that_sleeps() -> None:
    async def listen() -> tuple[Event, float]:
        room = Room()
        room.account.put(OPENED)
        await room.some(1)
        asyncio.get_running_loop().call_later(0.25, room.prices.put, price(T0 + 250))
        [event] = await room.some(1)
        return event, asyncio.get_running_loop().time()

    event, at_s = run(listen)
    assert event == price(T0 + 250)
    assert at_s == pytest.approx(0.25)


def test_a_session_that_is_stopped_says_so_and_ends_with_an_idle_desk() -> None:
    room = Room()
    room.account.put(OPENED)
    room.prices.put(price(T0))
    assert told_by(room) == [OPENED, SessionEnding(T0)], "the market is not told any more"


def test_a_session_that_never_opened_just_ends() -> None:
    assert told_by(Room()) == []


def test_after_the_end_the_account_and_time_go_on_until_the_desk_is_idle() -> None:
    async def listen() -> list[Event]:
        room = Room(is_idle=False)
        room.account.put(OPENED)
        events = await room.some(1)
        room.tape.stop()
        room.tape.stop()
        events += await room.some(2)
        room.account.put(OrderAccepted(T0, BTC, "a-x1"))
        events += await room.some(1)
        room.desk.is_idle = True
        return events + await room.rest()

    kinds = [type(event) for event in run(listen)]
    assert kinds == [SessionOpened, SessionEnding, TimePassed, OrderAccepted]


def test_a_desk_that_never_gets_idle_is_waited_for_only_so_long() -> None:
    room = Room(is_idle=False, longest_ending_ms=5_000)
    room.account.put(OPENED)
    events = told_by(room)
    assert [type(event) for event in events[:2]] == [SessionOpened, SessionEnding]
    assert [event.at_ms - T0 for event in events[2:]] == [1_000, 2_000, 3_000, 4_000, 5_000]


def test_a_stop_wakes_a_tape_that_sleeps() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.account.put(OPENED)
        asyncio.get_running_loop().call_later(0.25, room.tape.stop)
        return await room.rest()

    assert run(listen) == [OPENED, SessionEnding(T0 + 250)]


def test_others_get_their_turn_while_there_is_always_news() -> None:
    async def listen() -> int:
        room, turns = Room(), 0

        async def another() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        other = asyncio.create_task(another())
        room.account.put(OPENED)
        for number in range(1_000):
            room.prices.put(price(T0 + number))
        await room.some(1_000)
        other.cancel()
        return turns

    assert run(listen) >= 15


@pytest.mark.parametrize("change", [{"tick_ms": 0}, {"longest_ending_ms": -1}, {"speed": 0.0}])
def test_absurd_rules_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        LiveTapeRules(**change)


news = st.lists(st.tuples(st.sampled_from(["account", "candles", "prices"]), st.integers(-5_000, 5_000)))


@given(news, st.integers(0, 20))
def test_time_never_runs_backwards_and_nothing_is_lost_or_swapped_within_a_source(
    put: Sequence[tuple[str, int]], taken_between: int
) -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.account.put(OPENED)
        events = await room.some(1)
        for number, (source, ago_ms) in enumerate(put):
            event = PriceMoved(T0 + ago_ms, source, float(number))
            getattr(room, source).put(event)
            if number % (taken_between + 1) == 0:
                events += await room.some(1)
        while room.account or room.candles or room.prices:
            events += await room.some(1)
        return events

    events = run(listen)
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(events))
    for name in ("account", "candles", "prices"):
        told = [event.price for event in events if isinstance(event, PriceMoved) and event.symbol == name]
        assert told == [float(number) for number, (source, _) in enumerate(put) if source == name]


def test_a_session_that_goes_on_hears_all_news_of_its_account_then_time_then_the_market() -> None:
    async def listen() -> list[Event]:
        room = Room()
        room.prices.put(price(T0))
        room.account.put(SessionResumed(T0))
        room.account.put(AccountUnsure(T0, "new"))
        return await room.some(4)

    kinds = [type(event) for event in run(listen)]
    assert kinds == [SessionResumed, AccountUnsure, TimePassed, PriceMoved]
