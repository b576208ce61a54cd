import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from adapters.system.stop_signal import (
    Stopped,
    done_or_stopped,
    stop_at_once,
    stop_then_end,
    stop_when_ready,
)
from application.market_minutes import Busy, Minute
from domain.market.candle_run import CandleList


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Begin as in a terminal: a shell starts what runs in the background with Ctrl-C ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_is_obeyed_at_once(number: int) -> None:
    stop_at_once()
    with pytest.raises(Stopped, match=signal.Signals(number).name) as stopped:
        os.kill(os.getpid(), number)
    assert stopped.value.exit_code == 128 + number


class Market:
    """Gives minutes without end, and asks to stop while the third is being played."""

    def __init__(self, number: int | None) -> None:
        self.minutes: list[Minute] = []
        self._number = number

    def next_minute(self, busy: Busy) -> Minute:
        self.minutes.append(Minute(len(self.minutes), (), (), [(symbol, CandleList([])) for symbol in busy]))
        if self._number is not None and len(self.minutes) == 3:
            os.kill(os.getpid(), self._number)
        return self.minutes[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_waits_until_one_thing_is_done(number: int) -> None:
    market = Market(number)
    with stop_when_ready() as request:
        watched = request.watched(market)
        assert [watched.next_minute({}) for _ in range(3)] == market.minutes
        with pytest.raises(Stopped):
            watched.next_minute({})
    assert len(market.minutes) == 3


def test_without_a_request_the_market_is_as_it_is() -> None:
    market = Market(None)
    with stop_when_ready() as request:
        watched = request.watched(market)
        told = [watched.next_minute({"BTCUSDT": None}) for _ in range(5)]
    assert told == market.minutes
    assert [symbol for minute in market.minutes for symbol, _ in minute.late] == ["BTCUSDT"] * 5


def test_the_earlier_way_of_stopping_comes_back() -> None:
    stop_at_once()
    with stop_when_ready():
        pass
    with pytest.raises(Stopped):
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_request_that_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop_at_once()
    with stop_when_ready() as request:
        os.kill(os.getpid(), signal.SIGINT)
        assert request.watched(Market(None)).next_minute({}) is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_work_is_broken_off_when_somebody_asks(number: int) -> None:
    stop_at_once()

    async def work() -> None:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    assert asyncio.run(done_or_stopped(work())) == number
    with pytest.raises(Stopped):
        os.kill(os.getpid(), number)


def test_work_that_nobody_breaks_off_is_done() -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(1)

    assert asyncio.run(done_or_stopped(work())) is None
    assert done == [1]


def test_work_that_is_cancelled_otherwise_is_not_taken_for_stopped() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    async def main() -> None:
        with pytest.raises(asyncio.CancelledError):
            await done_or_stopped(work())

    asyncio.run(main())


def test_the_first_request_stops_and_the_second_ends_at_once() -> None:
    stops: list[int] = []

    async def main() -> None:
        with stop_then_end(lambda: stops.append(1)) as request:
            assert request.exit_code == 0
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.01)
            assert (stops, request.exit_code) == ([1], 128 + signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()

    with pytest.raises(Stopped) as stopped:
        asyncio.run(main())
    assert (stops, stopped.value.exit_code) == ([1], 128 + signal.SIGINT)


def test_a_session_that_is_cancelled_otherwise_is_not_taken_for_stopped() -> None:
    async def main() -> None:
        with pytest.raises(asyncio.CancelledError), stop_then_end(lambda: None):
            raise asyncio.CancelledError

    asyncio.run(main())
