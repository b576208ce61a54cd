"""REST: one request in, one answer out, with the headers the real venue sends."""

from typing import Final

import orjson
from aiohttp import web

from adapters.venue.api_key import signed_payload
from adapters.venue.endpoints import ENDPOINTS, OPEN, SIGNED, Endpoint
from adapters.venue.parameters import Parameters, parameters_of
from adapters.venue.performance import (
    ConnectionCut,
    Outcome,
    check_signature,
    check_time,
    count,
    key_named,
    perform,
)
from adapters.venue.request_refused import RequestRefused
from adapters.venue.venue import Venue

_KEY_HEADER: Final = "X-MBX-APIKEY"
_FORM_TYPES: Final = frozenset({"application/x-www-form-urlencoded", "application/octet-stream"})


class HttpDoor:
    """Answers HTTP requests."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request. Raises ConnectionCut when a fault cuts the line."""
        body = await _form(request)
        path, _, query = request.raw_path.partition("?")
        endpoint = ENDPOINTS.get((request.method, path))
        asked = parameters_of(query, body)
        try:
            outcome = self._outcome(request, path, endpoint, asked, (query, body))
        except RequestRefused as refused:
            outcome = Outcome(refused.status, refused.body, refused.headers)
        headers = {**self._headers(endpoint), **outcome.headers}
        return web.Response(
            body=orjson.dumps(outcome.body),
            status=outcome.status,
            headers=headers,
            content_type="application/json",
        )

    def _outcome(
        self,
        request: web.Request,
        path: str,
        endpoint: Endpoint | None,
        asked: Parameters,
        texts: tuple[str, str],
    ) -> Outcome:
        venue = self._venue
        if endpoint is None:
            count(venue, f"{request.method} {path}", 1)
            message = f"Path {path}, Method {request.method} is invalid"
            return Outcome(404, {"code": -5000, "msg": message})
        count(venue, f"{request.method} {path}", endpoint.cost(asked))
        if endpoint.security != OPEN:
            key = key_named(venue, request.headers.get(_KEY_HEADER))
            if endpoint.security == SIGNED:
                check_time(venue, asked)
                check_signature(key, *signed_payload(*texts))
        return Outcome(200, perform(venue, endpoint, asked))

    def _headers(self, endpoint: Endpoint | None) -> dict[str, str]:
        now_ms, limits = self._venue.now_ms(), self._venue.limits
        headers = {"X-MBX-USED-WEIGHT-1M": str(limits.used_weight(now_ms))}
        if endpoint is not None and endpoint.orders != (0, 0):
            ten_seconds, minute = limits.order_counts(now_ms)
            headers["X-MBX-ORDER-COUNT-10S"] = str(ten_seconds)
            headers["X-MBX-ORDER-COUNT-1M"] = str(minute)
        return headers


async def _form(request: web.Request) -> str:
    """Read a form body; one of another kind holds no parameters."""
    if request.headers.get("Content-Type") and request.content_type not in _FORM_TYPES:
        await request.read()
        return ""
    return (await request.read()).decode(errors="replace")


__all__ = ["ConnectionCut", "HttpDoor"]
