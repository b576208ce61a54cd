"""The WebSocket API: REST's trading requests as messages, with sessions."""

from collections.abc import Mapping
from typing import Final

import orjson

from adapters.venue.api_key import ApiKey
from adapters.venue.endpoints import KEY, METHODS, OPEN, Endpoint
from adapters.venue.parameters import Parameters
from adapters.venue.performance import check_signature, check_time, count, key_named, perform
from adapters.venue.request_refused import RequestRefused
from adapters.venue.venue import Venue

HANDSHAKE_WEIGHT: Final = 5
_SESSION_WEIGHT: Final = 2
_Params = Mapping[str, object]


class WsApiSession:
    """One connection; after a logon the key and the signature may be left out."""

    def __init__(self, venue: Venue, *, tells_limits: bool) -> None:
        self._venue = venue
        self._tells_limits = tells_limits
        self._connected_ms = venue.now_ms()
        self._key: ApiKey | None = None
        self._since_ms: int | None = None

    def answer(self, text: str | bytes) -> bytes:
        """Answer one message. Raises ConnectionCut when a fault cuts the line."""
        number: object = None
        params: _Params = {}
        try:
            message = orjson.loads(text)
            if not _is_request(message):
                return self._failure(message, RequestRefused(-1135, "Invalid JSON Request"), {})
            number, params = message.get("id"), message.get("params") or {}
            result = self._do(message["method"], params)
        except orjson.JSONDecodeError:
            return self._failure(None, RequestRefused(-1135, "Invalid JSON Request"), {})
        except RequestRefused as refused:
            return self._failure({"id": number}, refused, params)
        return self._told({"id": number, "status": 200, "result": result}, params)

    def _do(self, method: str, params: _Params) -> object:
        if method.startswith("session."):
            return self._session(method, params)
        endpoint = METHODS.get(method)
        if endpoint is None:
            raise RequestRefused(-1000, f"Unknown method: {method}")
        asked = Parameters({name: _text(value) for name, value in params.items() if value is not None})
        count(self._venue, method, endpoint.cost(asked))
        self._check(endpoint, asked, params)
        return perform(self._venue, endpoint, asked)

    def _check(self, endpoint: Endpoint, asked: Parameters, params: _Params) -> None:
        if endpoint.security == OPEN:
            return
        key = key_named(self._venue, asked.text("apiKey", "")) if "apiKey" in asked else self._key
        if key is None:
            raise RequestRefused(-2014, "API-key format invalid.", 401)
        if endpoint.security == KEY:
            return
        check_time(self._venue, asked)
        if "apiKey" in asked or "signature" in asked:
            check_signature(key, _payload(params), asked.text("signature", ""))

    def _session(self, method: str, params: _Params) -> object:
        count(self._venue, method, _SESSION_WEIGHT)
        if method == "session.logon":
            self._logon(params)
        elif method == "session.logout":
            self._key = self._since_ms = None
        elif method != "session.status":
            raise RequestRefused(-1000, f"Unknown method: {method}")
        return {
            "apiKey": None if self._key is None else self._key.name,
            "authorizedSince": self._since_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": self._tells_limits,
            "serverTime": self._venue.server_ms(),
        }

    def _logon(self, params: _Params) -> None:
        asked = Parameters({name: _text(value) for name, value in params.items()})
        key = key_named(self._venue, asked.text("apiKey", ""))
        check_time(self._venue, asked)
        if not key.is_ed25519:
            raise RequestRefused(-4056, "HMAC_SHA256 API key is not supported.")
        check_signature(key, _payload(params), asked.text("signature", ""))
        self._key, self._since_ms = key, self._venue.now_ms()

    def _failure(self, message: object, refused: RequestRefused, params: _Params) -> bytes:
        number = message.get("id") if isinstance(message, dict) else None
        number = number if isinstance(number, str | int) else None
        return self._told({"id": number, "status": refused.status, "error": refused.body}, params)

    def _told(self, answer: dict[str, object], params: _Params) -> bytes:
        wanted = params.get("returnRateLimits", self._tells_limits)
        if wanted is not False and wanted != "false":
            answer["rateLimits"] = self._venue.limits.told(self._venue.now_ms())
        return orjson.dumps(answer)


def _is_request(message: object) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return False
    return isinstance(message.get("params") or {}, dict) and isinstance(message.get("id"), str | int | None)


def _payload(params: _Params) -> str:
    return "&".join(f"{name}={_text(params[name])}" for name in sorted(params) if name != "signature")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else orjson.dumps(value).decode()
