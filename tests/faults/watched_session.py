"""A whole live session at a faulty venue, in time that jumps; a referee looks at it twice a second."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from adapters.venue.exchange import Answer, Exchange
from adapters.venue.faults import FaultSwitch, seeded_schedule
from adapters.venue.order_request import OrderRequest, StopRequest
from adapters.venue.venue_clock import PacedClock
from adapters.venue.venue_server import VenueServer
from application.trading_session import TradingSession
from domain.halt import TradingHalt
from domain.market.timeframe import MINUTE_MS
from domain.setup.setup_rules import EntryStyle
from tests.adapters.venue.house import KEY, SECRET, START_MS, venue_of
from tests.faults.eager_desk import WatchedDesk
from tests.faults.referee import Broken, Referee, WatchedFaults
from tests.faults.secret_hunter import SecretHunter, hearing
from tests.faults.whole_service import JOURNAL, STORE, market_of, service_at
from tests.virtual_time import run

CALM_MINUTES: Final = 4
"""No fault strikes so shortly after the beginning and before the end."""
_LOOK_EVERY_S: Final = 0.5
_OBJECTS_EVERY_LOOKS: Final = 2 * 60 * 60


@dataclass
class Watched:
    """A session that is over, and what the referee says of it."""

    seed: int
    minutes: int
    faults: WatchedFaults
    referee: Referee
    desk: WatchedDesk
    fills: int
    calls: dict[str, int]
    hunter: SecretHunter
    orders_asked: int
    orders_too_early: int


class Doorkeeper:
    """Stands before an exchange; notes which orders came before the journal had them on disk."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.on_disk: set[str] = set()
        self.came: list[str] = []
        self.came_too_early: list[str] = []

    @property
    def asked(self) -> int:
        """How many orders came."""
        return len(self.came)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever an exchange has
        return getattr(self._exchange, name)

    def place(self, asked: OrderRequest) -> Answer:
        self._look_at(asked.client_id)
        return self._exchange.place(asked)

    def place_stop(self, asked: StopRequest) -> Answer:
        self._look_at(asked.client_id)
        return self._exchange.place_stop(asked)

    def _look_at(self, name: str) -> None:
        self.came.append(name)
        if name not in self.on_disk:
            self.came_too_early.append(name)


def schedule_of(seed: int, minutes: int) -> list[FaultSwitch]:
    """Nearly every fault at seeded moments, with calm at both ends."""
    calm_ms = CALM_MINUTES * MINUTE_MS
    return seeded_schedule(seed, START_MS + calm_ms, minutes * MINUTE_MS - 2 * calm_ms)


def watched(
    seed: int,
    minutes: int,
    entry: EntryStyle,
    folder: Path,
    schedule: Sequence[FaultSwitch] | None = None,
) -> Watched:
    """Trade for some simulated minutes while everything goes wrong, or what a schedule says; then leave."""
    switches = schedule_of(seed, minutes) if schedule is None else schedule
    return run(lambda: _watched(seed, minutes, entry, folder, switches))


async def _watched(
    seed: int, minutes: int, entry: EntryStyle, folder: Path, switches: Sequence[FaultSwitch]
) -> Watched:
    loop = asyncio.get_running_loop()
    clock = PacedClock(START_MS, 1.0, loop.time)
    faults = WatchedFaults(switches, Random(seed))
    venue = venue_of(market_of(seed, minutes), clock=clock, faults=faults, step_ms=1_000)
    door = Doorkeeper(venue.exchange)
    venue.exchange = cast("Exchange", door)
    hunter = SecretHunter(KEY, SECRET)
    async with VenueServer(venue, monotonic=loop.time) as server:
        addresses = (server.rest_url, server.stream_url)
        with hearing(hunter):
            async with service_at(addresses, clock, loop.time, seed, entry, folder, hunter.log) as service:
                referee = Referee(venue, service.desk, faults)
                door.on_disk = service.file.order_ids
                loop.call_later(minutes * 60, service.tape.stop)
                watch = _referee_at_work(referee, hunter)
                ended_by = await _play(service.session, (*service.jobs, server.run(), watch))
                hunter.search_objects()
        referee.look()
    hunter.search_error(ended_by)
    _judge(referee, ended_by, hunter, folder)
    for name in door.came_too_early:
        referee.say(8, f"{name} was at the venue before it was on disk")
    calls, fills = dict(venue.calls), len(venue.exchange.trades(None))
    return Watched(
        seed,
        minutes,
        faults,
        referee,
        service.desk,
        fills,
        calls,
        hunter,
        door.asked,
        len(door.came_too_early),
    )


async def _play(session: TradingSession, jobs: tuple[Coroutine[Any, Any, None], ...]) -> BaseException | None:
    """Run a session and all it needs; give what ended it before its time."""
    ended_by: list[BaseException] = []
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(job) for job in jobs]
            await session.run()
            for job in running:
                job.cancel()
    except* TradingHalt as halted:
        ended_by.extend(halted.exceptions)
    return ended_by[0] if ended_by else None


async def _referee_at_work(referee: Referee, hunter: SecretHunter) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        referee.look()
        hunter.secrets.add(referee.listen_key)
        if referee.looks % _OBJECTS_EVERY_LOOKS == 0:
            hunter.search_objects()


def _judge(referee: Referee, ended_by: BaseException | None, hunter: SecretHunter, folder: Path) -> None:
    referee.finish()
    if ended_by is not None:
        referee.say(3, f"trading halted: {ended_by}")
    for name in (JOURNAL, STORE):
        hunter.search(name, (folder / name).read_bytes().decode(errors="replace"))
    if hunter.told:
        referee.say(10, f"a secret in {', '.join(sorted(set(hunter.told)))}")


__all__ = ["Broken", "Watched", "schedule_of", "watched"]
