"""Sockets on the wire: handshakes, control messages, pings, and the frames that wait."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web
from aiohttp.client_exceptions import ClientConnectionResetError

from adapters.venue.performance import ConnectionCut, count
from adapters.venue.request_refused import RequestRefused
from adapters.venue.stream_address import StreamAddress, read_address
from adapters.venue.stream_name import PRIVATE, UNROUTED
from adapters.venue.stream_socket import POLICY_VIOLATION, StreamSocket
from adapters.venue.venue import Venue
from adapters.venue.ws_api_door import HANDSHAKE_WEIGHT, WsApiSession

GOING_AWAY: Final = 1001
WS_API_PATH: Final = "/ws-fapi/v1"
_CLOSE_CODE_BYTES: Final = 2
_LONGEST_REASON: Final = 123
_BREATH_S: Final = 0.001
_FAREWELL_S: Final = 0.1
_PATIENCE_S: Final = 30.0
_MESSAGE: Final = frozenset({WSMsgType.TEXT, WSMsgType.BINARY})


class Connection:
    """A socket of the streams together with its line."""

    def __init__(
        self, socket: StreamSocket, line: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        self.socket = socket
        self.line = line
        self.transport = transport
        self.is_sending = False

    async def send(self, frame: bytes, kind: WSMsgType = WSMsgType.TEXT) -> None:
        """Send one frame; a line that is gone swallows it."""
        if self.transport.is_closing() or self.line.closed:
            return
        try:
            await self.line.send_frame(frame, kind)
        except (ClientConnectionResetError, ConnectionError):
            self.transport.abort()

    async def close(self, code: int, reason: str) -> None:
        """Send a close frame, or cut the line without one when the code is zero."""
        if code:
            reason_bytes = reason.encode()[:_LONGEST_REASON]
            await self.send(code.to_bytes(_CLOSE_CODE_BYTES, "big") + reason_bytes, WSMsgType.CLOSE)
        else:
            self.transport.abort()


class StreamDoor:
    """Takes sockets in and sends what waits for them."""

    def __init__(self, venue: Venue, monotonic: Callable[[], float]) -> None:
        self._venue = venue
        self._monotonic = monotonic
        self._connections: dict[int, Connection] = {}
        self._api_lines: set[Connection] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it is closed; an address that leads nowhere is not found."""
        path, _, query = request.raw_path.partition("?")
        address = read_address(path, query)
        is_api = path.rstrip("/") == WS_API_PATH
        if address is None and not is_api:
            return web.Response(status=404)
        line = web.WebSocketResponse(autoping=False, compress=False)
        await line.prepare(request)
        transport = request.transport
        if transport is None:
            return line
        transport.set_write_buffer_limits(high=self._venue.settings.send_buffer)
        if address is None:
            await self._serve_api(line, transport, query)
        else:
            await self._serve_streams(line, transport, address)
        return line

    async def flush(self) -> None:
        """Send every frame that waits, ping whom it is time to ping, and close what is to be closed."""
        now_ms = self._venue.now_ms()
        is_late = self._venue.faults.strikes("sockets_reordered", now_ms) and len(self._connections) > 1
        for index, connection in enumerate(list(self._connections.values())):
            await self._flush(connection, now_ms, is_late=is_late and index == 0)
        for connection in list(self._api_lines):
            await self._keep_alive(connection, now_ms)
            if connection.socket.closing is not None:
                self._api_lines.discard(connection)
                await connection.close(*connection.socket.closing)

    async def go_away(self) -> None:
        """Say that the venue ends and close every line; one that does not read is cut."""
        for connection in [*self._connections.values(), *self._api_lines]:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FAREWELL_S):
                    await connection.close(GOING_AWAY, "")
                    connection.transport.close()
                    continue
            connection.transport.abort()

    async def settle(self, within_s: float = 5.0) -> bool:
        """Ping every client and wait until all have answered: then they have read all frames before."""
        waiting = list(self._connections.values())
        for connection in waiting:
            connection.socket.unanswered_ping_ms = self._venue.now_ms()
            await connection.send(str(self._venue.now_ms()).encode(), WSMsgType.PING)
        until = self._monotonic() + within_s
        while any(one.socket.unanswered_ping_ms is not None and not one.line.closed for one in waiting):
            if self._monotonic() > until:
                return False
            await asyncio.sleep(_BREATH_S)
        return True

    async def _serve_streams(
        self, line: web.WebSocketResponse, transport: asyncio.Transport, address: StreamAddress
    ) -> None:
        venue = self._venue
        socket = venue.streams.connect(address.route, venue.now_ms(), is_combined=address.is_combined)
        connection = Connection(socket, line, transport)
        self._connections[socket.number] = connection
        fresh = socket.take_path(address.path_names + address.query_names)
        if address.route == PRIVATE:
            self._take_listen_keys(socket, address)
        venue.streams.join(socket, fresh, venue.now_ms())
        try:
            await self._listen(connection)
        finally:
            venue.streams.disconnect(socket)
            self._connections.pop(socket.number, None)

    async def _listen(self, connection: Connection) -> None:
        socket, line, streams = connection.socket, connection.line, self._venue.streams
        while socket.closing is None:
            message = await line.receive()
            if message.type is WSMsgType.PONG:
                socket.unanswered_ping_ms = None
                continue
            if message.type is not WSMsgType.PING and message.type not in _MESSAGE:
                return
            if socket.is_too_fast(self._seconds()):
                socket.closing = (POLICY_VIOLATION, "Too many requests")
            elif message.type is WSMsgType.PING:
                await connection.send(message.data, WSMsgType.PONG)
            else:
                reply, added, gone = socket.hear(message.data)
                await connection.send(reply)
                streams.join(socket, added, self._venue.now_ms())
                streams.leave(socket, gone)
        await connection.close(*socket.closing)
        await line.receive()

    async def _flush(self, connection: Connection, now_ms: int, *, is_late: bool) -> None:
        socket, transport = connection.socket, connection.transport
        if connection.is_sending:
            return
        connection.is_sending = True
        try:
            await self._send_pending(connection, is_late=is_late)
            await self._keep_alive(connection, now_ms)
        finally:
            connection.is_sending = False
        if socket.closing is not None:
            await connection.close(*socket.closing)
        elif self._venue.clock.waits_for_clients:
            await self._wait_for(transport)

    async def _wait_for(self, transport: asyncio.Transport) -> None:
        """Wait until a client has taken what was sent, and give up on one that never does."""
        until_s = self._monotonic() + _PATIENCE_S
        while transport.get_write_buffer_size() and not transport.is_closing():
            if self._monotonic() > until_s:
                transport.abort()
            await asyncio.sleep(_BREATH_S)

    async def _send_pending(self, connection: Connection, *, is_late: bool) -> None:
        socket = connection.socket
        while socket.pending or socket.delayed:
            frames, socket.pending = socket.delayed + socket.pending, []
            socket.delayed = frames if is_late else []
            if is_late:
                return
            for frame in frames:
                if self._is_overrun(connection):
                    connection.transport.abort()
                    return
                await connection.send(frame)

    def _is_overrun(self, connection: Connection) -> bool:
        """Tell whether a client that nobody waits for has left too much unread."""
        most = self._venue.settings.send_buffer // 2
        waits = self._venue.clock.waits_for_clients
        return not waits and connection.transport.get_write_buffer_size() >= most

    async def _keep_alive(self, connection: Connection, now_ms: int) -> None:
        socket, settings = connection.socket, self._venue.settings
        if now_ms - socket.connected_ms >= settings.socket_lasts_ms:
            socket.closing = (1000, "")
        asked_ms = socket.unanswered_ping_ms
        if asked_ms is not None and now_ms - asked_ms >= settings.pong_within_ms:
            socket.closing = (1008, "Pong timeout")
        is_due = now_ms - socket.pinged_ms >= settings.ping_every_ms
        if is_due and not self._venue.faults.is_on("pings_withheld", now_ms):
            socket.pinged_ms = now_ms
            if asked_ms is None:
                socket.unanswered_ping_ms = now_ms
            await connection.send(str(now_ms).encode(), WSMsgType.PING)

    async def _serve_api(self, line: web.WebSocketResponse, transport: asyncio.Transport, query: str) -> None:
        asked = dict(parse_qsl(query))
        session = WsApiSession(self._venue, tells_limits=asked.get("returnRateLimits") != "false")
        socket = StreamSocket(0, UNROUTED, self._venue.now_ms(), is_combined=False)
        connection = Connection(socket, line, transport)
        self._api_lines.add(connection)
        try:
            count(self._venue, "ws-fapi", HANDSHAKE_WEIGHT)
            while (message := await line.receive()).type in {*_MESSAGE, WSMsgType.PING, WSMsgType.PONG}:
                if message.type is WSMsgType.PING:
                    await connection.send(message.data, WSMsgType.PONG)
                elif message.type is WSMsgType.PONG:
                    socket.unanswered_ping_ms = None
                elif message.type in _MESSAGE:
                    await connection.send(session.answer(message.data))
                    await self.flush()
        except RequestRefused as refused:
            await connection.close(POLICY_VIOLATION, refused.message)
        except ConnectionCut:
            transport.abort()
        finally:
            self._api_lines.discard(connection)

    def _take_listen_keys(self, socket: StreamSocket, address: StreamAddress) -> None:
        now_ms, faults = self._venue.now_ms(), self._venue.faults
        if address.path_names and faults.is_on("user_path_form_silent", now_ms):
            socket.events_of.clear()
        for key, events in address.keys:
            if events is None and faults.is_on("user_without_events_silent", now_ms):
                continue
            socket.listen_to(key, events)

    def _seconds(self) -> float:
        clock = self._venue.clock
        return self._monotonic() if clock.waits_for_clients else clock.now_ms() / 1_000
