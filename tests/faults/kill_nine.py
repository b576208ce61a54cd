"""Processes that trade are killed at any moment; what they left must hold what venue and store saw.

`python -m tests.faults.kill_nine --kills 20` goes on for longer than the tests do.
"""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, cast

from adapters.journal.file_journal import FileJournal
from adapters.journal.journal_file import JournalFile
from adapters.memory.trade_store import MemoryTradeStore
from adapters.sqlite.trade_store import SqliteTradeStore, sessions_in
from adapters.system.clock import TapeClock
from adapters.venue.exchange import Exchange
from adapters.venue.venue import Venue
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from application.replay import RecordedSession
from application.session_header import SessionHeader
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from domain.orders.order_ids import setup_of
from domain.setup.setup_rules import EntryStyle
from tests.adapters.venue.house import START_MS, venue_of
from tests.faults.eager_desk import eager_desk
from tests.faults.killed_service import Orders
from tests.faults.synced_file import bytes_synced
from tests.faults.watched_session import Doorkeeper
from tests.faults.whole_service import JOURNAL, STORE, SYNCED, market_of
from tests.hurried_time import hurried

SPEED: Final = 30.0
LATEST_KILL_S: Final = 1.5
_ORDERS_FIRST: Final = 6
_LONGEST_START_S: Final = 60.0
_MINUTES: Final = 60
_ORDER_ID: Final = re.compile(rb'"order_id":"([^"]+)"')


@dataclass
class Killed:
    """What a killed process left behind, and what the venue saw of it."""

    seed: int
    asked: list[str]
    fills: int
    folder: Path


def killed(seed: int, folder: Path) -> Killed:
    """Let a process trade at a venue in this one, kill it at a moment drawn from the seed."""
    began_s = time.monotonic()
    with asyncio.Runner(loop_factory=hurried(SPEED, began_s)) as runner:
        return runner.run(_killed(seed, folder, began_s))


async def _killed(seed: int, folder: Path, began_s: float) -> Killed:
    loop = asyncio.get_running_loop()
    venue = venue_of(market_of(seed, _MINUTES), clock=PacedClock(START_MS, 1.0, loop.time), step_ms=1_000)
    door = Doorkeeper(venue.exchange)
    venue.exchange = cast("Exchange", door)
    async with VenueServer(venue, monotonic=loop.time) as server:
        market = asyncio.create_task(server.run())
        orders = Orders(server.rest_url, server.stream_url, SPEED, began_s, seed, folder)
        with (folder / "stderr").open("wb") as told:
            child = await asyncio.create_subprocess_exec(*orders.line, stderr=told)
            try:
                await _until_it_trades(door, child, folder)
                await asyncio.sleep(Random(seed).uniform(0.0, LATEST_KILL_S) * SPEED)
            finally:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        market.cancel()
        with suppress(asyncio.CancelledError):
            await market
    return Killed(seed, [name for name in door.came if setup_of(name)], _fills_of(venue), folder)


async def _until_it_trades(door: Doorkeeper, child: asyncio.subprocess.Process, folder: Path) -> None:
    async with asyncio.timeout(_LONGEST_START_S * SPEED):
        while door.asked < _ORDERS_FIRST:
            if child.returncode is not None:
                raise AssertionError((folder / "stderr").read_text()[-2_000:])
            await asyncio.sleep(0.1)


def _fills_of(venue: Venue) -> int:
    return len(venue.exchange.trades(None))


def wrong_with(left: Killed) -> Iterator[str]:
    """Say what was lost by a kill, and what a power cut at the same moment would have lost."""
    after_power_cut = left.folder / "after a power cut"
    shutil.copy(left.folder / JOURNAL, after_power_cut)
    with after_power_cut.open("r+b") as file:
        file.truncate(bytes_synced(left.folder / SYNCED))
    for name, path in (("kill", left.folder / JOURNAL), ("power cut", after_power_cut)):
        FileJournal.reopen(path, is_durable=True).close()
        intended = intents_in(path)
        yield from (f"{one} was sent, and lost by a {name}" for one in left.asked if one not in intended)
    yield from asyncio.run(_wrong_with_store(left))


def intents_in(path: Path) -> set[str]:
    """Give the ids of every order that a journal says was decided on."""
    return {
        found.decode() for entry in JournalFile(path).entries() for found in _ORDER_ID.findall(entry.decision)
    }


async def _wrong_with_store(left: Killed) -> list[str]:
    """Decide the journal again; every trade and decision that the store keeps must come out of it."""
    journal = JournalFile(left.folder / JOURNAL)
    header, again = SessionHeader.read(journal.header), MemoryTradeStore()
    recorded = RecordedSession(journal)
    desk = eager_desk(header.instruments, left.seed, EntryStyle.MARKET)
    recorder = UnifiedTradeRecorder(again, is_prompt=True)
    await TradingSession(recorded, TapeClock(), recorded, desk, recorded, recorder).run()
    (session_id,) = sessions_in(left.folder / STORE) or [header.session_id]
    with SqliteTradeStore(left.folder / STORE, session_id) as store:
        trades, decisions = await store.trades(), await store.decisions()
    lost = [
        f"trade {one.trade_id} is kept and not in the journal" for one in trades if one not in desk.trades
    ]
    known = set(await again.decisions())
    return lost + [
        f"decision {one.decision_id} is kept, not journalled" for one in decisions if one not in known
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    broken = 0
    for seed in range(asked.seed, asked.seed + asked.kills):
        with tempfile.TemporaryDirectory() as folder:
            left = killed(seed, Path(folder))
            wrong = list(wrong_with(left))
            size = (Path(folder) / JOURNAL).stat().st_size
        broken += len(wrong)
        told = f"seed {seed}: {len(left.asked)} orders, {left.fills} fills, a journal of {size} bytes"
        sys.stdout.write("\n  ".join([told, *(wrong or ["nothing was lost"])]) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
