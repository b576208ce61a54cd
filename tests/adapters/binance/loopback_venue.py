"""A small real HTTP server on loopback that answers as it is told and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiohttp import web


class Asked(NamedTuple):
    """One request as it came in: raw, before anyone decoded anything."""

    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]

    @property
    def signed_text(self) -> str:
        """What the signature covers: the raw query and body without the signature itself."""
        return (self.query + self.body).rpartition("&signature=")[0]

    @property
    def signature(self) -> str:
        """The signature as it was sent, still percent-encoded."""
        return (self.query + self.body).rpartition("&signature=")[2]


class Answer(NamedTuple):
    """What the server says: an answer, nothing and a cut, nothing at all, or half of an answer."""

    body: str | bytes = "{}"
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    is_cut: bool = False
    is_hung: bool = False
    is_torn: bool = False


class LoopbackVenue:
    """Answers from a list, one a request; the last one is repeated."""

    def __init__(self, answers: list[Answer] | Callable[[Asked], Answer]) -> None:
        self._answers = answers
        self.asked: list[Asked] = []
        self.base_url = ""
        self._released = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["LoopbackVenue"]:
        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            self._released.set()
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = (await request.read()).decode()
        asked = Asked(
            request.method,
            request.path,
            request.rel_url.raw_query_string,
            body,
            dict(request.headers),
        )
        self.asked.append(asked)
        return await self._answered(request, self._answer(asked))

    async def _answered(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        if answer.is_hung:
            await self._released.wait()
        if answer.is_torn:
            return await self._torn(request)
        if answer.is_cut and request.transport is not None:
            request.transport.abort()
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        return web.Response(body=body, status=answer.status, headers=answer.headers)

    async def _torn(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"orderId":')
        if request.transport is not None:
            request.transport.abort()
        return response

    def _answer(self, asked: Asked) -> Answer:
        if callable(self._answers):
            return self._answers(asked)
        number = min(len(self.asked), len(self._answers)) - 1
        return self._answers[number]
