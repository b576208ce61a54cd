"""One connection, from open to closed."""

import asyncio
from typing import Any, Final, Generic, TypeVar

from websockets.exceptions import ConnectionClosed

from adapters.binance.feed_queue import FeedQueue
from adapters.binance.frame_socket import FrameSocket
from adapters.binance.stream_place import FrameReader
from adapters.binance.stream_socket import why_closed
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.streams.subscription_book import Ask, Method, SubscriptionBook
from adapters.binance.surroundings import Surroundings
from adapters.binance.wire.other_frames import (
    Acknowledged,
    ControlRefused,
    OtherFrame,
    ServerShutdown,
    Unknown,
)
from adapters.binance.wire.stream_control import subscribe, unsubscribe

Item = TypeVar("Item")

_FRAMES_A_TURN: Final = 256
_LOOK_AGAIN_MS: Final = 1_000


class StreamLink(Generic[Item]):
    """Reads one socket into the queue, and says what its subscription book has to say.

    A link that `is_held` keeps its frames to itself until it is released: it is the successor of one
    that still tells the same in its order.
    """

    def __init__(
        self,
        socket: FrameSocket,
        book: SubscriptionBook,
        reader: FrameReader[Item],
        queue: FeedQueue[Any],
        counters: FeedCounters,
        surroundings: Surroundings,
        *,
        is_held: bool,
    ) -> None:
        self.heard: set[str] = set()
        self.book = book
        self.ended: str | None = None
        self.is_leaving = False
        self._socket = socket
        self._reader = reader
        self._queue = queue
        self._counters = counters
        self._surroundings = surroundings
        self._held: list[bytes] | None = [] if is_held else None
        self._frames_read = 0
        self._spoken_to = asyncio.Event()
        self._spoken_to.set()

    async def run(self) -> None:
        """Read and talk until the connection ends, however it does; `ended` then says why."""
        async with asyncio.TaskGroup() as tasks:
            talking = tasks.create_task(self._talk())
            try:
                self.ended = await self._read()
            finally:
                talking.cancel()
                await self._socket.close()

    async def close(self) -> None:
        """Say goodbye; what was sent before is still read."""
        await self._socket.close()

    def renew(self, streams: tuple[str, ...]) -> None:
        """Give streams up and ask for them again."""
        self.book.renew(streams)
        self._spoken_to.set()

    def release(self) -> None:
        """Tell what was held back, and hold back nothing more."""
        held, self._held = self._held or [], None
        for frame in held:
            self._take(frame)

    async def _read(self) -> str:
        try:
            while True:
                await self._read_all(await self._socket.take())
        except ConnectionClosed as closed:
            return why_closed(closed)

    async def _read_all(self, frames: list[bytes]) -> None:
        """Read frames, and let others have their turn now and then."""
        counters, queue = self._counters, self._queue
        counters.frames += len(frames)
        counters.bytes += sum(map(len, frames))
        for number, frame in enumerate(frames, self._frames_read + 1):
            if self._held is not None:
                self._held.append(frame)
            else:
                self._take(frame)
                if queue.is_full:
                    counters.reader_waits += 1
                    await queue.room()
            if number % _FRAMES_A_TURN == 0:
                await self._surroundings.sleep(0)
        self._frames_read += len(frames)

    def _take(self, frame: bytes) -> None:
        told = self._reader.read(frame, self.heard)
        if not told:
            return
        if isinstance(told, OtherFrame):
            self._answer(told)
            return
        for item, key in told:
            self._counters.events += 1
            self._queue.put(item, key)

    def _answer(self, told: OtherFrame) -> None:
        match told:
            case Acknowledged(request_id=request_id):
                self._counters.acknowledged += self.book.acknowledged(request_id)
            case ControlRefused(request_id=request_id, code=code, text=text):
                self.book.turned_down(request_id, code, text)
            case ServerShutdown():
                self.is_leaving = True
            case Unknown(kind=kind):
                self._counters.ignore(kind)
            case _:
                self._counters.malformed += 1

    async def _talk(self) -> None:
        while True:
            await self._spoken_to.wait()
            now_ms = self._surroundings.steady_ms()
            ask = self.book.next_ask(now_ms)
            if ask is not None and not await self._has_said(ask):
                return
            wait_ms = self.book.wait_ms(self._surroundings.steady_ms())
            if wait_ms is None:
                self._spoken_to.clear()
            else:
                await self._surroundings.sleep(min(wait_ms, _LOOK_AGAIN_MS) / 1_000)

    async def _has_said(self, ask: Ask) -> bool:
        asking = subscribe if ask.method is Method.SUBSCRIBE else unsubscribe
        try:
            await self._socket.send(asking(ask.streams, ask.request_id), text=True)
        except ConnectionClosed:
            return False
        return True
