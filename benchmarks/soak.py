"""Whether memory stays flat: a whole market at 20,000 frames a second, for as long as one has time.

`python -m benchmarks.soak --minutes 60`: 500 symbols, 2,000 kline and 18,000 book ticker frames a second over
real sockets into feeds, tape, desk and compiled engine, an order each time a candle closes, its decision kept
in a file. Resident memory is read every ten seconds. It fails when the last third holds more than two per
cent above the second.
"""

import argparse
import asyncio
import resource
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from adapters.sqlite.trade_store import SqliteTradeStore
from benchmarks.live_desk import LOOPS, LiveDesk, pumping, runner_on

KLINES_A_SECOND: Final = 2_000
FRAMES_A_BAR: Final = 40
"""A bar of four seconds: a day's candles in an hour and a half."""
SPEED: Final = 60 / (FRAMES_A_BAR * 500 / KLINES_A_SECOND)
LOOK_EVERY_S: Final = 10.0
MOST_GROWTH: Final = 1.02
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
        return verdict(runner.run(soak(url, store, asked.minutes * 60)))


async def soak(url: str, store: SqliteTradeStore, seconds: float) -> list[float]:
    """Trade for so many seconds, and give the memory as it was seen."""
    live = LiveDesk(url, speed=SPEED, is_offering=True, has_quotes=True, store=store)
    seen: list[float] = []
    await live.run([watch(live, seconds, seen)])
    return seen


async def watch(live: LiveDesk, seconds: float, seen: list[float]) -> None:
    began_s, cpu_s, frames = time.monotonic(), time.process_time(), 0
    say("   s  resident MB  frames/s  CPU %  waiting  worst lag ms")
    while (passed_s := time.monotonic() - began_s) < seconds:
        await asyncio.sleep(LOOK_EVERY_S)
        now_s, now_cpu_s, now_frames = time.monotonic() - began_s, time.process_time(), frames_of(live)
        seen.append(resident_mb())
        rate, busy = (now_frames - frames) / (now_s - passed_s), (now_cpu_s - cpu_s) / (now_s - passed_s)
        waiting = live.klines.waiting + (live.quotes.waiting if live.quotes is not None else 0)
        worst_ms = max(live.desk.lags_s, default=0.0) * 1_000
        say(f"{now_s:4.0f} {seen[-1]:12.1f} {rate:9,.0f} {busy:6.0%} {waiting:8} {worst_ms:13.1f}")
        live.desk.lags_s.clear()
        cpu_s, frames = now_cpu_s, now_frames
    live.tape.stop()


def frames_of(live: LiveDesk) -> int:
    assert live.quotes is not None
    return live.klines.counters().frames + live.quotes.counters().frames


def verdict(seen: list[float]) -> int:
    """Compare the middle third of a run with its last one."""
    third = max(1, len(seen) // 3)
    middle, last = median(seen[-2 * third : -third] or seen), median(seen[-third:])
    is_flat = last <= middle * MOST_GROWTH
    say(
        f"{middle:.1f} MB in the second third, {last:.1f} MB in the last: {'flat' if is_flat else 'it grows'}"
    )
    return 0 if is_flat else 1


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
