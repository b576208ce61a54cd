"""The broker of live runs: orders go to Binance, and every answer comes back on the tape."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Final, Protocol, Self

from adapters.binance.binance_client import BinanceClient
from adapters.binance.orders.account_keeper import AccountRefused
from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.errand import Errand, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.order_clerk import OrderClerk
from adapters.binance.orders.tape_account import BrokerEvent
from adapters.binance.streams.connectivity import (
    Connectivity,
    ConnectivityChanged,
    EventsMissed,
    LineEvent,
    StreamsBack,
    StreamsRefused,
    StreamsSilent,
)
from adapters.binance.surroundings import Surroundings
from adapters.binance.wire.account_events import AccountEvent
from adapters.binance.wire.outcome import Done
from application.session_memory import SessionMemory
from domain.halt import TradingHalt
from domain.market.instrument import Instrument
from domain.orders.order import ApprovedOrder

__all__ = ["AccountRefused", "AccountStream", "BinanceBroker", "BrokerEvent", "BrokerRules"]

_NONE_KNOWN: Final[Mapping[str, Instrument]] = MappingProxyType({})
_UP: Final = frozenset({Connectivity.UNPROVEN, Connectivity.LIVE})


class AccountStream(Protocol):
    """What happens on the account, as AccountFeed tells it; somebody else runs it."""

    def __aiter__(self) -> AsyncIterator[AccountEvent | LineEvent]:
        """Give the events in the venue's order, and what became of the connection."""
        ...

    def expect_news(self, sent: int) -> None:
        """Take notice that the venue took an order sent at this steady moment: the stream must tell of it."""
        ...


class BinanceBroker:
    """Takes orders and gives at once; what became of them is a source of the tape, while `run` runs.

    It begins once the account's stream is there and the account was found clean, with SessionOpened.
    Every order handed in is answered in the end, whatever the venue and the network do. Should the venue
    change its rules for `instruments`, that is told too.
    """

    def __init__(
        self,
        client: BinanceClient,
        stream: AccountStream,
        rules: BrokerRules,
        surroundings: Surroundings,
        instruments: Mapping[str, Instrument] = _NONE_KNOWN,
    ) -> None:
        self._client = client
        self._stream = stream
        self._rules = rules
        self._surroundings = surroundings
        self._clerk = OrderClerk(rules, instruments)
        self._outbox: deque[BrokerEvent] = deque()
        self._something = asyncio.Event()
        self._sleeper = asyncio.Event()
        self._stirred = asyncio.Event()
        self._is_over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The orders that wait for their first answer."""
        return self._clerk.unanswered

    def symbols_at_stake(self) -> frozenset[str]:
        """Give the symbols with a position, or with an order that may still trade."""
        return self._clerk.symbols_at_stake

    def resume(self, memory: SessionMemory, fees_paid_in: str = "") -> None:
        """Go on, once `run` is called, with what an earlier run of the session had under way.

        The account need not be clean; the session goes on with SessionResumed and what was missed. Fees
        that are `fees_paid_in` another asset than the wallet's are told, so that nothing is entered.
        """
        self._clerk.resume(memory, self._now(), fees_paid_in)

    async def submit(self, order: ApprovedOrder) -> None:
        """Hand one approved order to the venue."""
        self._clerk.submit(order.order, self._now())
        self._stir()

    async def cancel(self, symbol: str, order_id: str) -> None:
        """Ask the venue to take one order away."""
        self._clerk.cancel(symbol, order_id, self._now())
        self._stir()

    async def run(self) -> None:
        """Work until cancelled, or until the stream ends; no task outlives it.

        Raises AccountRefused when the session may not begin, and TradingHalt.
        """
        ended_by: list[BaseException] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                duties = [tasks.create_task(self._tick()), tasks.create_task(self._work(tasks))]
                await self._listen()
                for duty in duties:
                    duty.cancel()
        except* (AccountRefused, TradingHalt) as group:
            ended_by.extend(group.exceptions)
        finally:
            self._end()
        for error in ended_by:
            raise error

    def take_now(self) -> BrokerEvent | None:
        """Give the oldest piece of news, None while none waits."""
        return self._outbox.popleft() if self._outbox else None

    def wake(self, sleeper: asyncio.Event) -> None:
        """Set this event from now on, whenever news have come."""
        self._sleeper = sleeper
        if self._outbox:
            sleeper.set()

    def __aiter__(self) -> AsyncIterator[BrokerEvent]:
        return self

    async def __anext__(self) -> BrokerEvent:
        while not self._outbox:
            if self._is_over:
                raise StopAsyncIteration
            self._something.clear()
            await self._something.wait()
        return self._outbox.popleft()

    async def _listen(self) -> None:
        async for told in self._stream:
            now = self._now()
            match told:
                case EventsMissed():
                    self._clerk.missed_events(told.reason, now)
                case ConnectivityChanged():
                    self._clerk.connection(is_up=told.now in _UP, now=now)
                case StreamsSilent() | StreamsBack() | StreamsRefused():
                    pass
                case _:
                    self._clerk.hear(told, now)
            self._stir()

    async def _tick(self) -> None:
        while True:
            await self._surroundings.sleep(self._rules.look_every_s)
            self._clerk.look(self._now())
            self._stir()

    async def _work(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while (errand := self._clerk.next_errand(self._now())) is not None:
                tasks.create_task(self._run(errand))

    async def _run(self, errand: Errand) -> None:
        sent_ms = self._now().steady_ms
        outcome = await self._client.send(errand.request)
        if errand.task is Task.PLACE and isinstance(outcome, Done):
            self._stream.expect_news(sent_ms)
        self._clerk.answered(errand, outcome, self._now())
        self._stir()

    def _now(self) -> Moment:
        return Moment(self._surroundings.steady_ms(), self._client.clock.now_ms())

    def _stir(self) -> None:
        """Hand over what is to be told, and look for what is to be asked."""
        self._outbox.extend(self._clerk.take_told())
        if self._outbox:
            self._something.set()
            self._sleeper.set()
        self._stirred.set()

    def _end(self) -> None:
        self._is_over = True
        self._something.set()
        self._sleeper.set()
