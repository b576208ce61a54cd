"""How long a live session takes from a frame to an order, and from a closed candle to its decision.

`python -m benchmarks.live_path --seconds 20` prints both as tables, on asyncio and on uvloop.

The first runs under 2,000 kline frames a second, of which every twentieth closes a candle and leads to an
order: compiled structure engine, setup, gate, sizing and journal, up to the call that hands the order to the
broker. It begins when the bytes are handed over by the event loop. CPU time is this thread's own; the wall
clock's figure also holds whatever else the machine does.

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
from typing import Final
from unittest.mock import patch

from websockets.asyncio.client import ClientConnection

from adapters.journal.file_journal import FileJournal
from benchmarks.live_desk import LOOPS, LiveDesk, pumping, runner_on

A_SECOND: Final = 2_000
_FRAMES_A_BAR_ONE_BY_ONE: Final = 20
_FRAMES_A_BAR_AT_ONCE: Final = 12
_SPEEDS: Final = {False: 12.0, True: 20.0}
_WARM_UP_S: Final = 3.0
_CLOSED: Final = re.compile(rb'"s":"([A-Z0-9]+)","i":"1m"[^}]*"x":true')
_HEADS: Final = ("p50", "p90", "p99", "p99.9", "max")
_RANKS: Final = (0.5, 0.9, 0.99, 0.999, 1.0)


class Stopwatch:
    """From the bytes of a closed candle to the order that follows: CPU and wall time, in microseconds."""

    def __init__(self) -> None:
        self.cpu_us: list[float] = []
        self.wall_us: list[float] = []
        self._begun: dict[str, tuple[int, int]] = {}

    def bytes_came(self, data: bytes, cpu_ns: int, wall_ns: int) -> None:
        for symbol in _CLOSED.findall(data):
            self._begun[symbol.decode()] = cpu_ns, wall_ns

    def ordered(self, symbol: str) -> None:
        cpu_ns, wall_ns = self._begun.pop(symbol)
        self.cpu_us.append((time.thread_time_ns() - cpu_ns) / 1_000)
        self.wall_us.append((time.perf_counter_ns() - wall_ns) / 1_000)


@contextmanager
def seeing_bytes(watch: Stopwatch) -> Iterator[None]:
    """Note when the loop hands over bytes, while this lasts."""
    takes = ClientConnection.data_received

    def data_received(connection: ClientConnection, data: bytes) -> None:
        watch.bytes_came(data, time.thread_time_ns(), time.perf_counter_ns())
        takes(connection, data)

    with patch.object(ClientConnection, "data_received", data_received):
        yield


def frame_to_order(loop: str, seconds: float) -> Stopwatch:
    watch = Stopwatch()
    with (
        pumping("market_pump", A_SECOND, 0, _FRAMES_A_BAR_ONE_BY_ONE) as url,
        TemporaryDirectory() as folder,
        FileJournal.create(Path(folder) / "session.journal", {}, is_durable=False) as journal,
        seeing_bytes(watch),
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
            watch.cpu_us.clear()
            watch.wall_us.clear()
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
    lines = [f"| bytes to order, us{head}"]
    for loop in LOOPS:
        watch = frame_to_order(loop, seconds)
        lines += [row(f"{loop}, CPU time", watch.cpu_us), row(f"{loop}, wall clock", watch.wall_us)]
    lines += ["", f"| written to decided, 500 candles at once, us{head}"]
    lines += [row(loop, closed_candle_lags(loop, seconds)) for loop in LOOPS]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
