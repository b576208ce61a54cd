import os
import signal
from collections.abc import Iterator
from itertools import count

import pytest

from adapters.system.stop_signal import Stopped, stop_at_once, stop_when_ready


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


def asking_after_three(number: int) -> Iterator[int]:
    yield from (0, 1, 2)
    os.kill(os.getpid(), number)
    yield from count(3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_waits_until_one_thing_is_done(number: int) -> None:
    done: list[int] = []
    with stop_when_ready() as request, pytest.raises(Stopped):
        done.extend(request.watched(asking_after_three(number)))
    assert done == [0, 1, 2]


def test_without_a_request_everything_is_given() -> None:
    with stop_when_ready() as request:
        assert list(request.watched([1, 2])) == [1, 2]


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
        assert list(request.watched([1])) == [1]
