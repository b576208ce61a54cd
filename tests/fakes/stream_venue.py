"""A scripted venue of streams: acknowledges everything, and says only what a test tells it to say."""

import asyncio
import json
import logging
from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

MINUTE_MS: Final = 60_000

_UNHEARD: Final = logging.Logger("unheard", level=logging.CRITICAL + 1)  # noqa: LOG001 - not of the tree


class VenueConnection:
    """One client, what it asked for, and when."""

    def __init__(self, socket: ServerConnection, opened_s: float) -> None:
        self.socket = socket
        self.path = socket.request.path if socket.request is not None else ""
        self.opened_s = opened_s
        self.streams: list[str] = []
        self.asked: list[tuple[float, str, list[str]]] = []
        self.has_asked = asyncio.Event()
        self.is_acknowledging = True
        self.is_delivering = True

    @property
    def is_open(self) -> bool:
        return self.socket.close_code is None and self.socket.state.name == "OPEN"

    async def say(self, frame: object) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame), text=True)

    def cut(self) -> None:
        self.socket.transport.abort()

    def go_deaf(self) -> None:
        """Read nothing any more, and so answer no ping."""
        self.socket.transport.pause_reading()

    async def take(self, message: str | bytes) -> None:
        asked = json.loads(message)
        names = asked.get("params", [])
        self.asked.append((asyncio.get_running_loop().time(), asked["method"], names))
        if asked["method"] == "SUBSCRIBE":
            self.streams += [name for name in names if name not in self.streams]
        else:
            self.streams = [name for name in self.streams if name not in names]
        self.has_asked.set()
        if self.is_acknowledging:
            await self.say({"result": None, "id": asked["id"]})


class StreamVenue:
    """Use it as a context; `url` is where to connect to."""

    def __init__(self) -> None:
        self.connections: list[VenueConnection] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.is_delivering_to_new = True
        self.is_acknowledging = True
        self.greeting_takes_s = 0.0
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}"

    @property
    def open_connections(self) -> list[VenueConnection]:
        return [connection for connection in self.connections if connection.is_open]

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            compression=None,
            ping_interval=None,
            close_timeout=0.5,
            process_request=self._greet,
            logger=_UNHEARD,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def say(self, stream: str, data: object) -> None:
        """Tell everybody who subscribed the stream."""
        frame = json.dumps({"stream": stream, "data": data})
        for connection in self.open_connections:
            if connection.is_delivering and stream in connection.streams:
                await connection.say(frame)

    async def _greet(self, connection: ServerConnection, _: Request) -> Response | None:
        await asyncio.sleep(self.greeting_takes_s)
        if not self.answers:
            return None
        status, headers = self.answers.pop(0)
        response = connection.respond(status, "")
        for name, value in headers.items():
            response.headers[name] = value
        return response

    async def _serve(self, socket: ServerConnection) -> None:
        connection = VenueConnection(socket, asyncio.get_running_loop().time())
        connection.is_delivering = self.is_delivering_to_new
        connection.is_acknowledging = self.is_acknowledging
        self.connections.append(connection)
        try:
            async for message in socket:
                await connection.take(message)
        except ConnectionClosed:
            return


def kline(
    symbol: str, minute: int, *, is_closed: bool = True, close: float = 100.0, timeframe: str = "1m"
) -> dict[str, object]:
    """A kline event as the venue writes it."""
    opened_ms = minute * MINUTE_MS
    return {
        "e": "kline",
        "E": opened_ms + 60_013,
        "s": symbol,
        "k": {
            "t": opened_ms,
            "T": opened_ms + MINUTE_MS - 1,
            "s": symbol,
            "i": timeframe,
            "f": 1,
            "L": 2,
            "o": "100.0",
            "c": str(close),
            "h": str(max(100.0, close) + 1),
            "l": str(min(100.0, close) - 1),
            "v": "10.5",
            "n": 7,
            "x": is_closed,
            "q": "1050.0",
            "V": "4.5",
            "Q": "450.0",
            "B": "0",
        },
    }


def book_ticker(symbol: str, number: int, bid: float = 99.0, ask: float = 101.0) -> dict[str, object]:
    """A book ticker event as the venue writes it."""
    return {
        "e": "bookTicker",
        "u": number,
        "E": 1_000 + number,
        "T": 1_000 + number,
        "s": symbol,
        "ps": symbol,
        "b": str(bid),
        "B": "4.1",
        "a": str(ask),
        "A": "2.0",
        "st": 1,
    }


def wrapped(events: Iterable[tuple[str, object]]) -> list[str]:
    """Combined frames of streams and their events."""
    return [json.dumps({"stream": stream, "data": data}) for stream, data in events]
