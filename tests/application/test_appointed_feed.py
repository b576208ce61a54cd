import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

from application.appointed_feed import AppointedFeed
from application.market_minutes import Holder, Stillness
from domain.learning.drift import DriftState
from domain.tape import ChampionChanged, Event, SessionEnding, SessionOpened, TimePassed


class Told:
    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    async def __aiter__(self) -> AsyncIterator[Event]:
        for event in self._events:
            yield event

    def spare(self, holder: Holder) -> None:
        self.holder = holder


class Calm:
    """Would do nothing for a while."""

    stillness: Stillness | None = Stillness(1_000, {})


def change(at_ms: int) -> ChampionChanged:
    return ChampionChanged(at_ms, None, DriftState.STEADY, (f"at {at_ms}",))


def heard(events: Sequence[Event], changes: Sequence[ChampionChanged]) -> list[Event]:
    async def all_of_it() -> list[Event]:
        return [event async for event in AppointedFeed(Told(events), changes)]

    return asyncio.run(all_of_it())


OPENED = SessionOpened(100, Decimal(1))
TIMES = [TimePassed(at_ms) for at_ms in (200, 300, 300, 400)]


def test_a_change_comes_after_its_own_moment_and_before_any_later_one() -> None:
    assert heard([OPENED, *TIMES], [change(300)]) == [OPENED, *TIMES[:3], change(300), TIMES[3]]


def test_several_changes_keep_their_order() -> None:
    changes = [change(210), change(220), change(350)]
    expected = [OPENED, TIMES[0], *changes[:2], *TIMES[1:3], changes[2], TIMES[3]]
    assert heard([OPENED, *TIMES], changes) == expected


def test_a_change_from_before_the_session_comes_when_it_has_opened_at_its_time() -> None:
    early, moved = change(50), change(50)._replace(at_ms=100)
    assert heard([OPENED, TIMES[0]], [early]) == [OPENED, moved, TIMES[0]]


def test_what_would_come_after_the_last_event_never_comes() -> None:
    ending = SessionEnding(500)
    assert heard([OPENED, ending], [change(500)]) == [OPENED, ending]


def test_without_changes_the_tape_is_as_it_was() -> None:
    assert heard([OPENED, *TIMES], []) == [OPENED, *TIMES]


def quiet_until(last_ms: int, changes: Sequence[ChampionChanged], holder: Calm | None = None) -> int | None:
    """Read up to an event of this moment, and tell until when candles may be passed over."""
    told = Told([OPENED._replace(at_ms=0), TimePassed(last_ms), TimePassed(2_000)])
    feed = AppointedFeed(told, changes, step_ms=10)
    if holder is not None:
        feed.spare(holder)

    async def read() -> Stillness | None:
        async for event in feed:
            if event.at_ms == last_ms and isinstance(event, TimePassed):
                break
        return feed.stillness if holder is None else told.holder.stillness

    still = asyncio.run(read())
    return None if still is None else still.until_ms


def test_no_candle_is_passed_over_in_the_minutes_of_a_change() -> None:
    assert quiet_until(100, [change(500)], Calm()) == 490
    assert quiet_until(489, [change(500)], Calm()) == 490
    assert quiet_until(490, [change(500)], Calm()) is None
    assert quiet_until(500, [change(500)], Calm()) is None
    assert quiet_until(501, [change(500)], Calm()) == 1_000


def test_a_reader_that_is_restless_before_the_change_counts_first() -> None:
    restless = Calm()
    restless.stillness = None
    assert quiet_until(100, [change(5_000)], Calm()) == 1_000
    assert quiet_until(100, [change(500)], restless) is None
    assert quiet_until(100, [change(500)]) is None
