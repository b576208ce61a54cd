"""The service's log: lines on stderr for people, or JSON for machines, without secrets."""

import logging
import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from adapters.logs.redaction import Redaction
from application.ports.clock import Clock

_LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class _Stamp:
    """Puts the clock's time on a line, in UTC."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        moment = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)
        event["at"] = moment.isoformat(timespec="milliseconds")
        return event


class _Hiding:
    """Takes the secrets out of everything a line is made of."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {self._redaction.of(key): self._redaction.within(value) for key, value in event.items()}


class _Lines:
    """Writes lines to a stream; a stream that cannot be written never stops trading."""

    def __init__(self, stream: TextIO, redaction: Redaction) -> None:
        self._stream = stream
        self._redaction = redaction

    def msg(self, line: str) -> None:
        """Write one line, or lose it."""
        try:
            self._stream.write(_on_one_line(self._redaction.of(line)) + "\n")
            self._stream.flush()
        except OSError:
            return

    debug = info = warning = error = critical = msg


def _on_one_line(text: str) -> str:
    """Spell out what would break the line or steer the terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def open_log(
    clock: Clock,
    *,
    level: str = "info",
    is_json: bool = False,
    secrets: Collection[str] = (),
    stream: TextIO | None = None,
) -> FilteringBoundLogger:
    """Give a logger of its own, without global state: `log.info("order sent", symbol=..., order_id=...)`.

    Lines go to stderr unless another stream is given, never to stdout: that belongs to results. Every
    secret is hidden wherever it stands in a line. Raises ValueError for an unknown level, and for stdout.
    """
    if level not in _LEVELS:
        raise ValueError(f"{level!r} is no log level; there are {', '.join(_LEVELS)}")
    target = sys.stderr if stream is None else stream
    if target is sys.stdout:
        raise ValueError("the log does not go to stdout: that belongs to results")
    redaction = Redaction(secrets)
    logger: FilteringBoundLogger = structlog.wrap_logger(
        _Lines(target, redaction),
        processors=[
            structlog.processors.add_log_level,
            _Stamp(clock),
            structlog.processors.format_exc_info,
            _Hiding(redaction),
            _renderer(is_json=is_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
    )
    return logger


def _renderer(*, is_json: bool) -> Processor:
    if is_json:
        return structlog.processors.JSONRenderer()
    return structlog.processors.LogfmtRenderer(key_order=("at", "level", "event"), bool_as_flag=False)
