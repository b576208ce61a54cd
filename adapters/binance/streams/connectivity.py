"""Whether a connection can be relied upon, as one table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from domain.halt import TradingHalt


class Connectivity(StrEnum):
    """What a connection is worth right now."""

    DOWN = "down"
    CONNECTING = "connecting"
    UNPROVEN = "connected, nothing heard yet"
    LIVE = "live"
    SILENT = "connected, but silent"
    STOPPED = "stopped"


class LinkEvent(StrEnum):
    """What can happen to a connection."""

    DIALLED = "dialled"
    OPENED = "opened"
    HEARD = "heard"
    FELL_SILENT = "fell silent"
    LOST = "lost"
    STOPPED = "stopped"


_S, _E = Connectivity, LinkEvent

# HEARD while live, and FELL_SILENT while silent, change nothing and are not told.
NEXT: Final[Mapping[Connectivity, Mapping[LinkEvent, Connectivity]]] = {
    _S.DOWN: {_E.DIALLED: _S.CONNECTING, _E.STOPPED: _S.STOPPED},
    _S.CONNECTING: {_E.OPENED: _S.UNPROVEN, _E.LOST: _S.DOWN, _E.STOPPED: _S.STOPPED},
    _S.UNPROVEN: {
        _E.HEARD: _S.LIVE,
        _E.FELL_SILENT: _S.SILENT,
        _E.LOST: _S.DOWN,
        _E.STOPPED: _S.STOPPED,
    },
    _S.LIVE: {
        _E.HEARD: _S.LIVE,
        _E.FELL_SILENT: _S.SILENT,
        _E.LOST: _S.DOWN,
        _E.STOPPED: _S.STOPPED,
    },
    _S.SILENT: {
        _E.HEARD: _S.LIVE,
        _E.FELL_SILENT: _S.SILENT,
        _E.LOST: _S.DOWN,
        _E.STOPPED: _S.STOPPED,
    },
    _S.STOPPED: {},
}


class ConnectivityChanged(NamedTuple):
    """A connection of a feed became better or worse; `connection` counts from zero within the feed."""

    at_ms: int
    feed: str
    connection: int
    was: Connectivity
    now: Connectivity
    reason: str


class StreamsSilent(NamedTuple):
    """Streams that are subscribed have said nothing for too long; they are being renewed."""

    at_ms: int
    feed: str
    streams: tuple[str, ...]


class StreamsBack(NamedTuple):
    """Streams that were silent speak again."""

    at_ms: int
    feed: str
    streams: tuple[str, ...]


class StreamsRefused(NamedTuple):
    """The venue turned a subscription down, or never answered it; without names nobody knows which."""

    at_ms: int
    feed: str
    streams: tuple[str, ...]
    reason: str


class EventsMissed(NamedTuple):
    """A connection begins without having overlapped another: what happened meanwhile is never told again.

    `since_ms` is when something was last heard, 0 when nothing ever was.
    """

    at_ms: int
    feed: str
    since_ms: int
    reason: str


LineEvent = ConnectivityChanged | StreamsSilent | StreamsBack | StreamsRefused | EventsMissed


def next_connectivity(now: Connectivity, event: LinkEvent) -> Connectivity:
    """Look the next state up. Raises TradingHalt for what the table does not know."""
    try:
        return NEXT[now][event]
    except KeyError:
        raise TradingHalt(f"a connection that is {now.name} cannot have {event.value}") from None


def worst(states: tuple[Connectivity, ...]) -> Connectivity:
    """Tell what a feed of several connections is worth: as much as its worst; DOWN without any."""
    order = (_S.STOPPED, _S.DOWN, _S.CONNECTING, _S.SILENT, _S.UNPROVEN, _S.LIVE)
    return min(states, key=order.index, default=_S.DOWN)
