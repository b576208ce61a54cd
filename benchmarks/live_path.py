"""How long a live session takes from a frame to what it leads to, and from a closed candle to its decision.

`python -m benchmarks.live_path --seconds 20` prints both as tables, on asyncio and on uvloop.

The first runs under 2,000 kline frames a second, of which every twentieth closes a candle and leads to an
order: compiled structure engine, setup, gate, sizing and journal, up to the call that hands the order to the
broker. All others lead to nothing, and are done with once they are read. It begins when the bytes are handed
over by the event loop. CPU time is this thread's own; the wall clock's figure also holds whatever else the
machine does.

The second is 500 symbols whose candles all close in the same instant, twenty times a minute, at the same
rate: from the moment the venue wrote a frame to the moment the desk had decided on it.
"""

import argparse
import asyncio
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

from adapters.binance.frame_socket import FrameSocket
from adapters.binance.stream_link import StreamLink
from adapters.journal.file_journal import FileJournal
from benchmarks.live_desk import LOOPS, LiveDesk, pumping, runner_on

A_SECOND: Final = 2_000
_FRAMES_A_BAR_ONE_BY_ONE: Final = 20
_FRAMES_A_BAR_AT_ONCE: Final = 12
_SPEEDS: Final = {False: 12.0, True: 20.0}
_WARM_UP_S: Final = 3.0
_SYMBOL: Final = re.compile(rb'"s":"([A-Z0-9]+)","i":"1m"')
_CLOSED: Final = b'"x":true'
_HEADS: Final = ("p50", "p90", "p99", "p99.9", "max")
_RANKS: Final = (0.5, 0.9, 0.99, 0.999, 1.0)


class Times:
    """CPU and wall time of as many frames, in microseconds."""

    def __init__(self) -> None:
        self.cpu_us: list[float] = []
        self.wall_us: list[float] = []

    def add(self, began: tuple[int, int], ended: tuple[int, int]) -> None:
        self.cpu_us.append((ended[0] - began[0]) / 1_000)
        self.wall_us.append((ended[1] - began[1]) / 1_000)

    def clear(self) -> None:
        self.cpu_us.clear()
        self.wall_us.clear()


class Stopwatch:
    """From the bytes of a frame to the order that follows, or to knowing that nothing does."""

    def __init__(self) -> None:
        self.orders, self.all_frames = Times(), Times()
        self._begun: dict[bytes, tuple[int, int]] = {}

    def bytes_came(self, data: bytes) -> None:
        symbols = _SYMBOL.findall(data)
        began = _now_ns()
        for symbol in symbols:
            self._begun[symbol] = began

    def read(self, frame: bytes) -> None:
        ended = _now_ns()
        found = None if _CLOSED in frame else _SYMBOL.search(frame)
        if found is not None:
            self.all_frames.add(self._begun.pop(found[1], ended), ended)

    def ordered(self, symbol: str) -> None:
        ended = _now_ns()
        began = self._begun.pop(symbol.encode())
        for times in (self.orders, self.all_frames):
            times.add(began, ended)


def _now_ns() -> tuple[int, int]:
    return time.thread_time_ns(), time.perf_counter_ns()


@contextmanager
def watching(watch: Stopwatch) -> Iterator[None]:
    """Note when the loop hands over bytes and when a frame was read, while this lasts."""
    takes, reads = FrameSocket.data_received, StreamLink._take  # noqa: SLF001

    def data_received(socket: FrameSocket, data: bytes) -> None:
        watch.bytes_came(data)
        takes(socket, data)

    def read(link: StreamLink[Any], frame: bytes) -> None:
        reads(link, frame)
        watch.read(frame)

    with patch.object(FrameSocket, "data_received", data_received), patch.object(StreamLink, "_take", read):
        yield


def frame_to_order(loop: str, seconds: float) -> Stopwatch:
    watch = Stopwatch()
    with (
        pumping("market_pump", A_SECOND, 0, _FRAMES_A_BAR_ONE_BY_ONE) as url,
        TemporaryDirectory() as folder,
        FileJournal.create(Path(folder) / "session.journal", {}, is_durable=False) as journal,
        watching(watch),
        runner_on(loop) as runner,
    ):
        runner.run(_for_a_while(url, seconds, watch, journal))
    return watch


def closed_candle_lags(loop: str, seconds: float) -> list[float]:
    with (
        pumping("market_pump", A_SECOND, 0, _FRAMES_A_BAR_AT_ONCE, "at-once") as url,
        TemporaryDirectory() as folder,
        FileJournal.create(Path(folder) / "session.journal", {}, is_durable=False) as journal,
        runner_on(loop) as runner,
    ):
        return [lag_s * 1e6 for lag_s in runner.run(_for_a_while(url, seconds, None, journal))]


async def _for_a_while(
    url: str, seconds: float, watch: Stopwatch | None, journal: FileJournal
) -> list[float]:
    live = LiveDesk(
        url,
        speed=_SPEEDS[watch is None],
        is_offering=watch is not None,
        journal=journal,
        on_order=watch.ordered if watch is not None else lambda _: None,
    )

    async def time_it() -> None:
        await asyncio.sleep(_WARM_UP_S)
        live.desk.lags_s.clear()
        if watch is not None:
            watch.orders.clear()
            watch.all_frames.clear()
        await asyncio.sleep(seconds)
        live.tape.stop()

    await live.run([time_it()])
    return live.desk.lags_s


def row(name: str, figures: Sequence[float]) -> str:
    ordered = sorted(figures)
    cells = [f"{ordered[min(len(ordered) - 1, int(rank * len(ordered)))]:,.0f}" for rank in _RANKS]
    return f"| {name} | {len(ordered):,} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the live path.")
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    head = f" | count | {' | '.join(_HEADS)} |\n|---|---|{'---|' * len(_HEADS)}"
    lines = [f"| bytes to decision, us{head}"]
    for loop in LOOPS:
        watch = frame_to_order(loop, seconds)
        for what, times in (("all frames", watch.all_frames), ("leading to an order", watch.orders)):
            lines.append(row(f"{what}, {loop}, CPU time", times.cpu_us))
            lines.append(row(f"{what}, {loop}, wall clock", times.wall_us))
    lines += ["", f"| written to decided, 500 candles at once, us{head}"]
    lines += [row(loop, closed_candle_lags(loop, seconds)) for loop in LOOPS]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
