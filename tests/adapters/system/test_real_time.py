import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator

import pytest

from adapters.system.real_time import RealTimeRunner, new_real_time_loop, run_in_real_time
from adapters.system.stop_signal import Stopped, done_or_stopped, stop_at_once

NewLoop = Callable[[], asyncio.AbstractEventLoop]

on_either_loop = pytest.mark.parametrize(
    "new_loop", [new_real_time_loop, asyncio.new_event_loop], ids=["real time", "asyncio"]
)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def ask_soon(number: int) -> None:
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)


async def for_ever() -> None:
    await asyncio.Event().wait()


async def asked_while_waiting(number: int) -> None:
    """The signal comes while the loop waits for a socket or a timer."""
    asking = threading.Timer(0.02, os.kill, (os.getpid(), number))
    asking.start()
    try:
        await for_ever()
    finally:
        asking.join()


async def asked_in_a_callback(number: int) -> None:
    ask_soon(number)
    await for_ever()


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not exist there")
def test_real_time_runs_on_uvloop() -> None:
    async def loop_at_hand() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run_in_real_time(loop_at_hand()) == "uvloop"


@on_either_loop
def test_one_loop_runs_one_coroutine_after_the_other(new_loop: NewLoop) -> None:
    async def loop_at_hand() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    with RealTimeRunner(new_loop) as runner:
        first = runner.run(loop_at_hand())
        assert runner.run(loop_at_hand()) is first
    assert first.is_closed()


@on_either_loop
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("work", [asked_while_waiting, asked_in_a_callback])
def test_a_request_breaks_off_work_that_waits(
    new_loop: NewLoop, number: int, work: Callable[[int], Coroutine[None, None, None]]
) -> None:
    stop_at_once()
    with pytest.raises(Stopped) as stopped, RealTimeRunner(new_loop) as runner:
        runner.run(work(number))
    assert stopped.value.exit_code == 128 + number


@on_either_loop
def test_work_that_is_broken_off_lets_go_of_what_it_holds(new_loop: NewLoop) -> None:
    told: list[str] = []

    async def careful() -> None:
        try:
            await asked_in_a_callback(signal.SIGTERM)
        finally:
            told.append("let go")

    stop_at_once()
    with pytest.raises(Stopped), RealTimeRunner(new_loop) as runner:
        runner.run(careful())
    assert told == ["let go"]


@on_either_loop
def test_who_waits_for_a_request_gets_it(new_loop: NewLoop) -> None:
    stop_at_once()
    with RealTimeRunner(new_loop) as runner:
        assert runner.run(done_or_stopped(asked_while_waiting(signal.SIGTERM))) == signal.SIGTERM


@on_either_loop
def test_work_that_cancels_itself_is_not_called_stopped(new_loop: NewLoop) -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError), RealTimeRunner(new_loop) as runner:
        runner.run(cancelled())


@on_either_loop
def test_other_trouble_of_the_loop_is_written_down(
    new_loop: NewLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble() -> str:
        asyncio.get_running_loop().call_soon(divmod, 1, 0)
        await asyncio.sleep(0.01)
        return "went on"

    with caplog.at_level(logging.ERROR, "asyncio"), RealTimeRunner(new_loop) as runner:
        assert runner.run(stumble()) == "went on"
    assert "ZeroDivisionError" in caplog.text
