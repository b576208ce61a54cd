"""Who hears what: every socket, every stream somebody listens to, and the listen key."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from adapters.venue.faults import Faults
from adapters.venue.stream_name import PRIVATE, UNROUTED, StreamName, is_heard_on, read_stream_name
from adapters.venue.stream_socket import StreamSocket
from domain.market.timeframe import MINUTE_MS

LISTEN_KEY_LASTS_MS: Final = 60 * MINUTE_MS


@dataclass(slots=True)
class HeardStream:
    """A stream with at least one listener; `due_ms` is when it may speak again.

    `shown` is what a depth stream told last, by side and price, and `update_id` up to which change.
    """

    name: StreamName
    sockets: list[StreamSocket] = field(default_factory=list)
    due_ms: int = 0
    shown: tuple[dict[str, str], dict[str, str]] = field(default_factory=lambda: ({}, {}))
    update_id: int = 0
    last_text: bytes = b""

    def send(self, payload: bytes) -> None:
        """Give a payload to every listener."""
        for socket in self.sockets:
            socket.send(self.name.text, payload)


class Streams:
    """Sockets and what each of them truly gets, which is less than what was acknowledged."""

    def __init__(self, faults: Faults) -> None:
        self.sockets: list[StreamSocket] = []
        self.heard: dict[str, HeardStream] = {}
        self._faults = faults
        self._made = 0

    def connect(self, route: str, now_ms: int, *, is_combined: bool) -> StreamSocket:
        """Take in a new socket."""
        self._made += 1
        socket = StreamSocket(self._made, route, now_ms, is_combined=is_combined)
        self.sockets.append(socket)
        return socket

    def disconnect(self, socket: StreamSocket) -> None:
        """Forget a socket."""
        if socket in self.sockets:
            self.sockets.remove(socket)
        self.leave(socket, list(socket.names))

    def join(self, socket: StreamSocket, names: Iterable[str], now_ms: int) -> None:
        """Let a socket hear those of the streams that exist and belong to its route."""
        if socket.route == PRIVATE:
            return
        for text in names:
            name = read_stream_name(text)
            if name is None or not is_heard_on(name, socket.route):
                continue
            if self._faults.strikes("stream_stays_silent", now_ms):
                continue
            heard = self.heard.setdefault(text, HeardStream(name))
            if socket not in heard.sockets:
                heard.sockets.append(socket)

    def leave(self, socket: StreamSocket, names: Iterable[str]) -> None:
        """Let a socket hear streams no more."""
        for text in names:
            heard = self.heard.get(text)
            if heard is not None and socket in heard.sockets:
                heard.sockets.remove(socket)
                if not heard.sockets:
                    del self.heard[text]

    def of_kind(self, kind: str) -> list[HeardStream]:
        """List the streams of a kind that somebody hears."""
        return [heard for heard in self.heard.values() if heard.name.kind == kind]

    def tell_user(self, key: str, event: str, payload: bytes) -> None:
        """Send a user event to every private socket that wants it under this listen key."""
        for socket in self.sockets:
            if socket.route == UNROUTED or key not in socket.events_of:
                continue
            wanted = socket.events_of[key]
            if wanted is None or event in wanted:
                socket.send(key, payload)

    def tell_everybody(self, payload: bytes) -> None:
        """Send a payload to every socket as it is."""
        for socket in self.sockets:
            socket.pending.append(payload)


class ListenKey:
    """One listen key for the whole account, as the venue has it."""

    def __init__(self) -> None:
        self.text = ""
        self._until_ms = 0
        self._made = 0

    def is_alive(self, now_ms: int) -> bool:
        """Tell whether there is a key that has not run out."""
        return bool(self.text) and now_ms < self._until_ms

    def create(self, now_ms: int) -> str:
        """Give the key, a new one only if there is none; it lasts another hour."""
        if not self.is_alive(now_ms):
            self._made += 1
            self.text = f"listenKeyOfTheSimulatedVenue{self._made:08d}" + "x" * 28
        self._until_ms = now_ms + LISTEN_KEY_LASTS_MS
        return self.text

    def keep_alive(self, now_ms: int) -> str | None:
        """Let the key last another hour, or give None when there is none."""
        if not self.is_alive(now_ms):
            return None
        self._until_ms = now_ms + LISTEN_KEY_LASTS_MS
        return self.text

    def close(self) -> str:
        """Take the key back and give what it was."""
        closed, self.text = self.text, ""
        return closed

    def has_run_out(self, now_ms: int) -> bool:
        """Tell whether there is a key whose hour is over."""
        return bool(self.text) and now_ms >= self._until_ms
