"""The loop whose time jumps."""

import asyncio

import pytest

from tests.virtual_time import MemoryTransport, Stuck, VirtualTimeLoop, run


class Recorder(asyncio.Protocol):
    def __init__(self) -> None:
        self.heard: list[str] = []
        self.transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard.append(data.decode())

    def pause_writing(self) -> None:
        self.heard.append("pause")

    def resume_writing(self) -> None:
        self.heard.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.heard.append(f"lost {type(exc).__name__}")


async def pair() -> tuple[MemoryTransport, Recorder, Recorder]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    near, far = Recorder(), Recorder()
    server = await loop.create_server(lambda: far, "127.0.0.1", 0)
    transport, _ = await loop.create_connection(lambda: near, host="127.0.0.1", port=server.port)
    assert isinstance(transport, MemoryTransport)
    return transport, near, far


def test_a_day_passes_at_once_and_in_order() -> None:
    async def main() -> list[str]:
        order: list[str] = []

        async def wait(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            order.append(f"{name} {asyncio.get_running_loop().time():.0f}")

        await asyncio.gather(wait("late", 86_400), wait("early", 1), wait("middle", 3_600))
        return order

    assert run(main) == ["early 1", "middle 3600", "late 86400"]


def test_waiting_for_what_never_comes_is_an_error() -> None:
    with pytest.raises(Stuck):
        run(asyncio.Event().wait)


def test_what_is_written_arrives_in_order_before_the_end() -> None:
    async def main() -> list[str]:
        transport, _, far = await pair()
        transport.write(b"a")
        transport.write(b"b")
        transport.close()
        await asyncio.sleep(0.1)
        return far.heard

    assert run(main) == ["a", "b", "lost NoneType"]


def test_the_end_of_writing_is_heard_after_what_was_written() -> None:
    async def main() -> tuple[list[str], list[str]]:
        transport, near, far = await pair()
        transport.write(b"a")
        transport.write_eof()
        await asyncio.sleep(0.1)
        return near.heard, far.heard

    assert run(main) == (["lost NoneType"], ["a", "lost NoneType"])


def test_an_abort_loses_what_is_under_way_and_a_reset_tells_both_ends() -> None:
    async def main() -> tuple[list[str], list[str], list[str]]:
        aborted, _, far = await pair()
        aborted.write(b"a")
        aborted.abort()
        broken, near, other = await pair()
        broken.reset()
        await asyncio.sleep(0.1)
        return far.heard, near.heard, other.heard

    assert run(main) == (["lost NoneType"], ["lost ConnectionResetError"], ["lost ConnectionResetError"])


def test_a_reader_that_pauses_makes_the_writer_pause() -> None:
    async def main() -> tuple[list[str], int]:
        transport, near, far = await pair()
        assert isinstance(far.transport, MemoryTransport)
        far.transport.pause_reading()
        transport.write(b"x" * 100_000)
        await asyncio.sleep(1)
        assert far.heard == []
        far.transport.resume_reading()
        await asyncio.sleep(1)
        return near.heard, len(far.heard[0])

    assert run(main) == (["pause", "resume"], 100_000)


def test_nobody_listens_at_a_closed_port() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        server = await loop.create_server(Recorder, "127.0.0.1", 0)
        server.close()
        await loop.create_connection(Recorder, host="127.0.0.1", port=server.port)

    with pytest.raises(ConnectionRefusedError):
        run(main)
