"""An event loop whose time jumps: hours pass in milliseconds, always in the same order.

Connections made on it (`create_connection`, `create_server`) stay inside the process: no sockets, no kernel,
and so nothing that could come in another order the next time.
"""

import asyncio
import errno
import selectors
import socket
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

_HIGH_WATER: Final = 65_536
_Factory = Callable[[], asyncio.BaseProtocol]


class Stuck(AssertionError):
    """Everybody waits and no timer will ever wake anybody."""


class _JumpingSelector(selectors.DefaultSelector):
    """Tells what is ready at once, and otherwise moves the clock to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise Stuck("nothing is ready and no timer is set")
        self.now_s += max(timeout, 0.0)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Use it through `run`."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        self._listening: dict[int, _Factory] = {}
        self._meant_for: dict[int, int] = {}
        self._next_port = 40_000
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    async def create_server(  # type: ignore[override]
        self, protocol_factory: _Factory, _host: str | None = None, port: int = 0, **_: object
    ) -> "MemoryServer":
        self._next_port += 1
        number = port or self._next_port
        self._listening[number] = protocol_factory
        return MemoryServer(self, number)

    async def create_connection(  # type: ignore[override]
        self,
        protocol_factory: _Factory,
        *_: object,
        port: int | None = None,
        sock: socket.socket | None = None,
        **__: object,
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        if sock is not None:
            port = self._meant_for.pop(sock.fileno())
            sock.close()
        await asyncio.sleep(0.001)
        listening = self._listening.get(port or 0)
        if listening is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"nobody listens at {port}")
        ours, theirs = protocol_factory(), listening()
        near, far = MemoryTransport(self, ours), MemoryTransport(self, theirs)
        near.peer, far.peer = far, near
        theirs.connection_made(far)
        ours.connection_made(near)
        return near, ours

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:  # noqa: ANN401 - as in asyncio
        """Remember where a socket was to lead: some clients connect it before they ask for a connection."""
        self._meant_for[sock.fileno()] = address[1]

    def stop_listening(self, port: int) -> None:
        self._listening.pop(port, None)


class MemoryServer(asyncio.AbstractServer):
    """What `create_server` gives: just enough of a server to close it and to ask for its port."""

    def __init__(self, loop: VirtualTimeLoop, port: int) -> None:
        self._loop = loop
        self._is_serving = True
        self.port = port
        self.sockets = (_Address(port),)

    def close(self) -> None:
        self._is_serving = False
        self._loop.stop_listening(self.port)

    def is_serving(self) -> bool:
        return self._is_serving

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    async def start_serving(self) -> None:
        self._is_serving = True

    async def serve_forever(self) -> None:
        await asyncio.Event().wait()

    async def wait_closed(self) -> None:
        await asyncio.sleep(0)


class _Address:
    family = socket.AF_INET

    def __init__(self, port: int) -> None:
        self._port = port

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", self._port


class MemoryTransport(asyncio.Transport):
    """One end of a connection: what is written here is received there, in the next turn of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.BaseProtocol) -> None:
        super().__init__({"peername": ("127.0.0.1", 0), "sockname": ("127.0.0.1", 0)})
        self.peer: MemoryTransport | None = None
        self._loop = loop
        self._protocol = protocol
        self._arrived: deque[bytes] = deque()
        self._size = 0
        self._is_reading = True
        self._is_closing = False
        self._has_writer_paused = False
        self._ended = False

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def is_closing(self) -> bool:
        return self._is_closing

    def is_reading(self) -> bool:
        return self._is_reading and not self._is_closing

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        self._is_reading = True
        self._loop.call_soon(self._deliver)

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if self.peer is not None and not self._is_closing:
            self.peer._ended = True  # noqa: SLF001
            self._loop.call_soon(self.peer._deliver)  # noqa: SLF001

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The limits are the same for everybody."""

    def get_write_buffer_size(self) -> int:
        return self.peer._size if self.peer is not None else 0  # noqa: SLF001 - both ends are one thing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.peer is not None and not self._is_closing and data:
            self.peer._arrive(bytes(data), self)  # noqa: SLF001

    def close(self) -> None:
        self._end(None, is_flushed=True)

    def abort(self) -> None:
        self._end(None, is_flushed=False)

    def reset(self) -> None:
        """Break the connection as a router would: both ends learn of it, nothing is said."""
        peer = self.peer
        self._end(ConnectionResetError(errno.ECONNRESET, "reset"), is_flushed=False)
        if peer is not None:
            peer._end(ConnectionResetError(errno.ECONNRESET, "reset"), is_flushed=False)  # noqa: SLF001

    def _arrive(self, data: bytes, writer: "MemoryTransport") -> None:
        self._arrived.append(data)
        self._size += len(data)
        if self._size > _HIGH_WATER and not writer._has_writer_paused:  # noqa: SLF001
            writer._has_writer_paused = True  # noqa: SLF001
            writer._protocol.pause_writing()  # noqa: SLF001
        self._loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        while self._arrived and self._is_reading and not self._is_closing:
            data = self._arrived.popleft()
            self._size -= len(data)
            self._protocol.data_received(data)  # type: ignore[attr-defined]
        self._let_peer_write()
        if self._ended and not self._arrived and not self._is_closing:
            self._protocol.eof_received()  # type: ignore[attr-defined]
            self._end(None, is_flushed=True)

    def _let_peer_write(self) -> None:
        peer = self.peer
        if peer is not None and peer._has_writer_paused and self._size <= _HIGH_WATER // 4:  # noqa: SLF001
            peer._has_writer_paused = False  # noqa: SLF001
            peer._protocol.resume_writing()  # noqa: SLF001

    def _end(self, error: Exception | None, *, is_flushed: bool) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._loop.call_soon(self._protocol.connection_lost, error)
        peer = self.peer
        if peer is not None and not peer._is_closing:  # noqa: SLF001
            peer._ended = True  # noqa: SLF001
            if not is_flushed:
                peer._arrived.clear()  # noqa: SLF001
            self._loop.call_soon(peer._deliver)  # noqa: SLF001


def run(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in virtual time; it begins at zero. Raises Stuck when all wait for ever."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main())
