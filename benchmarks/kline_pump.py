"""A venue in its own process that sends kline frames as fast as they are read."""

import asyncio
import json
import struct
import sys
from typing import Final

from websockets.asyncio.server import ServerConnection, serve

SYMBOLS: Final = tuple(f"COIN{number:03}USDT" for number in range(500))
LAST: Final = "ENDUSDT"
FRAMES_A_BAR: Final = 240
FIRST_MINUTE: Final = 29_921_760

_CHUNK_FRAMES: Final = 200
_MOST_WAITING: Final = 1_000_000


def frame_text(symbol: str, minute: int, *, is_closed: bool) -> bytes:
    """One combined kline frame, as long as the venue's own."""
    opened_ms = minute * 60_000
    bar = {
        "t": opened_ms,
        "T": opened_ms + 59_999,
        "s": symbol,
        "i": "1m",
        "f": 6123400100,
        "L": 6123401420,
        "o": "91850.10",
        "c": "91872.40",
        "h": "91890.00",
        "l": "91841.30",
        "v": "142.318",
        "n": 1321,
        "x": is_closed,
        "q": "13073912.4471",
        "V": "80.120",
        "Q": "7360611.8840",
        "B": "0",
    }
    event = {"e": "kline", "E": opened_ms + 60_013, "s": symbol, "k": bar}
    stream = f"{symbol.lower()}@kline_1m"
    return json.dumps({"stream": stream, "data": event}, separators=(",", ":")).encode()


def on_the_wire(text: bytes) -> bytes:
    """A server's text frame, without compression, as the venue sends it."""
    return struct.pack("!BBH", 0x81, 126, len(text)) + text


def frames(count: int) -> list[bytes]:
    """The frames of a busy market; the last one closes a candle of a symbol of its own."""
    texts = []
    for number in range(count - 1):
        symbol, turn = SYMBOLS[number % len(SYMBOLS)], number // len(SYMBOLS)
        is_closed = turn % FRAMES_A_BAR == FRAMES_A_BAR - 1
        texts.append(frame_text(symbol, FIRST_MINUTE + turn // FRAMES_A_BAR, is_closed=is_closed))
    return [*texts, frame_text(LAST, FIRST_MINUTE, is_closed=True)]


async def _pump(count: int) -> None:
    texts = [on_the_wire(text) for text in frames(count)]
    chunks = [b"".join(texts[start : start + _CHUNK_FRAMES]) for start in range(0, count, _CHUNK_FRAMES)]

    async def send(connection: ServerConnection) -> None:
        path = connection.request.path if connection.request is not None else ""
        if "streams=" not in path:
            asked = 0
            while asked <= len(SYMBOLS):
                message = json.loads(await connection.recv())
                asked += len(message["params"])
                await connection.send(json.dumps({"result": None, "id": message["id"]}))
        for chunk in chunks:
            while connection.transport.get_write_buffer_size() > _MOST_WAITING:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.0005)
            connection.transport.write(chunk)
        await connection.wait_closed()

    async with serve(send, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_pump(int(sys.argv[1])))
