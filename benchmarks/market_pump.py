"""A venue in its own process that sends a market at an even pace: klines and quotes of 500 symbols.

`python -m benchmarks.market_pump KLINES_A_SECOND QUOTES_A_SECOND FRAMES_A_BAR [at-once]`

Each connection to /market gets the klines, each to /public the quotes. The volume of a closed candle is the
moment it was written, in seconds of the machine's steady clock, which every process reads alike. Candles
close one after the other, or all `at-once`, as they do at a full minute.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from websockets.asyncio.server import ServerConnection, serve

from benchmarks.kline_pump import FIRST_MINUTE, SYMBOLS, on_the_wire

MINUTE_MS: Final = 60_000
_TICK_S: Final = 0.001
_MOST_WAITING: Final = 1_000_000
_PRICES: Final = ("100.49", "100.50", "100.51", "100.50")


class Pace(NamedTuple):
    """How many frames a second, how many kline frames make a bar, and whether all bars close together."""

    klines: int
    quotes: int
    frames_a_bar: int
    is_at_once: bool

    def bar_of(self, turn: int, index: int) -> tuple[int, bool]:
        """Tell in which minute a symbol is at a turn, and whether its bar closes with it."""
        count = turn + (0 if self.is_at_once else index)
        return FIRST_MINUTE + count // self.frames_a_bar, count % self.frames_a_bar == self.frames_a_bar - 1


def klines(pace: Pace) -> Iterator[bytes]:
    number = 0
    while True:
        turn, index = divmod(number, len(SYMBOLS))
        minute, is_closed = pace.bar_of(turn, index)
        yield on_the_wire(_kline(SYMBOLS[index], minute, is_closed=is_closed))
        number += 1


def quotes() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        symbol = SYMBOLS[number % len(SYMBOLS)]
        yield on_the_wire(_quote(symbol, number, _PRICES[number // len(SYMBOLS) % len(_PRICES)]))


def _kline(symbol: str, minute: int, *, is_closed: bool) -> bytes:
    opened_ms = minute * MINUTE_MS
    volume = f"{time.monotonic():.7f}"
    told_ms = opened_ms + (MINUTE_MS + 13 if is_closed else 13)
    return (
        f'{{"stream":"{symbol.lower()}@kline_1m","data":{{"e":"kline","E":{told_ms},"s":"{symbol}","k":{{'
        f'"t":{opened_ms},"T":{opened_ms + MINUTE_MS - 1},"s":"{symbol}","i":"1m","f":6123400100,'
        f'"L":6123401420,"o":"100.50","c":"100.50","h":"100.60","l":"100.40","v":"{volume}","n":1321,'
        f'"x":{"true" if is_closed else "false"},"q":"13073912.4471","V":"1.0","Q":"7360611.8840",'
        f'"B":"0"}}}}}}'
    ).encode()


def _quote(symbol: str, number: int, bid: str) -> bytes:
    told_ms = FIRST_MINUTE * MINUTE_MS + number
    return (
        f'{{"stream":"{symbol.lower()}@bookTicker","data":{{"e":"bookTicker",'
        f'"u":{9_100_200_300_400 + number},'
        f'"E":{told_ms},"T":{told_ms},"s":"{symbol}","ps":"{symbol}","b":"{bid}","B":"4.112","a":"100.52",'
        f'"A":"2.030","st":1}}}}'
    ).encode()


async def _answer(connection: ServerConnection, subscribed: asyncio.Event) -> None:
    asked = 0
    async for text in connection:
        message = json.loads(text)
        asked += len(message["params"])
        await connection.send(json.dumps({"result": None, "id": message["id"]}))
        if asked >= len(SYMBOLS):
            subscribed.set()


async def _pump(connection: ServerConnection, frames: Iterator[bytes], a_second: int) -> None:
    """Write each frame by itself, as many as are due; what a slow reader leaves is made up for later."""
    began_s, sent = time.monotonic(), 0
    while a_second:
        due = int((time.monotonic() - began_s) * a_second)
        while sent < due and connection.transport.get_write_buffer_size() < _MOST_WAITING:
            connection.transport.write(next(frames))
            sent += 1
        await asyncio.sleep(_TICK_S)


def serving(pace: Pace) -> Callable[[ServerConnection], object]:
    async def send(connection: ServerConnection) -> None:
        path = connection.request.path if connection.request is not None else ""
        subscribed = asyncio.Event()
        frames, a_second = (quotes(), pace.quotes) if "/public" in path else (klines(pace), pace.klines)
        answering = asyncio.create_task(_answer(connection, subscribed))
        await subscribed.wait()
        pumping = asyncio.create_task(_pump(connection, frames, a_second))
        await connection.wait_closed()
        pumping.cancel()
        await asyncio.gather(answering, pumping, return_exceptions=True)

    return send


async def main(pace: Pace) -> None:
    async with serve(serving(pace), "127.0.0.1", 0, compression=None, ping_interval=None) as server:  # type: ignore[arg-type]
        sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:4]]
    asyncio.run(main(Pace(numbers[0], numbers[1], numbers[2], "at-once" in sys.argv)))
