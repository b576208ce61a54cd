"""Whether memory stays flat: a whole market at 20,000 frames a second, for as long as one has time.

`python -m benchmarks.soak --minutes 60`: 500 symbols, 2,000 kline and 18,000 book ticker frames a second over
real sockets into feeds, tape, desk and compiled engine, an order each time a candle closes, its decision kept
in a file. One line a minute.

It passes when resident memory was flat and the load was real. Flat: the last third's median no more than two
per cent above the second third's, and so what a straight line through both gains from the middle of the one
to the middle of the other. Real: at least 95 per cent of the frames asked for were read. A run that was
given too little of the machine for that says nothing, and fails.
"""

import argparse
import asyncio
import resource
import sys
import time
from pathlib import Path
from statistics import linear_regression, median
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Self

from adapters.binance.unified_websocket_feed import UnifiedWebSocketFeed
from adapters.sqlite.trade_store import SqliteTradeStore
from benchmarks.live_desk import LOOPS, LiveDesk, pumping, runner_on

KLINES_A_SECOND: Final = 2_000
FRAMES_A_BAR: Final = 40
"""A bar of ten seconds: six hours of candles in an hour, and 50 orders a second."""
SPEED: Final = 60 / (FRAMES_A_BAR * 500 / KLINES_A_SECOND)
LOOK_EVERY_S: Final = 5.0
SAY_EVERY_S: Final = 60.0
MOST_GROWTH: Final = 0.02
LEAST_SHARE: Final = 0.95
FEWEST_LOOKS: Final = 4
_PAGE_BYTES: Final = resource.getpagesize()


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold memory flat under a whole market.")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument(
        "--rate", type=int, default=20_000, help="frames a second, klines and quotes together"
    )
    parser.add_argument("--loop", choices=LOOPS, default=LOOPS[-1])
    asked = parser.parse_args()
    pace = (KLINES_A_SECOND, asked.rate - KLINES_A_SECOND, FRAMES_A_BAR)
    with (
        pumping("market_pump", *pace) as url,
        TemporaryDirectory() as folder,
        SqliteTradeStore(Path(folder) / "decisions.sqlite", "soak") as store,
        runner_on(asked.loop) as runner,
    ):
        return verdict(*runner.run(soak(url, store, asked.minutes * 60)), asked.rate)


async def soak(url: str, store: SqliteTradeStore, seconds: float) -> tuple[list[float], float]:
    """Trade for so many seconds, and give the memory as it was seen and the frames a second."""
    live = LiveDesk(url, speed=SPEED, is_offering=True, has_quotes=True, store=store)
    seen: list[float] = []
    began_s = time.monotonic()
    await live.run([watch(live, seconds, seen)])
    return seen, frames_of(live) / (time.monotonic() - began_s)


async def watch(live: LiveDesk, seconds: float, seen: list[float]) -> None:
    say(" min  resident MB  frames/s  CPU %  waiting  most waiting  conflated  reader waits  worst lag ms")
    began_s, most_waiting = time.monotonic(), 0
    last = Look.at(live, began_s)
    while (now_s := time.monotonic()) - began_s < seconds:
        await asyncio.sleep(min(LOOK_EVERY_S, began_s + seconds - now_s))
        look = Look.at(live, time.monotonic())
        seen.append(look.resident_mb)
        most_waiting = max(most_waiting, look.waiting)
        is_over = look.now_s - began_s >= seconds
        if is_over or look.now_s - last.now_s >= SAY_EVERY_S:
            worst_ms = max(live.desk.lags_s, default=0.0) * 1_000
            live.desk.lags_s.clear()
            say(f"{(look.now_s - began_s) / 60:4.1f} {look.since(last, most_waiting)} {worst_ms:13.1f}")
            last, most_waiting = look, 0
    live.tape.stop()


class Look(NamedTuple):
    """What was seen at one moment, counted from the beginning."""

    now_s: float
    cpu_s: float
    resident_mb: float
    frames: int
    waiting: int
    conflated: int
    reader_waits: int

    @classmethod
    def at(cls, live: LiveDesk, now_s: float) -> Self:
        feeds = feeds_of(live)
        counters = [feed.counters() for feed in feeds]
        return cls(
            now_s,
            time.process_time(),
            resident_mb(),
            frames_of(live),
            sum(feed.waiting for feed in feeds),
            sum(counted.conflated for counted in counters),
            sum(counted.reader_waits for counted in counters),
        )

    def since(self, last: Self, most_waiting: int) -> str:
        passed_s = self.now_s - last.now_s
        rate, busy = (self.frames - last.frames) / passed_s, (self.cpu_s - last.cpu_s) / passed_s
        conflated, waits = self.conflated - last.conflated, self.reader_waits - last.reader_waits
        return (
            f"{self.resident_mb:12.1f} {rate:9,.0f} {busy:6.0%} {self.waiting:8} {most_waiting:13}"
            f" {conflated:10,} {waits:13,}"
        )


def feeds_of(live: LiveDesk) -> list[UnifiedWebSocketFeed[Any]]:
    assert live.quotes is not None
    return [live.klines, live.quotes]


def frames_of(live: LiveDesk) -> int:
    return sum(feed.counters().frames for feed in feeds_of(live))


def verdict(seen: list[float], rate: float, asked: int) -> int:
    """Compare the last third of a run with the one before it, and what was read with what was asked for."""
    third = len(seen) // 3
    if third < FEWEST_LOOKS:
        say("too short to tell")
        return 1
    first, middle, last = (
        median(part) for part in (seen[: -2 * third], seen[-2 * third : -third], seen[-third:])
    )
    slope = linear_regression(range(2 * third), seen[-2 * third :]).slope
    gains = (last - middle, slope * third)
    is_flat, is_real = max(gains) <= middle * MOST_GROWTH, rate >= asked * LEAST_SHARE
    say(f"{first:.1f} MB in the first third, {middle:.1f} in the second, {last:.1f} in the last")
    say(f"gained {gains[0] / middle:+.2%} by the medians, {gains[1] / middle:+.2%} by a straight line")
    say(f"{rate:,.0f} of {asked:,} frames a second: {'as asked for' if is_real else 'starved, says nothing'}")
    say("flat" if is_flat else "it grows")
    return 0 if is_flat and is_real else 1


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
