"""The venue on a port of its own: REST, streams and WebSocket API in one server."""

import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

from adapters.venue.http_door import HttpDoor
from adapters.venue.performance import ConnectionCut
from adapters.venue.stream_door import StreamDoor
from adapters.venue.venue import Venue


class VenueServer:
    """Listens while its context is open; the market moves only while `run` does.

    It binds loopback unless told otherwise; port zero takes any free one. Nothing runs beside it
    but what serves a connection, and that ends with the context.
    """

    def __init__(
        self,
        venue: Venue,
        host: str = "127.0.0.1",
        port: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.venue = venue
        self._host = host
        self._port = port
        self._http = HttpDoor(venue)
        self._streams = StreamDoor(venue, monotonic)
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """Host and port, once it listens."""
        return f"{self._host}:{self._port}"

    @property
    def rest_url(self) -> str:
        """The base address of REST."""
        return f"http://{self.address}"

    @property
    def stream_url(self) -> str:
        """The base address of the streams, without a route."""
        return f"ws://{self.address}"

    @property
    def ws_api_url(self) -> str:
        """The address of the WebSocket API."""
        return f"ws://{self.address}/ws-fapi/v1"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._streams.go_away()
        if self._runner is not None:
            await self._runner.cleanup()

    async def run(self, until_ms: int | None = None) -> None:
        """Play the market to the end of its tape, or to a moment of the venue's time."""
        venue = self.venue
        while (at_ms := venue.next_moment()) is not None and (until_ms is None or at_ms <= until_ms):
            await venue.clock.wait_until(at_ms)
            venue.step()
            await self._streams.flush()
        if venue.is_over:
            await self._streams.flush()

    async def flush(self) -> None:
        """Send what waits for the sockets."""
        await self._streams.flush()

    async def settle(self) -> bool:
        """Wait until every socket has read all that was sent to it; False when one does not answer."""
        return await self._streams.settle()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._streams.serve(request)
        try:
            response = await self._http.answer(request)
        except ConnectionCut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        venue = self.venue
        if venue.faults.strikes("events_before_reply", venue.now_ms()):
            await self._streams.flush()
            return response
        with suppress(ClientConnectionResetError):
            await response.prepare(request)
            await response.write_eof()
        await self._streams.flush()
        return response
