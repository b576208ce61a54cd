"""Frames that are neither market nor account: answers, notices, and what cannot be read."""

from typing import Final

import msgspec

_LONGEST_REASON: Final = 200

# `msgspec` raises its own errors for what is wrong with a frame, RecursionError for one nested a
# thousand deep.
UNREADABLE: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


class Acknowledged(msgspec.Struct, frozen=True):
    """`{"result":null,"id":7}`; for LIST_SUBSCRIPTIONS `{"result":["ethusdt@kline_1m"],"id":9}`."""

    request_id: int | str | None
    streams: tuple[str, ...] | None = None


class ControlRefused(msgspec.Struct, frozen=True):
    """`{"code":2,"msg":"Invalid request"}`, or `{"error":{"code":4,"msg":"Too many"},"id":12}`."""

    request_id: int | str | None
    code: int
    text: str


class ServerShutdown(msgspec.Struct, frozen=True):
    """`{"event":{"e":"serverShutdown"}}` or `{"e":"serverShutdown"}`: the server is about to go."""


class Unknown(msgspec.Struct, frozen=True):
    """A frame of a kind nobody here knows; harmless, and counted by its kind."""

    kind: str


class Malformed(msgspec.Struct, frozen=True):
    """A frame that cannot be what it says it is; the reason names the place, never the content."""

    reason: str


OtherFrame = Acknowledged | ControlRefused | ServerShutdown | Unknown | Malformed


class _Error(msgspec.Struct):
    code: int = 0
    msg: str = ""


class _Event(msgspec.Struct):
    e: str = ""


class _Any(msgspec.Struct):
    e: str = ""
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    event: _Event | msgspec.UnsetType = msgspec.UNSET
    id: int | str | None = None
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: _Error | msgspec.UnsetType = msgspec.UNSET
    code: int | msgspec.UnsetType = msgspec.UNSET
    msg: str = ""


_SHUTDOWN: Final = "serverShutdown"
_READ_ANY: Final = msgspec.json.Decoder(_Any, strict=False).decode
_READ_KIND: Final = msgspec.json.Decoder(_Event).decode
_READ_STREAMS: Final = msgspec.json.Decoder(tuple[str, ...]).decode


def read_other(frame: bytes | msgspec.Raw, why_unread: str, known_kinds: frozenset[str]) -> OtherFrame:
    """Make sense of a frame that is no known event.

    `why_unread` is what the reader of events said; it is the answer for the kinds it should have read.
    """
    try:
        told = _READ_ANY(frame)
        return _answer_in(told) or _event_of(_kind_told(told), why_unread, known_kinds)
    except UNREADABLE as error:
        return malformed(error)


def malformed(error: Exception) -> Malformed:
    """Say what was wrong with a frame."""
    return Malformed(str(error)[:_LONGEST_REASON])


def _answer_in(told: _Any) -> Acknowledged | ControlRefused | None:
    if told.error is not msgspec.UNSET:
        return ControlRefused(told.id, told.error.code, told.error.msg)
    if told.code is not msgspec.UNSET:
        return ControlRefused(told.id, told.code, told.msg)
    if told.result is not msgspec.UNSET:
        return Acknowledged(told.id, _streams_in(told.result))
    return None


def _streams_in(result: msgspec.Raw) -> tuple[str, ...] | None:
    return _READ_STREAMS(result) if bytes(result).startswith(b"[") else None


def _kind_told(told: _Any) -> str:
    if told.event is not msgspec.UNSET:
        return told.event.e
    if told.data is not msgspec.UNSET and not told.e:
        return _READ_KIND(told.data).e
    return told.e


def _event_of(kind: str, why_unread: str, known_kinds: frozenset[str]) -> OtherFrame:
    if kind == _SHUTDOWN:
        return ServerShutdown()
    return Malformed(why_unread[:_LONGEST_REASON]) if kind in known_kinds else Unknown(kind)
