"""Binance's REST side: account and orders, never candles."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import aiohttp
from yarl import URL

from adapters.binance.request_weight import BudgetRules, RequestWeight
from adapters.binance.venue_clock import VenueClock
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.failure_table import is_failure, read_failure
from adapters.binance.wire.market_requests import exchange_info, server_time
from adapters.binance.wire.outcome import (
    Done,
    Outcome,
    Refused,
    Silenced,
    UnknownOutcome,
)
from adapters.binance.wire.reply_reader import ReplyUnreadable
from adapters.binance.wire.request import Access, Request, encoded, parameters
from adapters.binance.wire.signature import ApiKey, signed
from adapters.binance.wire.symbol_rules import ExchangeInfo
from application.ports.clock import Clock
from domain.allowed_range import require_within

_Reply = TypeVar("_Reply")

_ORDERS_USED_UP: Final = -1015
_FORM: Final = "application/x-www-form-urlencoded"
_IN_BODY: Final = frozenset({"POST", "PUT"})
_SIGNATURE: Final = re.compile(rb"(?<=signature=)[^&\s\"'<>\\]+")
_HIDDEN: Final = b"(hidden)"


@dataclass(frozen=True, slots=True)
class ClientRules:
    """How long to wait for an answer, and between tries of what surely was not done.

    `receive_window_ms` bounds how long a request may be on its way and still be carried out.
    """

    connect_timeout_s: float = 3.0
    answer_timeout_s: float = 6.0
    receive_window_ms: int = 5_000
    retry_waits_s: tuple[float, ...] = (0.2, 0.4, 0.8)

    def __post_init__(self) -> None:
        require_within("connect_timeout_s", self.connect_timeout_s, 0.05, 60)
        require_within("answer_timeout_s", self.answer_timeout_s, 0.05, 60)
        require_within("receive_window_ms", self.receive_window_ms, 100, 60_000)


class _Lost(Exception):
    """The connection went away after the request was on it; carries nothing, least of all the URL."""


class BinanceClient:
    """Sends requests, signs them, and tells what became of them as a value.

    Open it with `async with`. It never raises for what the venue or the network does, keeps within
    the limits it is told, is silent when told to, and shows no key, signature or address in
    anything it says. What may have been done is never sent twice.
    """

    def __init__(
        self,
        base_url: str,
        key: ApiKey | None,
        clock: Clock,
        *,
        monotonic_s: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rules: ClientRules | None = None,
        budget: BudgetRules | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._monotonic_s = monotonic_s
        self._sleep = sleep
        self._rules = rules or ClientRules()
        self._weight = RequestWeight(budget)
        self._silent_until_ms = 0
        self._session: aiohttp.ClientSession | None = None
        self.clock = VenueClock(clock)
        self.calls: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"BinanceClient({sum(self.calls.values())} calls)"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=self._rules.answer_timeout_s, sock_connect=self._rules.connect_timeout_s
            ),
            middlewares=(_sent_once,),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def silent_until_ms(self) -> int:
        """Until when, on its own clock, the venue wants to hear nothing from us; 0 when it never said so."""
        return self._silent_until_ms

    @property
    def used_weight(self) -> int:
        """The request weight used in the venue's present minute."""
        return self._weight.used_weight(self.clock.now_ms())

    async def send(self, request: Request[_Reply]) -> Outcome[_Reply]:
        """Send a request and tell what became of it.

        What surely was not done is tried again a few times; after a wrong timestamp the clock is
        set and the request sent once more.
        """
        outcome = await self._send_once(request)
        if isinstance(outcome, Refused) and outcome.action is Action.RESYNC_CLOCK:
            is_set = isinstance(await self.set_clock(), Done)
            outcome = await self._send_once(request) if is_set else outcome
        for wait_s in self._rules.retry_waits_s:
            if not isinstance(outcome, Refused) or outcome.action is not Action.RETRY:
                break
            await self._sleep(wait_s)
            outcome = await self._send_once(request)
        return outcome

    async def set_clock(self) -> Outcome[int]:
        """Ask for the venue's time; gives how far its clock is ahead of ours, in milliseconds."""
        asked_s = self._monotonic_s()
        outcome = await self._send_once(server_time())
        if not isinstance(outcome, Done):
            return outcome
        self.clock.set_by(outcome.reply.server_time, (self._monotonic_s() - asked_s) * 1000)
        return Done(self.clock.offset_ms)

    async def learn_rules(self) -> Outcome[ExchangeInfo]:
        """Ask for the rules of every symbol, and take over the limits that come with them."""
        outcome = await self.send(exchange_info())
        if isinstance(outcome, Done):
            self._weight.learn(outcome.reply.rate_limits)
        return outcome

    async def _send_once(self, request: Request[_Reply]) -> Outcome[_Reply]:
        now_ms = self.clock.now_ms()
        if now_ms < self._silent_until_ms:
            return Silenced(self._silent_until_ms)
        withheld = self._weight.refuse(request, now_ms)
        if withheld is not None:
            return withheld
        if request.access is not Access.ANYONE and self._key is None:
            return Refused(0, f"{request.path} needs a key", Action.FAIL)
        self._weight.spend(request, now_ms)
        self.calls[f"{request.method} {request.path}"] += 1
        return await self._exchange(request)

    async def _exchange(self, request: Request[_Reply]) -> Outcome[_Reply]:
        headers: Mapping[str, str] = {}
        try:
            async with self._ask(request) as response:
                headers = response.headers
                body = await response.read()
                return self._understood(request, response.status, body, response.headers.get("Retry-After"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Refused(0, f"not connected: {type(error).__name__}", Action.RETRY)
        except (_Lost, aiohttp.ClientError, TimeoutError, OSError) as error:
            return _lost(request, type(error).__name__)
        finally:
            self._weight.hear(request, headers, self.clock.now_ms())

    def _ask(self, request: Request[Any]) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("open the client with async with")
        text = self._spelt(request)
        is_in_body = request.method in _IN_BODY
        query = "" if is_in_body or not text else f"?{text}"
        return self._session.request(
            request.method,
            URL(f"{self._base_url}{request.path}{query}", encoded=True),
            data=text.encode() if is_in_body else None,
            headers=self._headers(request, is_in_body=is_in_body),
            allow_redirects=False,
        )

    def _spelt(self, request: Request[Any]) -> str:
        if request.access is not Access.SIGNED or self._key is None:
            return encoded(request.parameters)
        stamped = request.parameters + parameters(
            recvWindow=self._rules.receive_window_ms, timestamp=self.clock.now_ms()
        )
        return signed(self._key, stamped)

    def _headers(self, request: Request[Any], *, is_in_body: bool) -> dict[str, str]:
        headers = {"Content-Type": _FORM} if is_in_body else {}
        if request.access is not Access.ANYONE and self._key is not None:
            headers["X-MBX-APIKEY"] = self._key.name.reveal()
        return headers

    def _understood(
        self, request: Request[_Reply], status: int, body: bytes, retry_after: str | None
    ) -> Outcome[_Reply]:
        if not is_failure(status, body):
            return _reply_in(request, body)
        now_ms = self.clock.now_ms()
        body = self._without_secrets(body)
        failure = read_failure(status, body, retry_after, has_effect=request.has_effect, now_ms=now_ms)
        if isinstance(failure, Silenced):
            self._silent_until_ms = max(self._silent_until_ms, failure.until_ms)
        if isinstance(failure, Refused) and failure.code == _ORDERS_USED_UP:
            self._weight.orders_are_used_up(failure.reason, now_ms)
        return failure

    def _without_secrets(self, body: bytes) -> bytes:
        """Hide what an answer repeats of the question; only what lies on the way would do that."""
        if self._key is None:
            return body
        return _SIGNATURE.sub(_HIDDEN, body.replace(self._key.name.reveal().encode(), _HIDDEN))


async def _sent_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a PUT or DELETE a second time when a connection it reused was cut."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
        raise _Lost from None


def _lost(request: Request[Any], what: str) -> Refused | UnknownOutcome:
    if request.has_effect:
        return UnknownOutcome(f"no answer: {what}")
    return Refused(0, f"no answer: {what}", Action.RETRY)


def _reply_in(request: Request[_Reply], body: bytes) -> Outcome[_Reply]:
    try:
        return Done(request.read(body))
    except ReplyUnreadable as error:
        if request.has_effect:
            return UnknownOutcome(f"the reply cannot be read: {error}")
        return Refused(0, f"the reply cannot be read: {error}", Action.FAIL)
