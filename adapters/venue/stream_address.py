"""Addresses of sockets: route, form, streams and listen keys."""

from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from adapters.venue.stream_name import MARKET, PRIVATE, PUBLIC, UNROUTED

_ROUTES: Final = frozenset({PUBLIC, MARKET, PRIVATE})
_FORMS: Final = frozenset({"ws", "stream"})


class StreamAddress(NamedTuple):
    """What an address asks for; each listen key comes with the events wanted, None for all."""

    route: str
    is_combined: bool
    path_names: list[str]
    query_names: list[str]
    keys: list[tuple[str, frozenset[str] | None]]


def read_address(path: str, query: str) -> StreamAddress | None:
    """Read the address of a socket; None for one that leads nowhere."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    route = parts.pop(0) if parts[0] in _ROUTES else UNROUTED
    form = parts[0] if parts else "ws"
    if form not in _FORMS:
        return None
    return StreamAddress(route, form == "stream", parts[1:], _streams_asked(query), _keys_asked(query))


def _streams_asked(query: str) -> list[str]:
    asked = dict(parse_qsl(query))
    return [name for name in asked.get("streams", "").split("/") if name]


def _keys_asked(query: str) -> list[tuple[str, frozenset[str] | None]]:
    keys: list[tuple[str, frozenset[str] | None]] = []
    for name, value in parse_qsl(query):
        if name == "listenKey":
            keys.append((value, None))
        elif name == "events" and keys:
            keys[-1] = (keys[-1][0], frozenset(value.split("/")))
    return keys
