"""Looks for keys, secrets, listen keys and signatures wherever somebody could come to see them."""

import asyncio
import gc
import io
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from adapters.binance.wire.secret import Secret

OURS: Final = ("adapters.binance", "adapters.simulated", "adapters.journal", "application", "domain")
SIGNATURE: Final = re.compile(r"signature=(?!\(hidden\))|\b[0-9a-f]{64}\b")
_OF_THE_VENUE: Final = ("websockets.server", "aiohttp.server", "aiohttp.access")
_LIBRARIES: Final = (
    "asyncio",
    "websockets.client",
    "aiohttp.client",
    "aiohttp.internal",
    "concurrent.futures",
)


class SecretHunter(logging.Handler):
    """Reads every line of every logger, with arguments and chained exceptions; keeps what told a secret."""

    def __init__(self, *secrets: str) -> None:
        super().__init__(logging.NOTSET)
        self.secrets = set(secrets)
        self.lines = self.objects = 0
        self.told: list[str] = []
        self.log = _Searched(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_OF_THE_VENUE):
            return
        error = record.exc_info[1] if record.exc_info else None
        told = "" if error is None else "".join(traceback.format_exception(error))
        self.lines += 1
        self.search(record.name, f"{record.getMessage()} {record.args!r} {told}")

    def search(self, where: str, text: str) -> None:
        """Keep where a secret stands."""
        if any(secret and secret in text for secret in self.secrets) or SIGNATURE.search(text):
            self.told.append(where)

    def search_error(self, error: BaseException | None) -> None:
        """Search an exception with all that led to it, and what every frame held."""
        if error is not None:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            self.search("an exception", "".join(told.format()))

    def search_objects(self) -> None:
        """Print whatever our own objects in this process print, and all that they hold."""
        for thing in gc.get_objects():
            if is_ours(thing):
                self.objects += 1
                kind = type(thing).__name__
                self.search(f"repr of {kind}", repr(thing))
                for held in held_by(thing):
                    self.search(f"held by {kind}", repr(held))
        for task in asyncio.all_tasks():
            self.search("a task", repr(task))


class _Searched(io.StringIO):
    """What the service's own log is written to."""

    def __init__(self, hunter: SecretHunter) -> None:
        super().__init__()
        self._hunter = hunter

    def write(self, text: str) -> int:
        self._hunter.lines += 1
        self._hunter.search("the log", text)
        return len(text)


def is_ours(thing: object) -> bool:
    kind = type(thing)
    module = str(kind.__module__)
    return kind is not Secret and module.startswith(OURS)


def held_by(thing: Any) -> list[object]:  # noqa: ANN401 - any object of ours
    return list(vars(thing).values()) if hasattr(thing, "__dict__") else []


@contextmanager
def hearing(ear: logging.Handler) -> Iterator[None]:
    """Let all loggers speak at debug, those of libraries too, even where they pass nothing on."""
    names = [None, *logging.root.manager.loggerDict, *_LIBRARIES]
    loggers = [logging.getLogger(name) for name in dict.fromkeys(names)]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.disabled = False
        if logger.parent is None or not logger.propagate:
            logger.addHandler(ear)
    try:
        yield
    finally:
        for logger, level, is_disabled in before:
            logger.setLevel(level)
            logger.disabled = is_disabled
            logger.removeHandler(ear)
