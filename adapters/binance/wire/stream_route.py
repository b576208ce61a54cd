"""Which stream is delivered where.

Since April 2026 a stream asked for on the wrong route is acknowledged and stays silent.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple
from urllib.parse import quote

from adapters.binance.wire.secret import Secret

MOST_STREAMS_A_CONNECTION: Final = 1024

ACCOUNT_EVENTS: Final = (
    "ORDER_TRADE_UPDATE",
    "ACCOUNT_UPDATE",
    "ALGO_UPDATE",
    "TRADE_LITE",
    "MARGIN_CALL",
    "ACCOUNT_CONFIG_UPDATE",
    "CONDITIONAL_ORDER_TRIGGER_REJECT",
    "STRATEGY_UPDATE",
    "GRID_UPDATE",
    "listenKeyExpired",
)

_KEPT_IN_URLS: Final = "@!_-."


class Route(StrEnum):
    """The first part of a connection's path."""

    PUBLIC = "public"
    MARKET = "market"
    PRIVATE = "private"


# By what stands between a stream's first @ and the next @ or _; `depth5` counts as `depth`.
_ROUTE_OF_KIND: Final = {
    "bookTicker": Route.PUBLIC,
    "depth": Route.PUBLIC,
    "rpiDepth": Route.PUBLIC,
    "trade": Route.PUBLIC,
    "kline": Route.MARKET,
    "continuousKline": Route.MARKET,
    "aggTrade": Route.MARKET,
    "markPrice": Route.MARKET,
    "ticker": Route.MARKET,
    "miniTicker": Route.MARKET,
    "forceOrder": Route.MARKET,
    "contractInfo": Route.MARKET,
    "compositeIndex": Route.MARKET,
    "assetIndex": Route.MARKET,
    "tradingSession": Route.MARKET,
}


class Connection(NamedTuple):
    """The streams of one connection, all of one route."""

    route: Route
    streams: tuple[str, ...]


def route_of(stream: str) -> Route:
    """Tell on which route a stream is delivered. Raises ValueError for a stream nobody knows."""
    route = _ROUTE_OF_KIND.get(_kind_of(stream))
    if route is None:
        raise ValueError(f"no route is known for the stream {stream!r}")
    return route


def connections_for(
    streams: Iterable[str], most_a_connection: int = MOST_STREAMS_A_CONNECTION
) -> tuple[Connection, ...]:
    """Share streams out over as few connections as the venue allows, evenly, in the order given.

    A stream named twice is taken once. Raises ValueError for a stream nobody knows.
    """
    by_route: dict[Route, list[str]] = {}
    for stream in dict.fromkeys(streams):
        by_route.setdefault(route_of(stream), []).append(stream)
    return tuple(
        Connection(route, share)
        for route, asked in sorted(by_route.items())
        for share in _shared_out(asked, most_a_connection)
    )


def stream_url(base: str, route: Route, streams: Sequence[str] = (), *, is_combined: bool = True) -> str:
    """Give the address of a connection, such as `wss://fstream.binance.com/market/stream`.

    Combined connections tell with every frame which stream it is of. Without streams the
    connection is silent until something is subscribed.
    """
    names = "/".join(quote(stream, safe=_KEPT_IN_URLS) for stream in streams)
    root = f"{base.rstrip('/')}/{route.value}"
    if is_combined:
        return f"{root}/stream?streams={names}" if names else f"{root}/stream"
    return f"{root}/ws/{names}" if names else f"{root}/ws"


def account_url(base: str, listen_key: Secret, events: Sequence[str] = ACCOUNT_EVENTS) -> Secret:
    """Give the address of the account's own stream; it carries the key, so it must not be printed.

    The events are named one by one: without them the venue was seen silent, as on the older forms.
    """
    root = f"{base.rstrip('/')}/{Route.PRIVATE.value}/ws"
    return Secret(f"{root}?listenKey={quote(listen_key.reveal(), safe='')}&events={'/'.join(events)}")


def _kind_of(stream: str) -> str:
    name = stream.removeprefix("!").split("@")
    kind = name[0] if stream.startswith("!") or len(name) == 1 else name[1]
    return kind.split("_")[0].rstrip("0123456789")


def _shared_out(streams: Sequence[str], most: int) -> list[tuple[str, ...]]:
    shares = -(-len(streams) // most)
    ends = [number * len(streams) // shares for number in range(shares + 1)]
    return [tuple(streams[start:end]) for start, end in pairwise(ends)]
