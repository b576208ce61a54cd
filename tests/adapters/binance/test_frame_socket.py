import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode

from adapters.binance.frame_socket import FrameSocket

Handler = Callable[[ServerConnection], Awaitable[None]]
BORDERS = (0, 1, 2, 125, 126, 127, 65_535, 65_536, 70_000)

on_either_loop = pytest.mark.parametrize(
    "new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)


def run(
    scene: Callable[[], Coroutine[Any, Any, None]],
    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(10):
            await scene()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(in_time())


@asynccontextmanager
async def connected(handler: Handler, **rules: Any) -> AsyncIterator[FrameSocket]:  # noqa: ANN401 - the library's own
    async with serve(handler, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        told = {"compression": None, "proxy": None, "create_connection": FrameSocket, "close_timeout": 1}
        async with connect(f"ws://127.0.0.1:{port}", **(told | rules)) as socket:
            yield cast("FrameSocket", socket)


async def silent(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def taken(socket: FrameSocket, count: int) -> list[bytes]:
    messages: list[bytes] = []
    while len(messages) < count:
        messages += await socket.take()
    return messages


def on_the_wire(opcode: Opcode, content: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, content, fin).serialize(mask=False)


@st.composite
def messages_in_frames(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Whole messages, messages in parts, and control frames between them and in their midst."""
    wire, messages = b"", []
    for number in range(draw(st.integers(1, 8))):
        content = bytes([65 + number]) * draw(st.sampled_from(BORDERS))
        opcode = draw(st.sampled_from((Opcode.TEXT, Opcode.TEXT, Opcode.TEXT, Opcode.BINARY)))
        cut = draw(st.none() | st.integers(0, len(content)))
        pong = on_the_wire(Opcode.PONG, b"late") if draw(st.booleans()) else b""
        if cut is None:
            wire += pong + on_the_wire(opcode, content)
        else:
            wire += on_the_wire(opcode, content[:cut], fin=False) + pong
            wire += on_the_wire(Opcode.CONT, content[cut:])
        messages.append(content)
    return wire, messages


@settings(deadline=None, max_examples=40)
@given(messages_in_frames(), st.data())
def test_messages_are_the_same_wherever_their_bytes_are_cut(
    sent: tuple[bytes, list[bytes]], data: st.DataObject
) -> None:
    wire, messages = sent
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))

    async def scene() -> None:
        async with connected(silent, max_queue=None) as socket:
            for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
                socket.data_received(wire[start:end])
            assert await socket.take() == messages

    run(scene)


def test_messages_are_the_same_byte_by_byte() -> None:
    wire = (
        on_the_wire(Opcode.TEXT, b"a" * 200) + on_the_wire(Opcode.PONG, b"") + on_the_wire(Opcode.TEXT, b"b")
    )

    async def scene() -> None:
        async with connected(silent) as socket:
            for byte in wire:
                socket.data_received(bytes([byte]))
            assert await socket.take() == [b"a" * 200, b"b"]

    run(scene)


@on_either_loop
def test_what_comes_together_is_taken_together(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    texts = [str(number) * 150 for number in range(300)]

    async def tell(connection: ServerConnection) -> None:
        connection.transport.write(b"".join(on_the_wire(Opcode.TEXT, text.encode()) for text in texts))
        await connection.wait_closed()

    async def scene() -> None:
        async with connected(tell) as socket:
            assert await taken(socket, len(texts)) == [text.encode() for text in texts]

    run(scene, new_loop)


@on_either_loop
def test_pings_among_messages_are_answered(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    answered: list[bool] = []

    async def tell(connection: ServerConnection) -> None:
        await connection.send("before")
        pong = await connection.ping()
        await connection.send("behind")
        await pong
        answered.append(True)
        await connection.send("answered")
        await connection.wait_closed()

    async def scene() -> None:
        async with connected(tell) as socket:
            assert await taken(socket, 3) == [b"before", b"behind", b"answered"]

    run(scene, new_loop)
    assert answered == [True]


@on_either_loop
def test_a_crowd_is_left_in_the_socket_until_it_is_taken(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    count, text = 20_000, b"x" * 1_000
    most_waiting = 0

    async def tell(connection: ServerConnection) -> None:
        for _ in range(count):
            await connection.send(text.decode())
        await connection.wait_closed()

    async def scene() -> None:
        nonlocal most_waiting
        async with connected(tell, max_queue=10) as socket:
            messages = 0
            while messages < count:
                some = await socket.take()
                assert set(some) == {text}
                messages += len(some)
                most_waiting = max(most_waiting, len(some))
                await asyncio.sleep(0)

    run(scene, new_loop)
    assert most_waiting < 1_000


@on_either_loop
def test_a_socket_that_is_left_unread_can_be_closed(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def tell(connection: ServerConnection) -> None:
        for _ in range(50):
            await connection.send("x")
        await connection.wait_closed()

    async def scene() -> None:
        async with connected(tell, max_queue=1) as socket:
            while socket.transport.is_reading():  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0)
            await socket.close()
            assert socket.close_code == 1000
            with pytest.raises(ConnectionClosed):
                await taken(socket, 51)

    run(scene, new_loop)


def test_what_was_sent_before_goodbye_is_taken_before_it_is_told() -> None:
    async def tell(connection: ServerConnection) -> None:
        await connection.send("last")
        await connection.close(1001, "going")

    async def scene() -> None:
        async with connected(tell) as socket:
            await socket.wait_closed()
            assert await socket.take() == [b"last"]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.take()
            assert closed.value.rcvd == Close(1001, "going")

    run(scene)


def test_nothing_is_taken_behind_a_goodbye() -> None:
    goodbye = on_the_wire(Opcode.CLOSE, Close(1000, "").serialize())

    async def scene() -> None:
        async with connected(silent) as socket:
            socket.data_received(on_the_wire(Opcode.TEXT, b"a") + goodbye + on_the_wire(Opcode.TEXT, b"b"))
            assert await socket.take() == [b"a"]

    run(scene)


def test_a_message_that_is_cut_off_is_never_told() -> None:
    async def tell(connection: ServerConnection) -> None:
        connection.transport.write(on_the_wire(Opcode.TEXT, b"whole") + on_the_wire(Opcode.TEXT, b"torn")[:4])
        connection.transport.close()

    async def scene() -> None:
        async with connected(tell) as socket:
            assert await taken(socket, 1) == [b"whole"]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.take()
            assert closed.value.rcvd is None

    run(scene)


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (on_the_wire(Opcode.TEXT, b"x" * 1_001), 1009),
        (on_the_wire(Opcode.TEXT, b"x" * 70_000), 1009),
        (Frame(Opcode.TEXT, b"masked").serialize(mask=True), 1002),
        (b"\xc1\x01x", 1002),
        (b"\x83\x01x", 1002),
    ],
    ids=["too large", "far too large", "masked", "with a reserved bit", "of no kind"],
)
def test_a_frame_that_must_not_be_costs_the_connection(wire: bytes, code: int) -> None:
    async def scene() -> None:
        async with connected(silent, max_size=1_000) as socket:
            socket.data_received(on_the_wire(Opcode.TEXT, b"good") + wire)
            assert await socket.take() == [b"good"]
            with pytest.raises(ConnectionClosed) as closed:
                await socket.take()
            assert closed.value.sent is not None
            assert closed.value.sent.code == code

    run(scene)
