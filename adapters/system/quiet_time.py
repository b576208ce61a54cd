"""An event loop whose time jumps to the next timer as soon as nothing is left to do or under way."""

import asyncio
import selectors
import socket
from typing import Any, Final

_PATIENCE_S: Final = 0.05

_Line = frozenset[Any]
_Ready = list[tuple[selectors.SelectorKey, int]]


class NothingLeft(RuntimeError):
    """Everybody waits, nothing is under way and no timer will ever wake anybody."""


class _Traffic:
    """Counts the bytes that were sent over connections inside this process and not received yet."""

    def __init__(self) -> None:
        self._on: dict[_Line, int] = {}
        self._total = 0
        self._stalled = 0
        self._is_settled = True

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way that somebody will take."""
        return self._is_settled and self._total == self._stalled

    def open(self, line: _Line) -> None:
        """Begin to count a connection; both its ends are one line."""
        self._on.setdefault(line, 0)
        self._is_settled = False

    def add(self, line: _Line, count: int) -> None:
        """Count what was sent, or as negative what was received."""
        if line in self._on:
            self._on[line] += count
            self._total += count

    def close(self, line: _Line) -> None:
        """Count a connection no more: what is still on it may never be taken."""
        self._total -= self._on.pop(line, 0)
        self._is_settled = False

    def give_up(self) -> None:
        """Take what is on its way for left lying: its receiver does not read now."""
        self._stalled = self._total
        self._is_settled = True


class _CountedSocket:
    """A connected socket that counts what goes through it."""

    def __init__(self, sock: socket.socket, traffic: _Traffic) -> None:
        self._sock = sock
        self._traffic = traffic
        self._line: _Line = frozenset({sock.getsockname(), sock.getpeername()})
        traffic.open(self._line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a socket has
        return getattr(self._sock, name)

    def send(self, data: bytes) -> int:
        """Send what the kernel takes."""
        sent = self._sock.send(data)
        self._traffic.add(self._line, sent)
        return sent

    def sendmsg(self, buffers: list[bytes]) -> int:
        """Send what the kernel takes of several pieces."""
        sent = self._sock.sendmsg(buffers)
        self._traffic.add(self._line, sent)
        return sent

    def recv(self, most: int) -> bytes:
        """Receive what is there."""
        data = self._sock.recv(most)
        self._traffic.add(self._line, -len(data))
        return data

    def recv_into(self, buffer: bytearray) -> int:
        """Receive what is there into a buffer."""
        count = self._sock.recv_into(buffer)
        self._traffic.add(self._line, -count)
        return count

    def close(self) -> None:
        """Let go of the connection."""
        self._traffic.close(self._line)
        self._sock.close()


class _QuietSelector(selectors.DefaultSelector):
    """Tells what is ready in a steady order, and moves the clock when all is quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.traffic = _Traffic()

    def select(self, timeout: float | None = None) -> _Ready:
        ready = super().select(0)
        if not ready and timeout != 0 and not self.traffic.is_quiet:
            ready = super().select(_PATIENCE_S)
            if not ready:
                self.traffic.give_up()
        if ready or timeout == 0:
            return sorted(ready, key=lambda one: one[0].fd) if len(ready) > 1 else ready
        if timeout is None:
            raise NothingLeft("nothing is ready and no timer is set")
        self.now_s += max(timeout, 0.0)
        return []


class QuietTimeLoop(asyncio.SelectorEventLoop):
    """Hours pass in seconds, over real sockets, and the same every time.

    Its time begins at zero and moves only when no callback is due, no socket is ready, and every byte
    sent between its own sockets has been received. Whoever talks to another process, or works in a
    thread, has no place on it: it would not wait.
    """

    def __init__(self) -> None:
        self._quiet = _QuietSelector()
        super().__init__(self._quiet)

    def time(self) -> float:
        """Tell the time in seconds."""
        return self._quiet.now_s

    def _make_socket_transport(self, sock: Any, *of: Any, **more: Any) -> Any:  # noqa: ANN401 - as in asyncio
        counted = _CountedSocket(sock, self._quiet.traffic)
        return super()._make_socket_transport(counted, *of, **more)  # type: ignore[misc]
