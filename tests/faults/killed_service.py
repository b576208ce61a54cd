"""A process that trades until it is killed: `python -m tests.faults.killed_service`, told all on its line."""

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple

from adapters.settings.settings import BinanceRules, Settings
from adapters.venue.venue_clock import PacedClock
from application.trading_session import TradingSession
from domain.setup.setup_rules import EntryStyle
from tests.adapters.venue.house import START_MS
from tests.faults.whole_service import Running, service_at
from tests.hurried_time import hurried

_PATIENT = Settings(binance=BinanceRules(connect_timeout_s=60, answer_timeout_s=60, receive_window_ms=60_000))
"""A minute is a second or two on a loop that hurries."""


class Orders(NamedTuple):
    """Where to trade, on which clock, and where to write."""

    rest_url: str
    stream_url: str
    speed: float
    began_s: float
    seed: int
    folder: Path

    @property
    def line(self) -> list[str]:
        """The command of such a process."""
        return [sys.executable, "-m", "tests.faults.killed_service", *(str(part) for part in self)]


async def _trade(orders: Orders) -> None:
    loop = asyncio.get_running_loop()
    clock, addresses = PacedClock(START_MS, 1.0, loop.time), (orders.rest_url, orders.stream_url)
    entry, seed, folder = EntryStyle.MARKET, orders.seed, orders.folder
    async with service_at(addresses, clock, loop.time, seed, entry, folder, sys.stderr, _PATIENT) as service:
        await _with_all(service, service.session)


async def _with_all(service: Running, session: TradingSession) -> None:
    async with asyncio.TaskGroup() as tasks:
        for job in service.jobs:
            tasks.create_task(job)
        await session.run()


def main() -> None:
    rest_url, stream_url, speed, began_s, seed, folder = sys.argv[1:]
    orders = Orders(rest_url, stream_url, float(speed), float(began_s), int(seed), Path(folder))
    with asyncio.Runner(loop_factory=hurried(orders.speed, orders.began_s)) as runner:
        runner.run(_trade(orders))


if __name__ == "__main__":
    main()
