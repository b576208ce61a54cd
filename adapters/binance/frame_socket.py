"""A connection whose messages are taken many at a time."""

import asyncio
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.frames import DATA_OPCODES, CloseCode, Frame
from websockets.protocol import Event, State

_WHOLE_TEXT: Final = 0x81
_SHORT_HEAD: Final = 2
_LONG_HEAD: Final = 4
_IN_TWO_BYTES: Final = 126
_LONGEST: Final = 2**16 - 1
_END_OF_HEAD: Final = b"\r\n\r\n"


class FrameSocket(ClientConnection):
    """Finds whole text frames of up to 64 KiB itself; the library does all the rest.

    Those are nearly all that a venue sends, and finding them costs a fraction of what the library's parser
    does. While `max_queue` messages wait or more, the socket is left unread.
    """

    def __init__(self, *of: Any, **more: Any) -> None:  # noqa: ANN401 - as in the library
        super().__init__(*of, **more)
        most = self.protocol.max_message_size
        self._longest = _LONGEST if most is None else min(most, _LONGEST)
        self._messages: list[bytes] = []
        self._parts: list[bytes] = []
        self._unread = b""
        self._is_left_unread = False
        self._arrived: asyncio.Future[None] | None = None

    async def handshake(self, *of: Any, **more: Any) -> None:  # noqa: ANN401 - as in the library
        """Shake hands, and forget the request: the account's address holds a key."""
        try:
            await super().handshake(*of, **more)
        finally:
            self.request = None

    async def take(self) -> list[bytes]:
        """Give all messages that came since the last call, waiting for the first of them.

        Raises ConnectionClosed when the connection is closed and every message was taken.
        """
        while not self._messages:
            if self.protocol.state is State.CLOSED:
                raise self.protocol.close_exc
            self._arrived = self.loop.create_future()
            await self._arrived
        taken, self._messages = self._messages, []
        self._read_on()
        return taken

    async def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:
        """Say goodbye; what was sent before may still be taken."""
        self._read_on()
        await super().close(code, reason)

    def data_received(self, data: bytes) -> None:
        """Take what the socket gave."""
        if self.response is None:
            self._shake_hands(data)
        else:
            self._read(data)
        if self._messages:
            self._wake()
            if self._is_crowded():
                self._leave_unread()

    def eof_received(self) -> None:
        """Take the end of what the socket gives."""
        unread, self._unread = self._unread, b""
        if unread:
            super().data_received(unread)
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection."""
        super().connection_lost(exc)
        self._wake()

    def process_event(self, event: Event) -> None:
        """Take what the library found."""
        if not isinstance(event, Frame) or event.opcode not in DATA_OPCODES:
            super().process_event(event)
            return
        self._parts.append(bytes(event.data))
        if event.fin:
            self._messages.append(b"".join(self._parts))
            self._parts.clear()

    def _shake_hands(self, data: bytes) -> None:
        """Let the library see its answer alone, so that it holds nothing of what follows."""
        head, end, rest = data.partition(_END_OF_HEAD)
        super().data_received(head + end)
        if rest:
            self._read(rest)

    def _read(self, data: bytes) -> None:
        """Find the frames in what came; what is not whole yet waits for the rest of it."""
        if self._unread:
            data, self._unread = self._unread + data, b""
        at, end, messages, is_plain = 0, len(data), self._messages, self._is_plain()
        while is_plain and end - at >= _SHORT_HEAD:
            start, length = at + _SHORT_HEAD, data[at + 1]
            if length == _IN_TWO_BYTES and end - at >= _LONG_HEAD:
                start, length = at + _LONG_HEAD, data[at + 2] << 8 | data[at + 3]
            elif length > _IN_TWO_BYTES:
                length = _LONGEST + 1
            if length > self._longest:
                is_plain = False
                break
            if start + length > end:
                break
            if data[at] == _WHOLE_TEXT:
                messages.append(data[start : start + length])
            else:
                super().data_received(data[at : start + length])
                is_plain = self._is_plain()
            at = start + length
        if is_plain:
            self._unread = data[at:]
        elif at < end:
            super().data_received(data[at:])

    def _is_plain(self) -> bool:
        """Tell whether the next byte begins a frame that we may look at before the library does."""
        return self.protocol.state is State.OPEN and not self.protocol.reader.buffer

    def _is_crowded(self) -> bool:
        """Tell whether enough waits to leave the rest in the socket; on the way out all of it is read."""
        most = self.max_queue_high
        return most is not None and len(self._messages) >= most and self.protocol.state is State.OPEN

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def _leave_unread(self) -> None:
        if not self._is_left_unread:
            self._is_left_unread = True
            self.transport.pause_reading()

    def _read_on(self) -> None:
        if self._is_left_unread and not self.transport.is_closing():
            self._is_left_unread = False
            self.transport.resume_reading()
