"""What of the tape a person at the screen wants to know."""

from collections.abc import Mapping
from decimal import Decimal
from logging import DEBUG, INFO, WARNING
from typing import Final

from structlog.typing import FilteringBoundLogger

from application.ports.journal import Journal
from domain.connection_events import (
    AccountCompared,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
    HistoryLost,
    WalletMoved,
)
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.tape import (
    CandleClosed,
    CandleRebuilt,
    Event,
    FundingSettled,
    InstrumentChanged,
    SessionEnding,
    SessionOpened,
    SessionResumed,
)

_TOLD: Final[Mapping[type[Event], tuple[int, str]]] = {
    SessionOpened: (INFO, "session opened"),
    SessionResumed: (INFO, "session resumed"),
    SessionEnding: (INFO, "session ending"),
    CandleClosed: (DEBUG, "candle closed"),
    CandleRebuilt: (DEBUG, "candle rebuilt"),
    HistoryLost: (WARNING, "history lost"),
    InstrumentChanged: (WARNING, "rules of the symbol changed"),
    AccountUnsure: (INFO, "account unsure"),
    AccountCompared: (DEBUG, "account compared"),
    AccountSettingChanged: (WARNING, "account setting changed"),
    WalletMoved: (INFO, "wallet moved"),
    FundingSettled: (INFO, "funding settled"),
    OrderAccepted: (DEBUG, "order accepted"),
    OrderRejected: (WARNING, "order rejected"),
    OrderFilled: (INFO, "order filled"),
    OrderCancelled: (DEBUG, "order cancelled"),
    OrderExpired: (INFO, "order expired"),
}
_ABOUT_TIME: Final = "at_ms"


class LoggedJournal:
    """Hands everything on to a journal, and writes a log line for what matters, once that has kept it.

    Prices and the passing of time are never written: they come by the thousand.
    """

    def __init__(self, journal: Journal, log: FilteringBoundLogger) -> None:
        self._journal = journal
        self._log = log
        self._seen: set[str] = set()
        self._lost: set[str] = set()

    @property
    def is_kept(self) -> bool:
        """Whether a decision need be encoded for it."""
        return self._journal.is_kept

    def record(self, event: Event) -> None:
        """Append one event. Raises JournalFailed when it cannot be kept."""
        self._journal.record(event)
        if isinstance(event, ConnectionChanged):
            self._tell_connection(event)
        elif (told := _TOLD.get(type(event))) is not None:
            level, words = told
            self._log.log(level, words, **_fields(event))

    def note(self, decision: bytes) -> None:
        """Append the encoded decision on the event recorded last; durable when this returns."""
        self._journal.note(decision)

    def _tell_connection(self, event: ConnectionChanged) -> None:
        """A feed that never stood yet has not been lost."""
        feed = event.feed
        if not event.is_up and feed in self._seen:
            self._lost.add(feed)
            self._log.warning("connection lost", feed=feed)
        elif feed in self._lost:
            self._lost.remove(feed)
            self._log.warning("connection is back", feed=feed)
        else:
            self._log.info("connected" if event.is_up else "not connected yet", feed=feed)
        if event.is_up:
            self._seen.add(feed)


def _fields(event: Event) -> dict[str, str | int]:
    """Give the parts of an event in plain values; those of a fill beside the others."""
    parts = event._asdict()
    if isinstance(event, OrderFilled):
        parts = {**event.fill._asdict(), "symbol": event.symbol}
    return {name: _plain(value) for name, value in parts.items() if name != _ABOUT_TIME}


def _plain(value: object) -> str | int:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, int) else str(value)
