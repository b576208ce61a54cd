"""One client's connection to the streams: what it asked for, and what waits to be sent to it."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from adapters.venue.stream_name import PRIVATE

MOST_STREAMS: Final = 1_024
MESSAGES_A_SECOND: Final = 10
MESSAGES_FORGIVEN: Final = 5
POLICY_VIOLATION: Final = 1008
_METHODS: Final = frozenset(
    {"SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"}
)
_UNKNOWN_PROPERTY, _WRONG_TYPE, _INVALID, _NOT_JSON, _TOO_MANY = range(5)


class StreamSocket:
    """Bookkeeping without a network: texts in, replies out; frames wait in `pending`.

    `events_of` holds, per listen key, the user events wanted; None means all of them.
    """

    def __init__(self, number: int, route: str, connected_ms: int, *, is_combined: bool) -> None:
        self.number = number
        self.route = route
        self.connected_ms = connected_ms
        self.is_combined = is_combined
        self.names: dict[str, None] = {}
        self.events_of: dict[str, frozenset[str] | None] = {}
        self.pending: list[bytes] = []
        self.delayed: list[bytes] = []
        self.closing: tuple[int, str] | None = None
        self.pinged_ms = connected_ms
        self.unanswered_ping_ms: int | None = None
        self._messages: deque[float] = deque()

    def take_path(self, names: Sequence[str]) -> list[str]:
        """Take the streams named in the address and give the new ones; unknown names are no fault."""
        fresh = [name for name in names if name and name not in self.names]
        self._add(fresh)
        return fresh

    def listen_to(self, key: str, events: frozenset[str] | None) -> None:
        """Take a listen key from the address."""
        self.events_of[key] = events

    def is_too_fast(self, at_s: float) -> bool:
        """Count a message and tell whether the client sends too many."""
        self._messages.append(at_s)
        while self._messages[0] <= at_s - 1.0:
            self._messages.popleft()
        return len(self._messages) > MESSAGES_A_SECOND + MESSAGES_FORGIVEN

    def hear(self, text: str | bytes) -> tuple[bytes, list[str], list[str]]:
        """Answer a control message; also give the streams it adds and those it takes away."""
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            return _error(_NOT_JSON, "Invalid JSON: expected value at line 1 column 1", None), [], []
        fault = _fault_of(message)
        if fault is not None:
            number = message.get("id") if isinstance(message, dict) else None
            return _error(_INVALID, f"Invalid request: {fault}", number), [], []
        return self._do(message["method"], message.get("params", []), message.get("id"))

    def send(self, name: str, payload: bytes) -> None:
        """Put a payload among the frames to send, wrapped if the client wants it so."""
        self.pending.append(
            b'{"stream":"%b","data":%b}' % (name.encode(), payload) if self.is_combined else payload
        )

    def _do(
        self, method: str, params: Sequence[object], number: object
    ) -> tuple[bytes, list[str], list[str]]:
        if method == "LIST_SUBSCRIPTIONS":
            return _result(list(self.names), number), [], []
        if method in {"SET_PROPERTY", "GET_PROPERTY"}:
            return self._property(method, params, number), [], []
        names = [str(name) for name in params]
        if method == "UNSUBSCRIBE":
            gone = [name for name in names if name in self.names]
            for name in gone:
                del self.names[name]
                self.events_of.pop(name, None)
            return _result(None, number), [], gone
        fresh = [name for name in dict.fromkeys(names) if name not in self.names]
        if not self._add(fresh):
            return _nested_error(_TOO_MANY, "Too many subscriptions", number), [], []
        return _result(None, number), fresh, []

    def _add(self, names: Sequence[str]) -> bool:
        if len(self.names) + len(names) > MOST_STREAMS:
            self.closing = (POLICY_VIOLATION, "Too many subscriptions")
            return False
        for name in names:
            self.names[name] = None
            if self.route == PRIVATE:
                self.events_of.setdefault(name, None)
        return True

    def _property(self, method: str, params: Sequence[object], number: object) -> bytes:
        if not params or params[0] != "combined":
            return _error(_UNKNOWN_PROPERTY, "Unknown property", number)
        if method == "GET_PROPERTY":
            return _result(self.is_combined, number)
        if len(params) < 2 or not isinstance(params[1], bool):  # noqa: PLR2004 - name and value
            return _error(_WRONG_TYPE, "Invalid value type: expected Boolean", number)
        self.is_combined = params[1]
        return _result(None, number)


def _fault_of(message: object) -> str | None:
    if not isinstance(message, Mapping):
        return "expected an object"
    if not isinstance(message.get("method"), str):
        return "missing field `method`"
    if message["method"] not in _METHODS:
        return f"unknown variant `{message['method']}`"
    number = message.get("id")
    if (
        isinstance(number, bool)
        or not isinstance(number, int | str | None)
        or (number == "" or _is_negative(number))
    ):
        return "request ID must be an unsigned integer"
    params = message.get("params", [])
    wants = message["method"] in {"SUBSCRIBE", "UNSUBSCRIBE"}
    if not isinstance(params, list) or (wants and not all(isinstance(name, str) for name in params)):
        return "invalid type: expected a sequence of strings"
    return "params must not be empty" if wants and not params else None


def _is_negative(number: int | str | None) -> bool:
    return isinstance(number, int) and number < 0


def _result(result: object, number: object) -> bytes:
    return orjson.dumps({"result": result, "id": number})


def _error(code: int, message: str, number: object) -> bytes:
    answer: dict[str, object] = {"code": code, "msg": message}
    return orjson.dumps(answer if number is None else {**answer, "id": number})


def _nested_error(code: int, message: str, number: object) -> bytes:
    return orjson.dumps({"error": {"code": code, "msg": message}, "id": number})
