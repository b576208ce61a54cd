"""How every job begins: settings are read, a session is described, its log is opened."""

import os
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Final

from structlog.typing import FilteringBoundLogger

from adapters.logs.log import open_log
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from adapters.system.clock import WallClock
from adapters.terminal.notices import warnings
from adapters.terminal.workbench import SessionOptions
from application.session_header import SessionHeader
from composition.engines import IS_COMPILED
from domain.market.instrument import Instrument

PRODUCT: Final = "selflearningtrader"
LIVE: Final = "live"
PAPER: Final = "paper"


def settings_for(session: SessionOptions) -> Settings:
    """Read the settings a command was started with. Raises SettingsRefused."""
    return load_settings(os.environ, chosen=session.settings, file=session.settings_file)


def header_of(
    kind: str, settings: Settings, instruments: Mapping[str, Instrument], step_ms: int, source: object
) -> SessionHeader:
    """Describe a session about to start."""
    return SessionHeader(kind, version(PRODUCT), settings.as_header(), instruments, step_ms, source)


def warnings_of(settings: Settings) -> list[str]:
    """Say what was asked for and cannot be had."""
    is_slow = settings.structure == "native" and not IS_COMPILED
    return warnings(settings.without_effect_yet(), is_reference_forced=is_slow)


def opened_log(settings: Settings) -> FilteringBoundLogger:
    """Open the log, and say at once what was asked for and cannot be had."""
    log = open_log(
        WallClock(),
        level=settings.logs.level,
        is_json=settings.logs.is_json,
        secrets=settings.secret_values(),
    )
    for warning in warnings_of(settings):
        log.warning(warning)
    return log


def session_log(settings: Settings, header: SessionHeader) -> FilteringBoundLogger:
    """Open the log of a session, and say that it starts."""
    log = opened_log(settings).bind(session=header.session_id)
    log.info("session starts", engine=settings.structure if IS_COMPILED else "reference")
    return log


def announce(lines: Iterable[str]) -> None:
    """Say something at once, beside what a command prints at its end."""
    for line in lines:
        sys.stderr.write(f"slt: {line}\n")
