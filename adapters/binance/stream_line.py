"""A line to the venue: connection after connection, so that the same streams keep coming."""

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from adapters.binance.feed_queue import FeedQueue
from adapters.binance.stream_link import StreamLink
from adapters.binance.stream_place import FrameReader, StreamPlace, Unreachable
from adapters.binance.stream_socket import SocketRules, open_socket
from adapters.binance.streams.backoff import Backoff, BackoffRules
from adapters.binance.streams.conflating_queue import QUEUE_SIZE
from adapters.binance.streams.connectivity import (
    Connectivity,
    ConnectivityChanged,
    EventsMissed,
    LinkEvent,
    StreamsBack,
    StreamsRefused,
    StreamsSilent,
    next_connectivity,
)
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.streams.handover import Handover, RotationRules, Verdict
from adapters.binance.streams.renewal import Renewal, Wanted
from adapters.binance.streams.stream_watch import StreamWatch, WatchReport, WatchRules
from adapters.binance.streams.subscription_book import SubscriptionBook, SubscriptionRules
from adapters.binance.surroundings import Surroundings

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FeedRules:
    """Every number of a feed; `look_every_s` is how often its lines are looked at."""

    queue_size: int = QUEUE_SIZE
    look_every_s: float = 1.0
    socket: SocketRules = field(default_factory=SocketRules)
    backoff: BackoffRules = field(default_factory=BackoffRules)
    subscription: SubscriptionRules = field(default_factory=SubscriptionRules)
    watch: WatchRules = field(default_factory=WatchRules)
    rotation: RotationRules = field(default_factory=RotationRules)


class StreamLine(Generic[Item]):
    """Keeps one connection's worth of streams alive: comes back, renews what is silent, changes over in time.

    `is_in_order` is for streams whose order across two connections matters: the successor's frames are
    then held back until the old connection is given up.
    """

    def __init__(
        self,
        feed: str,
        number: int,
        place: StreamPlace,
        reader: FrameReader[Item],
        queue: FeedQueue[Any],
        counters: FeedCounters,
        rules: FeedRules,
        surroundings: Surroundings,
        *,
        is_in_order: bool = False,
    ) -> None:
        self.state = Connectivity.DOWN
        self._feed = feed
        self._number = number
        self._place = place
        self._reader = reader
        self._queue = queue
        self._counters = counters
        self._rules = rules
        self._surroundings = surroundings
        self._is_in_order = is_in_order
        self._backoff = Backoff(rules.backoff, surroundings.chance)
        self._watch = StreamWatch(place.streams, rules.watch, surroundings.steady_ms())
        self._links: list[StreamLink[Item]] = []
        self._handover: Handover | None = None
        self._stirred = asyncio.Event()
        self._heard_ms = 0
        self._renewal = Renewal(rules.rotation, rules.backoff, surroundings.chance)
        self._is_dialling = False

    async def run(self) -> None:
        """Stay connected until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tick())
                while True:
                    await self._surroundings.sleep(await self._connect_and_attend(tasks))
        finally:
            self._change(LinkEvent.STOPPED, "stopped")

    def replace(self, reason: str, *, at_once: bool = False) -> None:
        """Make a new connection, and give the present one up when the new one speaks, or at once.

        Without a present one a new one is being made anyway.
        """
        if self._links:
            self._renewal.want(reason, is_urgent=at_once)
            self._stirred.set()

    async def _tick(self) -> None:
        while True:
            await self._surroundings.sleep(self._rules.look_every_s)
            self._stirred.set()

    async def _connect_and_attend(self, tasks: asyncio.TaskGroup) -> float:
        """Give how many seconds to stay away, once the connection is lost."""
        self._change(LinkEvent.DIALLED, "connecting")
        try:
            link = await self._open(is_held=False)
        except Unreachable as unreachable:
            self._counters.failed_connections += 1
            self._change(LinkEvent.LOST, unreachable.reason)
            return self._backoff.lost(self._surroundings.steady_ms(), unreachable.at_least_s)
        self._change(LinkEvent.OPENED, "connected")
        self._backoff.connected(self._surroundings.steady_ms())
        self._begin(link, tasks, missed="connected anew")
        reason = await self._attend(tasks)
        self._counters.lost_connections += 1
        self._change(LinkEvent.LOST, reason)
        return self._backoff.lost(self._surroundings.steady_ms())

    async def _open(self, *, is_held: bool) -> StreamLink[Item]:
        socket = await open_socket(await self._place.address(), self._rules.socket)
        self._counters.connections += 1
        book = SubscriptionBook(self._rules.subscription)
        book.subscribe(self._place.streams)
        return StreamLink(
            socket, book, self._reader, self._queue, self._counters, self._surroundings, is_held=is_held
        )

    def _begin(self, link: StreamLink[Item], tasks: asyncio.TaskGroup, *, missed: str | None) -> None:
        now_ms = self._surroundings.steady_ms()
        if missed is not None and self._is_in_order:
            self._queue.put(EventsMissed(self._surroundings.wall_ms(), self._feed, self._heard_ms, missed))
        self._links.append(link)
        self._renewal.opened(now_ms)
        self._watch.asked_again(now_ms, after_outage=missed is not None)
        tasks.create_task(self._live(link))

    async def _live(self, link: StreamLink[Item]) -> None:
        await link.run()
        self._stirred.set()

    async def _attend(self, tasks: asyncio.TaskGroup) -> str:
        """Look after the connections until none is left, and say why the last one ended."""
        reason = ""
        while self._links or self._is_dialling:
            await self._stirred.wait()
            self._stirred.clear()
            heard = [self._heard_on(link) for link in self._links]
            self._look_at_streams(frozenset[str]().union(*heard))
            self._look_at_refusals()
            self._look_at_successor(heard, tasks)
            reason = self._bury() or reason
            self._succeed_if_due(tasks)
        return reason

    def _heard_on(self, link: StreamLink[Item]) -> AbstractSet[str]:
        heard = frozenset(link.heard)
        link.heard.clear()
        return heard

    def _look_at_streams(self, heard: AbstractSet[str]) -> None:
        report = self._watch.look(self._surroundings.steady_ms(), heard)
        self._counters.silent_streams += len(report.silent)
        self._tell(heard, report)
        if report.resubscribe and self._links:
            self._counters.resubscribed += len(report.resubscribe)
            self._links[-1].renew(report.resubscribe)
        if report.reconnect:
            self._counters.silent_renewals += 1
            self.replace(f"silent: {_named(report.reconnect)}")

    def _look_at_refusals(self) -> None:
        for refused in (refused for link in self._links for refused in link.book.take_refused()):
            self._counters.refused += 1
            told = StreamsRefused(self._surroundings.wall_ms(), self._feed, refused.streams, refused.reason)
            self._queue.put(told)

    def _tell(self, heard: AbstractSet[str], report: WatchReport) -> None:
        now_ms = self._surroundings.wall_ms()
        if heard:
            self._heard_ms = now_ms
        if report.silent:
            self._queue.put(StreamsSilent(now_ms, self._feed, report.silent))
        if report.back:
            self._queue.put(StreamsBack(now_ms, self._feed, report.back))
        if heard and (self.state is Connectivity.UNPROVEN or self.state is Connectivity.SILENT):
            self._change(LinkEvent.HEARD, "streams are heard")
        elif report.silent and not self._watch.is_anything_live:
            self._change(LinkEvent.FELL_SILENT, f"silent: {_named(report.silent)}")

    def _look_at_successor(self, heard: list[AbstractSet[str]], tasks: asyncio.TaskGroup) -> None:
        if self._handover is None:
            return
        old, new = self._links
        said = [frozenset[str](), frozenset[str]()] if self._is_in_order else heard
        verdict = self._handover.look(self._surroundings.steady_ms(), *said, is_settled=new.book.is_settled())
        if verdict is Verdict.WAIT:
            return
        self._handover = None
        tasks.create_task((old if verdict is Verdict.SWITCH else new).close())
        if verdict is Verdict.ABANDON:
            self._renewal.abandoned(self._surroundings.steady_ms())

    def _bury(self) -> str:
        """Forget ended connections; the first that is left is the one that speaks."""
        reasons = [link.ended for link in self._links if link.ended is not None]
        if reasons:
            self._links = [link for link in self._links if link.ended is None]
            self._handover = None
            if self._links:
                self._links[0].release()
        return reasons[-1] if reasons else ""

    def _succeed_if_due(self, tasks: asyncio.TaskGroup) -> None:
        if self._is_dialling or len(self._links) != 1:
            return
        if self._links[0].is_leaving:
            self._renewal.want("the server is going", is_urgent=False)
        wanted = self._renewal.due(self._surroundings.steady_ms())
        if wanted is not None:
            self._is_dialling = True
            tasks.create_task(self._succeed(wanted, tasks))

    async def _succeed(self, wanted: Wanted, tasks: asyncio.TaskGroup) -> None:
        try:
            link = await self._open(is_held=self._is_in_order)
        except Unreachable as unreachable:
            self._counters.failed_connections += 1
            self._renewal.failed(self._surroundings.steady_ms(), unreachable.at_least_s)
            return
        finally:
            self._is_dialling = False
            self._stirred.set()
        self._counters.renewals += 1
        self._bury()
        if not self._links:
            link.release()
        elif wanted.is_urgent:
            tasks.create_task(self._links[0].close())
        else:
            self._handover = Handover(self._rules.rotation, self._surroundings.steady_ms())
        self._begin(link, tasks, missed=None if self._handover is not None else wanted.reason)

    def _change(self, event: LinkEvent, reason: str) -> None:
        was, self.state = self.state, next_connectivity(self.state, event)
        if self.state is not was:
            now_ms = self._surroundings.wall_ms()
            self._queue.put(ConnectivityChanged(now_ms, self._feed, self._number, was, self.state, reason))


def _named(streams: tuple[str, ...]) -> str:
    first, *others = streams
    return f"{first} and {len(others)} more" if others else first
