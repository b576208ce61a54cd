"""Ctrl-C and the system's request to end: obeyed at once, or at a moment that leaves nothing half done."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from application.market_minutes import Busy, MarketMinutes, Minute

_REQUESTS: Final = (signal.SIGINT, signal.SIGTERM)
_SHELL_ADDS: Final = 128


class Stopped(Exception):
    """Somebody asked the program to end before it was done."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}; what was kept until then can be read")
        self.exit_code = _SHELL_ADDS + number


class StopRequest:
    """Remembers that somebody asked."""

    def __init__(self) -> None:
        self._number: int | None = None

    def remember(self, number: int, _frame: FrameType | None) -> None:
        """Take the signal and go on."""
        self._number = number

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that was asked to end; zero when nobody asked."""
        return 0 if self._number is None else _SHELL_ADDS + self._number

    def watched(self, market: MarketMinutes) -> MarketMinutes:
        """Give the market on, until somebody asked. Raises Stopped between two minutes."""
        return _WatchedMarket(market, self)

    def obey(self) -> None:
        """Raise Stopped if somebody asked."""
        if self._number is not None:
            raise Stopped(self._number)


class _WatchedMarket:
    def __init__(self, market: MarketMinutes, request: StopRequest) -> None:
        self._market = market
        self._request = request

    def next_minute(self, busy: Busy) -> Minute | None:
        self._request.obey()
        return self._market.next_minute(busy)


def stop_at_once() -> None:
    """From now on raise Stopped wherever a request to end comes; one that is ignored stays ignored."""
    for number in _REQUESTS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


@contextmanager
def stop_when_ready() -> Iterator[StopRequest]:
    """Inside, let a request to end wait until whoever watches for it is ready."""
    request = StopRequest()
    before = {number: signal.getsignal(number) for number in _REQUESTS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, request.remember)
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def stop_then_end(stop: Callable[[], None]) -> Iterator[StopRequest]:
    """Inside, on a loop, the first request to end calls `stop`; the second ends this task at once.

    Raises Stopped in its place then.
    """
    loop, task, request = asyncio.get_running_loop(), asyncio.current_task(), StopRequest()
    asked: list[int] = []

    def ask(number: int) -> None:
        asked.append(number)
        request.remember(number, None)
        if len(asked) == 1:
            stop()
        elif task is not None:
            task.cancel()

    with _signals_to(loop, ask):
        try:
            yield request
        except asyncio.CancelledError:
            request.obey()
            raise


async def done_or_stopped(work: Coroutine[Any, Any, None]) -> int | None:
    """Do work that may be broken off anywhere; give the signal that did so, None when it is done."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    asked: list[int] = []

    def break_off(number: int) -> None:
        asked.append(number)
        task.cancel()

    with _signals_to(loop, break_off):
        try:
            await task
        except asyncio.CancelledError:
            if not asked:
                raise
    return asked[0] if asked else None


@contextmanager
def _signals_to(loop: asyncio.AbstractEventLoop, told: Callable[[int], None]) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _REQUESTS}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        loop.add_signal_handler(number, told, number)
    try:
        yield
    finally:
        for number in heeded:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)
