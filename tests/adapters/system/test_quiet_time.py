import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from adapters.system.quiet_time import NothingLeft, QuietTimeLoop

Main = Callable[[], Coroutine[Any, Any, None]]


def play(main: Main) -> float:
    """Run to the end, and tell how much time went by on the loop."""
    with asyncio.Runner(loop_factory=QuietTimeLoop) as runner:
        runner.run(main())
        return runner.get_loop().time()


def test_a_day_passes_at_once() -> None:
    async def main() -> None:
        await asyncio.sleep(86_400)

    assert play(main) == 86_400


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()
    await writer.wait_closed()


def test_time_stands_still_while_bytes_are_on_their_way() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            alarm = asyncio.create_task(asyncio.sleep(0.001))
            before = loop.time()
            for size in (1, 1_000, 300_000):
                writer.write(b"x" * size)
                assert len(await reader.readexactly(size)) == size
            assert loop.time() == before
            await alarm
            writer.close()
            await writer.wait_closed()

    play(main)


def test_time_goes_on_when_what_is_on_its_way_is_left_lying() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(60)
        writer.transport.abort()
        del reader

    async def main() -> None:
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(1)
            writer.write(b"x")
            with pytest.raises(ConnectionError):
                await reader.readexactly(1)
            writer.close()

    assert play(main) == pytest.approx(60, abs=1)


def test_waiting_for_nothing_is_told() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingLeft):
        play(main)


def test_the_same_happens_in_the_same_order_every_time() -> None:
    def told() -> list[tuple[float, str]]:
        heard: list[tuple[float, str]] = []

        async def talk(name: str, port: int) -> None:
            loop = asyncio.get_running_loop()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for number in range(5):
                writer.write(b"x" * 100)
                await reader.readexactly(100)
                heard.append((loop.time(), f"{name}{number}"))
                await asyncio.sleep(0.5)
            writer.close()
            await writer.wait_closed()

        async def main() -> None:
            async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
                port = server.sockets[0].getsockname()[1]
                await asyncio.gather(*(talk(name, port) for name in "abcdef"))

        play(main)
        return heard

    first = told()
    assert len(first) == 30
    assert told() == first
