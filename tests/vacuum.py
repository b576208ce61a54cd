"""A block around code that may not reach out: files, sockets, processes and the clock refuse to answer.

Only the project's own calls are refused, those of domain/ and of the tests: the machinery around a
test (hypothesis keeping its examples, an import finding its file) goes on.
"""

import datetime as dt
import sys
import sysconfig
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = tuple(f"{ROOT / room}/" for room in ("domain", "tests"))
STDLIB = f"{sysconfig.get_path('stdlib')}/"
OUTSIDE = ("socket.", "subprocess.", "os.", "shutil.", "sqlite3.", "tempfile.", "glob.", "pathlib.")
CLOCKS = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep")

_is_armed = False


class ReachedOut(AssertionError):
    """A rule or its test did something that depends on more than its arguments."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} in a vacuum; a test that must do it is marked touches_disk")


@contextmanager
def vacuum() -> Generator[None]:
    """Refuse files, sockets, processes and the clock to the project's own code until the block ends."""
    global _is_armed  # noqa: PLW0603 - an audit hook can never be taken out again, so it is switched
    with pytest.MonkeyPatch.context() as clocks:
        for name in CLOCKS:
            clocks.setattr(time, name, _refusing(name))
        clocks.setattr(dt, "datetime", _NoDatetime)
        clocks.setattr(dt, "date", _NoDate)
        _is_armed = True
        try:
            yield
        finally:
            _is_armed = False


def _audit(event: str, _details: tuple[object, ...]) -> None:
    if _is_armed and (event == "open" or event.startswith(OUTSIDE)) and _is_ours(sys._getframe(1)):  # noqa: SLF001 - the only way to see who calls
        raise ReachedOut(event)


def _refusing(name: str) -> Callable[..., Any]:
    real = getattr(time, name)

    def clock(*arguments: float) -> Any:  # noqa: ANN401 - a clock of any kind
        if _is_ours(sys._getframe(1)):  # noqa: SLF001 - the only way to see who calls
            raise ReachedOut(f"time.{name}")
        return real(*arguments)

    return clock


class _NoDatetime(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "_NoDatetime":
        raise ReachedOut(f"datetime.now({tz or ''})")


class _NoDate(dt.date):
    @classmethod
    def today(cls) -> "_NoDate":
        raise ReachedOut("date.today")


def _is_ours(frame: FrameType | None) -> bool:
    """Tell whether the nearest caller outside the standard library is the project's code."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            return False
        is_stdlib = file.startswith(STDLIB) and "site-packages" not in file
        if not is_stdlib and file != __file__:
            return file.startswith(OURS)
        frame = frame.f_back
    return False


sys.addaudithook(_audit)
